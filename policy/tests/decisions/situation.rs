//! A situation: what is asked, what is known, and the agreement it rests on.

use ed25519_dalek::SigningKey;
use piux_policy::agreement::TemplateParty;
use piux_policy::dsse::{Envelope, thumbprint};
use piux_policy::facts::{ApprovalFacts, Approvals, DisclosureFacts, OfficerId, Person, QueryFacts, RecordClass};
use piux_policy::lifecycle::State;
use piux_policy::table::TableKey;
use piux_policy::term::{Approval, Band, Kind, Regime, Role};
use piux_policy::{Agreement, Bundle, Effective, Profile, SourceFile};
use piux_protocol::vocabulary::{Basis, Class, Declaration, ElementId, Offence, Purpose, Timestamp, UnitId, sha256};
use serde::Deserialize;

/// One case; what is left out is ordinary (see `cases/README.md`).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Situation {
    pub(crate) ask: String,
    pub(crate) asks: String,
    pub(crate) at: String,
    pub(crate) state: State,
    pub(crate) signed: bool,
    pub(crate) strict: bool,
    pub(crate) national: bool,
    pub(crate) regime: Regime,
    pub(crate) purpose: Purpose,
    pub(crate) offence: Offence,
    pub(crate) basis: Basis,
    pub(crate) classes: Vec<Class>,
    pub(crate) declares: Vec<Declaration>,
    pub(crate) version_pinned: bool,
    pub(crate) reasoned: bool,
    pub(crate) urgent: bool,
    pub(crate) undertaking: bool,
    pub(crate) quota_exceeded: bool,
    pub(crate) leak_bits: Option<u8>,
    pub(crate) record: RecordCase,
    pub(crate) elements: Vec<String>,
    pub(crate) approvals: Vec<Approval>,
    pub(crate) filtered: bool,
    pub(crate) approver: Option<PersonCase>,
    pub(crate) approved_by: Vec<String>,
    pub(crate) step: Approval,
    /// The agreement asks for an officer only.
    pub(crate) without_agreed_order: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordCase {
    kind: Kind,
    band: Band,
    #[serde(default)]
    intra_eu: bool,
    #[serde(default)]
    objective_link: bool,
    #[serde(default)]
    restricted: bool,
    #[serde(default)]
    false_positive: bool,
    #[serde(default)]
    minor: bool,
    #[serde(default)]
    reviewed: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonCase {
    id: String,
    unit: Option<String>,
    roles: Vec<Role>,
}

impl Default for Situation {
    fn default() -> Self {
        Self {
            ask: "question".to_owned(),
            asks: "UTO".to_owned(),
            at: "2026-11-21T12:00:00.000Z".to_owned(),
            state: State::Active,
            signed: true,
            strict: true,
            national: false,
            regime: Regime::MemberState,
            purpose: Purpose::SeriousCrime,
            offence: Offence::A04,
            basis: Basis::Pnr9_2,
            classes: vec![Class::Doc],
            declares: Declaration::ALL.to_vec(),
            version_pinned: true,
            reasoned: true,
            urgent: false,
            undertaking: false,
            quota_exceeded: false,
            leak_bits: None,
            record: RecordCase {
                kind: Kind::Pnr,
                band: Band::Full,
                intra_eu: false,
                objective_link: false,
                restricted: false,
                false_positive: false,
                minor: false,
                reviewed: false,
            },
            elements: Vec::new(),
            approvals: Vec::new(),
            filtered: true,
            approver: None,
            approved_by: Vec::new(),
            step: Approval::Officer,
            without_agreed_order: false,
        }
    }
}

const MINORS: &str = r#"
@id("RUR-MINORS")
@title("Data on minors: serious crime only with four-eyes approval")
@cite("National PNR Act (fictional) s. 14; Directive (EU) 2016/680 Art. 6")
forbid (principal, action == Piu::Action::"disclose", resource)
when { context.record.minor && context.purpose == Piu::Purpose::"serious_crime" }
unless { context.approvals.contains(Piu::Approval::"four_eyes") };
"#;

impl Situation {
    pub(crate) fn ordinary(ask: &str) -> Self {
        Self {
            ask: ask.to_owned(),
            ..Self::default()
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.at.parse().unwrap()
    }

    pub(crate) fn policy(&self) -> Effective {
        let settings = format!("format = \"piux-national/1\"\nstrict = {}\n", self.strict);
        let mut files = vec![SourceFile::new("national.toml", settings)];
        if self.national {
            files.push(SourceFile::new("minors.cedar", MINORS));
        }
        let bundle = Bundle::load(Profile::eu_pnr().unwrap(), &files).unwrap();
        let agreement = bundle.agreement(self.text().as_bytes()).unwrap();
        let signed = sign(&agreement);
        let signed = self.signed.then_some(&signed);
        bundle
            .effective(&agreement, self.state, signed, unit(&self.asks), unit("RUR"))
            .unwrap()
    }

    fn text(&self) -> String {
        let id = "UTO-RUR-2026".parse().unwrap();
        let parties = [party("UTO", self.regime, 1), party("RUR", Regime::MemberState, 4)];
        let text = Agreement::template(&id, &parties, "piux-1", "2026-01-01T00:00:00.000Z".parse().unwrap());
        if self.without_agreed_order {
            return text.replace(
                r#"disclose   = ["officer", "independent"]"#,
                r#"disclose   = ["officer"]"#,
            );
        }
        text
    }

    pub(crate) fn query(&self, policy: &Effective) -> QueryFacts {
        QueryFacts {
            purpose: self.purpose,
            offence: self.offence,
            basis: self.basis,
            classes: self.classes.clone(),
            declares: self.declares.clone(),
            agreement_version: if self.version_pinned {
                policy.version()
            } else {
                sha256("another")
            },
            reasoned: self.reasoned,
            urgent: self.urgent,
            undertaking: self.undertaking,
            quota_exceeded: self.quota_exceeded,
            window: None,
            leak_bits: self.leak_bits,
        }
    }

    pub(crate) fn release(&self) -> DisclosureFacts {
        DisclosureFacts {
            record: self.record(),
            elements: self
                .elements
                .iter()
                .map(|element| ElementId::new(element).unwrap())
                .collect(),
            approvals: self.approvals(),
            filtered: self.filtered,
        }
    }

    pub(crate) fn approval(&self) -> ApprovalFacts {
        let approver = self.approver.clone().unwrap();
        let requester = Person {
            id: OfficerId::new("officer-1"),
            unit: Some(unit("UTO")),
            roles: Vec::new(),
        };
        ApprovalFacts {
            approver: Person {
                id: OfficerId::new(approver.id),
                unit: approver.unit.as_deref().map(unit),
                roles: approver.roles,
            },
            requester,
            holder: unit("RUR"),
            step: self.step,
            approved_by: self.approved_by.iter().map(OfficerId::new).collect(),
        }
    }

    pub(crate) fn record(&self) -> RecordClass {
        let record = &self.record;
        RecordClass {
            kind: record.kind,
            band: record.band,
            intra_eu: record.intra_eu,
            objective_link: record.objective_link,
            restricted: record.restricted,
            false_positive: record.false_positive,
            minor: record.minor,
            reviewed: record.reviewed,
        }
    }

    pub(crate) fn key(&self) -> TableKey {
        let class = *self.classes.first().unwrap();
        TableKey {
            purpose: self.purpose,
            basis: self.basis,
            class,
            approvals: self.approvals(),
        }
    }

    fn approvals(&self) -> Approvals {
        self.approvals.iter().copied().collect()
    }
}

fn unit(state: &str) -> UnitId {
    UnitId::of_state(state).unwrap()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn party(state: &str, regime: Regime, seed: u8) -> TemplateParty {
    TemplateParty {
        unit: unit(state),
        regime,
        root: thumbprint(&key(seed).verifying_key()),
        legal: thumbprint(&key(seed + 1).verifying_key()),
        authority: key(seed + 2).verifying_key().to_bytes(),
    }
}

fn sign(agreement: &Agreement) -> piux_policy::dsse::DualSigned {
    let mut envelope = Envelope::of_agreement(agreement);
    let keys = [1, 2, 4, 5].map(key);
    keys.iter().for_each(|key| envelope.sign(key));
    envelope
        .complete(agreement, &keys.map(|key| key.verifying_key()))
        .unwrap()
}
