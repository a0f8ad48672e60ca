//! Bilateral agreements as this node holds them, with the policy they make.
//!
//! `DIR/agreements/<ID>/` keeps every signed version and `standing.json`, which
//! says where each stands. The policy for both directions is put together when an
//! agreement is read or changes state, and swapped whole: a suspension holds for
//! the next request, also in the middle of an epoch.

use crate::files::{self, Readers};
use ed25519_dalek::VerifyingKey as DsseKey;
use piux_policy::agreement::{Agreement, Party};
use piux_policy::dsse::{DualSigned, Envelope, EnvelopeError};
use piux_policy::lifecycle::{Event, State, TransitionError};
use piux_policy::{Bundle, Effective, Finding, PolicyError};
use piux_protocol::identifier::Keyset;
use piux_protocol::vocabulary::{AgreementId, Digest, Timestamp, UnitId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

/// One agreement, and what follows from it.
#[derive(Debug)]
pub struct Bilateral {
    /// What was agreed.
    pub agreement: Agreement,
    /// The signatures.
    pub envelope: Envelope,
    /// Where it stands, the clock left aside.
    pub state: State,
    /// The proof of both signatures.
    pub signed: Option<DualSigned>,
    /// What we may ask of the partner.
    pub asking: Effective,
    /// What the partner may ask of us.
    pub answering: Effective,
}

impl Bilateral {
    /// Where it stands now.
    pub fn state_at(&self, now: Timestamp) -> State {
        self.state.at(now, self.agreement.validity())
    }

    /// The derivation its questions use. Whoever asks in one
    /// that we do not hold is refused before this matters.
    pub fn keyset(&self) -> Keyset {
        let named = self.answering.terms().privacy.keyset.parse();
        named.unwrap_or(Keyset::CURRENT)
    }

    /// The other side, as the agreement names it.
    pub fn partner(&self, unit: UnitId) -> Option<&Party> {
        self.agreement.partner_of(unit)
    }
}

/// An agreement cannot be read, taken or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AgreementError {
    /// The text does not hold against our profile.
    #[error("the agreement does not hold against our profile: {}", listed(.0))]
    Findings(Vec<Finding>),
    /// The envelope proves nothing.
    #[error("the signatures are not in order: {0}")]
    Envelope(#[from] EnvelopeError),
    /// Not between us and a partner we paired with.
    #[error(
        "the agreement is not between us and a partner we have paired with, or names other keys than the paired ones"
    )]
    Parties,
    /// No agreement of this name.
    #[error("there is no agreement {0} here; `piux agreement list` shows those there are")]
    Unknown(AgreementId),
    /// The step is not open.
    #[error("the agreement cannot change so: {0}")]
    Transition(#[from] TransitionError),
    /// Both signatures are needed.
    #[error("the agreement is not signed by both sides yet")]
    NotSigned,
    /// The policy could not be put together.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The folder cannot be read or written.
    #[error("the agreements' files cannot be read or written")]
    Disk(#[source] std::io::Error),
    /// A file is not what was written.
    #[error("{} is damaged; restore it from a backup", .0.display())]
    Damaged(PathBuf),
}

/// The keys that may sign for the parties, from our keyring and partners' metadata.
pub type KeysOf<'a> = dyn Fn(&Agreement) -> Vec<DsseKey> + 'a;

/// All agreements of a node under one policy bundle.
#[derive(Debug)]
pub struct Agreements {
    dir: PathBuf,
    unit: UnitId,
    bundle: Bundle,
    held: RwLock<BTreeMap<AgreementId, Arc<Bilateral>>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StandingFile {
    version: Digest,
    state: State,
}

impl Agreements {
    /// Reads the agreements of a node's folder.
    pub fn open(dir: &Path, unit: UnitId, bundle: Bundle, keys: &KeysOf<'_>) -> Result<Self, AgreementError> {
        let dir = dir.join("agreements");
        std::fs::create_dir_all(&dir).map_err(AgreementError::Disk)?;
        let agreements = Self {
            dir,
            unit,
            bundle,
            held: RwLock::default(),
        };
        let entries = std::fs::read_dir(&agreements.dir).map_err(AgreementError::Disk)?;
        for entry in entries {
            let folder = entry.map_err(AgreementError::Disk)?.path();
            if folder.join("standing.json").is_file() {
                let bilateral = agreements.read(&folder, keys)?;
                agreements.hold(bilateral);
            }
        }
        Ok(agreements)
    }

    /// The policy bundle they are read under.
    pub fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    /// The agreement of this name.
    pub fn get(&self, id: &AgreementId) -> Option<Arc<Bilateral>> {
        self.all_held().get(id).cloned()
    }

    /// Every agreement.
    pub fn all(&self) -> Vec<Arc<Bilateral>> {
        self.all_held().values().cloned().collect()
    }

    /// Agreements with a partner that are in force now.
    pub fn active_with(&self, partner: UnitId, now: Timestamp) -> Vec<Arc<Bilateral>> {
        let active = |bilateral: &Arc<Bilateral>| {
            bilateral.agreement.party(partner).is_some() && bilateral.state_at(now) == State::Active
        };
        self.all().into_iter().filter(active).collect()
    }

    /// Reads an agreement's text within the bounds of our profile.
    pub fn parse(&self, text: &[u8]) -> Result<Agreement, AgreementError> {
        let agreement = self.bundle.agreement(text).map_err(AgreementError::Findings)?;
        if agreement.party(self.unit).is_none() {
            return Err(AgreementError::Parties);
        }
        Ok(agreement)
    }

    /// Takes an envelope that both sides signed; it is then agreed, not yet active.
    pub fn import(&self, envelope: Envelope, keys: &KeysOf<'_>) -> Result<Arc<Bilateral>, AgreementError> {
        let agreement = self.parse(envelope.payload())?;
        let signed = envelope.complete(&agreement, &keys(&agreement))?;
        let state = State::Draft.after(Event::Agree(&signed))?;
        self.change(self.bilateral(agreement, envelope, state, Some(signed))?)
    }

    /// Puts an agreed version into force, or a suspended one again.
    pub fn activate(&self, id: &AgreementId) -> Result<Arc<Bilateral>, AgreementError> {
        let held = self.known(id)?;
        let signed = held.signed.ok_or(AgreementError::NotSigned)?;
        let event = if held.state == State::Suspended {
            Event::Resume(&signed)
        } else {
            Event::Activate(&signed)
        };
        self.step(&held, event)
    }

    /// Halts an agreement at once; we need nobody for that.
    pub fn suspend(&self, id: &AgreementId) -> Result<Arc<Bilateral>, AgreementError> {
        self.step(&*self.known(id)?, Event::Suspend)
    }

    /// Ends an agreement for good; we need nobody for that.
    pub fn terminate(&self, id: &AgreementId) -> Result<Arc<Bilateral>, AgreementError> {
        self.step(&*self.known(id)?, Event::Terminate)
    }

    fn step(&self, held: &Bilateral, event: Event<'_>) -> Result<Arc<Bilateral>, AgreementError> {
        let state = held.state.after(event)?;
        self.change(self.bilateral(held.agreement.clone(), held.envelope.clone(), state, held.signed)?)
    }

    fn known(&self, id: &AgreementId) -> Result<Arc<Bilateral>, AgreementError> {
        self.get(id).ok_or_else(|| AgreementError::Unknown(id.clone()))
    }

    /// Writes the change, then lets it hold.
    fn change(&self, bilateral: Bilateral) -> Result<Arc<Bilateral>, AgreementError> {
        let folder = self.dir.join(bilateral.agreement.id().as_ref());
        let version = bilateral.agreement.version();
        let envelope = bilateral.envelope.to_json();
        files::replace(&version_file(&folder, version), envelope.as_bytes(), Readers::Folder)
            .map_err(AgreementError::Disk)?;
        let standing = StandingFile {
            version,
            state: bilateral.state,
        };
        let standing = serde_json::to_vec_pretty(&standing).map_err(|error| AgreementError::Disk(error.into()))?;
        files::replace(&folder.join("standing.json"), &standing, Readers::Folder).map_err(AgreementError::Disk)?;
        Ok(self.hold(bilateral))
    }

    fn hold(&self, bilateral: Bilateral) -> Arc<Bilateral> {
        let bilateral = Arc::new(bilateral);
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.insert(bilateral.agreement.id().clone(), bilateral.clone());
        bilateral
    }

    fn read(&self, folder: &Path, keys: &KeysOf<'_>) -> Result<Bilateral, AgreementError> {
        let file = folder.join("standing.json");
        let damaged = |file: &Path| AgreementError::Damaged(file.to_owned());
        let standing = std::fs::read(&file).map_err(AgreementError::Disk)?;
        let standing: StandingFile = serde_json::from_slice(&standing).map_err(|_| damaged(&file))?;
        let file = version_file(folder, standing.version);
        let envelope = Envelope::from_json(&std::fs::read(&file).map_err(AgreementError::Disk)?)?;
        let agreement = self.parse(envelope.payload())?;
        if agreement.version() != standing.version {
            return Err(damaged(&file));
        }
        let signed = envelope.complete(&agreement, &keys(&agreement)).ok();
        self.bilateral(agreement, envelope, standing.state, signed)
    }

    fn bilateral(
        &self,
        agreement: Agreement,
        envelope: Envelope,
        state: State,
        signed: Option<DualSigned>,
    ) -> Result<Bilateral, AgreementError> {
        let partner = agreement.partner_of(self.unit).ok_or(AgreementError::Parties)?.unit;
        let effective = |asks, answers| self.bundle.effective(&agreement, state, signed.as_ref(), asks, answers);
        let (asking, answering) = (effective(self.unit, partner)?, effective(partner, self.unit)?);
        Ok(Bilateral {
            agreement,
            envelope,
            state,
            signed,
            asking,
            answering,
        })
    }

    fn all_held(&self) -> RwLockReadGuard<'_, BTreeMap<AgreementId, Arc<Bilateral>>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn version_file(folder: &Path, version: Digest) -> PathBuf {
    folder.join(format!("{version}.dsse.json"))
}

/// The findings as a person reads them.
pub(crate) fn listed(findings: &[Finding]) -> String {
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
