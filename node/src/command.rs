//! One command set, two doors: what the command line can ask of a node.
//!
//! A [`Command`] is plain data. With a running node it travels through the desk
//! listener, otherwise the process opens the folder and runs it itself; both
//! ways end in [`Node::execute`](crate::node::Node::execute).

use piux_protocol::vocabulary::{
    AgreementId, Basis, Declaration, Digest, ElementId, HitProof, Offence, Purpose, UnitId, Window,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;

/// What an officer, an admin or a data protection officer asks of the own node.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// Our signed metadata, for a partner's admin.
    PairExport,
    /// Takes a partner's metadata; the fingerprint confirms it.
    PairImport {
        /// The metadata, a compact JWS.
        metadata: String,
        /// The fingerprint read out by the partner's admin.
        fingerprint: Option<String>,
    },
    /// The partners we know.
    PairList,
    /// A draft agreement with a partner.
    AgreementNew {
        /// The partner.
        with: UnitId,
    },
    /// Checks a draft against our profile.
    AgreementCheck {
        /// The agreement, TOML.
        text: String,
    },
    /// Adds our signatures to a draft or to the partner's envelope.
    AgreementSign {
        /// The agreement, TOML, or a DSSE envelope.
        text: String,
    },
    /// Takes the envelope both sides signed.
    AgreementImport {
        /// The DSSE envelope.
        envelope: String,
    },
    /// Puts an agreed version into force.
    AgreementActivate {
        /// The agreement.
        id: AgreementId,
    },
    /// Refuses every query under the agreement, at once.
    AgreementSuspend {
        /// The agreement.
        id: AgreementId,
        /// Why; sealed to the data protection officer.
        reason: String,
    },
    /// Ends the agreement for good.
    AgreementTerminate {
        /// The agreement.
        id: AgreementId,
        /// Why; sealed to the data protection officer.
        reason: String,
    },
    /// All agreements and their states.
    AgreementList,
    /// One agreement.
    AgreementShow {
        /// The agreement.
        id: AgreementId,
    },
    /// Checks profile, national rules and agreements together.
    PolicyCheck,
    /// The decision for stated facts, and what would change it.
    PolicyExplain {
        /// The facts, TOML.
        facts: String,
    },
    /// Loads passenger messages from files on this machine.
    Ingest {
        /// Files or folders.
        paths: Vec<PathBuf>,
        /// The format, where it must not be guessed.
        format: Option<String>,
    },
    /// What could not be read and waits.
    QuarantineList,
    /// One part of it.
    QuarantineShow {
        /// The part.
        id: String,
        /// The officer who reads its content, and why; recorded.
        reading: Option<(String, String)>,
    },
    /// Loads a part again.
    QuarantineRetry {
        /// The part.
        id: String,
        /// Its format, where it must not be guessed.
        #[serde(default)]
        format: Option<String>,
        /// What the columns or members of an export mean, TOML.
        #[serde(default)]
        mapping: Option<String>,
    },
    /// Drops a part for good.
    QuarantineDrop {
        /// The part.
        id: String,
        /// The officer who decides.
        officer: String,
        /// Why; sealed to the data protection officer.
        reason: String,
    },
    /// Asks partners about one subject, blindly.
    Lookup(Box<Question>),
    /// Follows a hit up.
    Disclose(Box<FollowUp>),
    /// Fetches and lists what partners released to us.
    ReceivedList,
    /// One release in full.
    ReceivedShow {
        /// The request.
        id: String,
        /// Why it is read; recorded.
        reason: String,
    },
    /// What partners ask of us and a person must decide.
    RequestsList,
    /// An officer's approval, or an independent authority's order.
    RequestsApprove {
        /// The request.
        id: String,
        /// The officer who approves.
        officer: String,
        /// A signed order, where one is needed.
        order: Option<String>,
    },
    /// An officer's refusal.
    RequestsRefuse {
        /// The request.
        id: String,
        /// The officer who refuses.
        officer: String,
        /// Why; told to the partner's data protection officer on request.
        reason: String,
    },
    /// Entries of the ledger.
    AuditList {
        /// At most so many, newest first.
        limit: usize,
        /// Only entries that concern this partner.
        partner: Option<UnitId>,
        /// Why the ledger is read; recorded.
        reason: String,
    },
    /// One entry with its clauses.
    AuditShow {
        /// Its place in the ledger.
        index: u64,
        /// Why the entry is read; recorded.
        reason: String,
    },
    /// Counts by partner, purpose and decision.
    AuditStats,
    /// A proof that one entry is in the ledger.
    AuditProve {
        /// Its place in the ledger.
        index: u64,
    },
    /// A receipt of one exchange.
    Receipt {
        /// Digest of the request body.
        request: Digest,
    },
    /// Our keys, never their values.
    KeyList,
    /// The records of a person, and why they are one.
    SubjectShow {
        /// A record, a subject, or a partner's request that follows a hit up.
        name: String,
    },
    /// Sets a record apart from the person it was taken for.
    SubjectSplit {
        /// The record.
        record: String,
        /// Why; sealed to the data protection officer.
        reason: String,
    },
    /// Indexes every record under a keyset more.
    StoreReindex {
        /// The keyset.
        keyset: String,
    },
    /// Removes the index rows of an older keyset.
    StoreDrop {
        /// The keyset.
        keyset: String,
    },
    /// Layered checks of the node and, if named, of a partner.
    Doctor {
        /// The partner to reach.
        partner: Option<UnitId>,
    },
}

/// One subject, asked of one or more partners.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The partners; empty means all with an active agreement.
    pub to: Vec<UnitId>,
    /// The agreement; needed only when a partner has several.
    pub agreement: Option<AgreementId>,
    /// What the question serves.
    pub purpose: Purpose,
    /// The offence.
    pub offence: Offence,
    /// The legal basis.
    pub basis: Basis,
    /// The case; only a commitment leaves the node.
    pub case: String,
    /// Why we ask; only a commitment leaves the node.
    pub reasons: String,
    /// The asking officer; only a commitment leaves the node.
    pub officer: String,
    /// Documents, `ISSUER:NUMBER`.
    pub documents: Vec<String>,
    /// Spellings and birth dates of the one person, the likeliest first: `SURNAME/GIVEN NAMES/YYYY-MM-DD`.
    pub persons: Vec<String>,
    /// Telephone numbers, `+` and digits.
    pub phones: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Record locators, `CARRIER:LOCATOR:YYYY-MM`.
    pub locators: Vec<String>,
    /// Frequent flyer numbers, `CARRIER:NUMBER`.
    pub frequent_flyers: Vec<String>,
    /// Quarters of receipt to search.
    pub window: Window,
    /// What the unit asserts.
    pub declares: Vec<Declaration>,
    /// Urgent lane (Art. 9(4)).
    pub urgent: bool,
}

/// A reasoned request for data elements of one hit.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// The hit, as `piux lookup` named it; or a request to look after.
    pub hit: String,
    /// The data elements wanted.
    pub elements: Vec<ElementId>,
    /// Why; told to the partner.
    pub reasons: String,
    /// The asking officer.
    pub officer: String,
}

/// Names a hit on this node: the partner's answer and the proof of one row.
pub type HitName = HitProof;

/// What a command says when it is done.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// For programs.
    pub json: Value,
    /// For people.
    pub text: String,
    /// Exit code: 0 done, 1 refused, not found or findings.
    pub exit: u8,
}

impl Report {
    /// A command that did what it was asked.
    pub fn done(json: Value, text: impl Into<String>) -> Self {
        Self {
            json,
            text: text.into(),
            exit: 0,
        }
    }

    /// A refusal, nothing found, or findings; the JSON says which.
    pub fn negative(json: Value, text: impl Into<String>) -> Self {
        Self {
            json,
            text: text.into(),
            exit: 1,
        }
    }
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Command(..)")
    }
}

impl std::fmt::Debug for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Question(..)")
    }
}

impl std::fmt::Debug for FollowUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FollowUp(..)")
    }
}
