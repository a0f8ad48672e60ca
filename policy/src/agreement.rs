//! A bilateral agreement: one TOML file, signed by both sides over its exact bytes.

mod check;
mod file;
mod template;
#[cfg(test)]
mod tests;

use crate::facts::Approvals;
use crate::finding::{Finding, Findings};
use crate::profile::Profile;
use crate::retention::Period;
use crate::term::{Activity, Band, DeleteOn, Handling, Kind, Onward, Regime, Transfer};
use piux_protocol::vocabulary::{
    AgreementId, Basis, Class, Digest, ElementId, Offence, Purpose, Scope, Timestamp, UnitId,
};
use std::collections::{BTreeMap, BTreeSet};

pub use template::TemplateParty;

/// The format this crate reads.
pub const FORMAT: &str = "piux-agreement/1";

/// The largest file accepted, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;

/// An agreement within the bounds of a profile.
#[derive(Debug, Clone)]
pub struct Agreement {
    bytes: Vec<u8>,
    version: Digest,
    id: AgreementId,
    revision: u32,
    replaces: Option<Digest>,
    title: String,
    parties: [Party; 2],
    validity: Validity,
    terms: Terms,
    directions: Vec<Direction>,
}

/// A unit that is bound. The file names keys and no addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The unit.
    pub unit: UnitId,
    /// The law it acts under.
    pub regime: Regime,
    /// What a transfer to it rests on, for a third country.
    pub transfer: Transfer,
    /// RFC 7638 thumbprint of its root key.
    pub root: Digest,
    /// RFC 7638 thumbprint of its legal key.
    pub legal: Digest,
    /// Ed25519 public key of the independent authority of its state.
    pub authority: [u8; 32],
}

/// When an agreement holds: from `not_before`, until just before `not_after`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// First instant.
    pub not_before: Timestamp,
    /// First instant after.
    pub not_after: Timestamp,
}

/// What one direction of an agreement allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Legal bases.
    pub bases: BTreeSet<Basis>,
    /// Purposes, with what each allows.
    pub purposes: BTreeMap<Purpose, PurposeTerms>,
    /// Classes that may be searched.
    pub classes: BTreeSet<Class>,
    /// Quarters one question may search; none: everything held.
    pub window_quarters: Option<u16>,
    /// Kinds of record.
    pub kinds: BTreeSet<Kind>,
    /// Retention bands.
    pub bands: BTreeSet<Band>,
    /// Whether flights within the Union are covered, for terrorism only.
    pub intra_eu: bool,
    /// Whether standing lists may be screened.
    pub screening: bool,
    /// Whether masked records may be unmasked (Directive (EU) 2016/681 Art. 12(3)).
    pub reidentification: bool,
    /// Elements of an unmasked record.
    pub elements_full: BTreeSet<ElementId>,
    /// Elements of a masked record; identifying ones need an independent approval besides.
    pub elements_masked: BTreeSet<ElementId>,
    /// Approvals each step needs.
    pub approvals: ApprovalTerms,
    /// Duties that travel with the data.
    pub recipient: Recipient,
    /// Volumes.
    pub quota: Quota,
    /// What the blinded lookup may tell.
    pub privacy: Privacy,
    /// Times within which to answer.
    pub service: Service,
}

/// What a purpose allows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PurposeTerms {
    /// Offences.
    pub offences: BTreeSet<Offence>,
    /// What the authorities may do with an answer.
    pub activities: BTreeSet<Activity>,
    /// Search scopes.
    pub scopes: BTreeSet<Scope>,
}

/// Approvals each step needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApprovalTerms {
    /// Before a hit is shown.
    pub lookup: Approvals,
    /// Before elements are released.
    pub disclose: Approvals,
    /// Before a record is unmasked.
    pub reidentify: Approvals,
    /// Seconds an approval stays valid.
    pub valid_for_s: u32,
}

/// Duties that travel with the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Days until erasure.
    pub retention_days: u32,
    /// What ends the keeping earlier.
    pub delete_on: BTreeSet<DeleteOn>,
    /// Within which the recipient tells what it did with the data.
    pub report_use: Period,
    /// Whether data may be passed on.
    pub onward: Onward,
    /// How data may be used.
    pub handling: BTreeSet<Handling>,
}

/// Volumes of one day (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Questions.
    pub queries_per_day: u32,
    /// Blinded slots.
    pub slots_per_day: u32,
    /// Questions above that, for urgent cases on basis `pnr_9_4` only.
    pub urgent_reserve: u32,
}

/// What the blinded lookup may tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Privacy {
    /// Bits of a bucket number at most.
    pub bits: u8,
    /// Bits one question may tell the responder of the person.
    pub leak_bits: u8,
    /// The set of derivation rules for match keys both sides use.
    pub keyset: String,
}

/// Times within which to answer, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// A lookup.
    pub lookup_s: u32,
    /// An urgent release.
    pub disclose_urgent_s: u32,
    /// Any other release.
    pub disclose_s: u32,
}

#[derive(Debug, Clone)]
struct Direction {
    asks: UnitId,
    answers: UnitId,
    terms: Terms,
}

impl Agreement {
    /// Reads an agreement and holds it against the bounds of a profile. All findings at once.
    pub fn parse(bytes: &[u8], profile: &Profile) -> Result<Self, Vec<Finding>> {
        Self::parse_named("agreement.toml", bytes, profile)
    }

    /// The same, with the file's name for the findings.
    pub fn parse_named(name: &str, bytes: &[u8], profile: &Profile) -> Result<Self, Vec<Finding>> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            let mut findings = Findings::new(name, "");
            findings.add(0..0, "A070", "not UTF-8");
            return Err(findings.into_vec());
        };
        let mut findings = Findings::new(name, text);
        check::hygiene(text, &mut findings);
        if !findings.is_empty() {
            return Err(findings.into_vec());
        }
        match toml::from_str::<file::File>(text) {
            Ok(file) => check::agreement(&file, bytes, profile, findings),
            Err(error) => {
                findings.add_toml("A000", &error);
                Err(findings.into_vec())
            }
        }
    }

    /// A new agreement to be read, changed and signed: TOML with comments.
    ///
    /// `id` names it, `not_before` is its first day; it lasts a year.
    pub fn template(id: &AgreementId, parties: &[TemplateParty; 2], keyset: &str, not_before: Timestamp) -> String {
        template::write(id, parties, keyset, not_before)
    }

    /// SHA-256 of the exact bytes: what both sides sign and every token pins.
    pub fn version(&self) -> Digest {
        self.version
    }

    /// The exact bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its name.
    pub fn id(&self) -> &AgreementId {
        &self.id
    }

    /// Its number in the chain of versions, from 1.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// The version it replaces.
    pub fn replaces(&self) -> Option<Digest> {
        self.replaces
    }

    /// Its title, for people.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// When it holds.
    pub fn validity(&self) -> &Validity {
        &self.validity
    }

    /// The two units.
    pub fn parties(&self) -> &[Party; 2] {
        &self.parties
    }

    /// The party of this unit.
    pub fn party(&self, unit: UnitId) -> Option<&Party> {
        self.parties.iter().find(|party| party.unit == unit)
    }

    /// The other party.
    pub fn partner_of(&self, unit: UnitId) -> Option<&Party> {
        self.party(unit)?;
        self.parties.iter().find(|party| party.unit != unit)
    }

    /// What one unit may ask of the other.
    pub fn terms(&self, asks: UnitId, answers: UnitId) -> &Terms {
        let own = self
            .directions
            .iter()
            .find(|direction| direction.asks == asks && direction.answers == answers);
        own.map_or(&self.terms, |direction| &direction.terms)
    }
}

impl Terms {
    /// The scopes in which a question for a purpose may be asked, as the vocabulary lists them.
    ///
    /// A request always carries every segment of its scope, so a scope is open only if
    /// all its classes may be searched.
    pub fn scopes_for(&self, purpose: Purpose) -> Vec<Scope> {
        let agreed = |scope: &Scope| {
            let terms = self.purposes.get(&purpose);
            terms.is_some_and(|terms| terms.scopes.contains(scope))
        };
        let whole = |scope: &Scope| scope.segments().iter().all(|class| self.classes.contains(class));
        let scopes = Scope::ALL.iter().copied();
        scopes.filter(agreed).filter(whole).collect()
    }

    /// The classes that may be searched for a purpose.
    pub fn classes_for(&self, purpose: Purpose) -> BTreeSet<Class> {
        let scopes = self.purposes.get(&purpose).map(|terms| &terms.scopes);
        let segments = scopes.into_iter().flatten().flat_map(|scope| scope.segments()).copied();
        segments.filter(|class| self.classes.contains(class)).collect()
    }
}

impl Quota {
    /// Whether one more question, of so many slots, is beyond the volumes of the day.
    pub fn exceeded(&self, queries_today: u32, slots_today: u32, slots: u32, urgent: bool, basis: Basis) -> bool {
        let reserve = if urgent && basis == Basis::Pnr9_4 {
            self.urgent_reserve
        } else {
            0
        };
        let queries = self.queries_per_day.saturating_add(reserve);
        let all_slots = self.slots_per_day.saturating_add(reserve.saturating_mul(slots));
        queries_today >= queries || slots_today.saturating_add(slots) > all_slots
    }
}
