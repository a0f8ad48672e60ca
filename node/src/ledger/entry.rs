//! What one entry says. Nothing in it can hold a name, a number or a free text.

mod terms;

pub use terms::{Counter, Decision, Kind, OperationClass, Role, UnknownTerm};

use piux_protocol::transparency::detail::Group;
use piux_protocol::vocabulary::{
    AgreementId, Basis, Class, Digest, Nonce, Offence, Purpose, QueryId, Timestamp, UnitId,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// An event to be recorded; start from [`Entry::new`] and set what applies.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What happened; the class of operation follows from it.
    pub kind: Kind,
    /// In which role the actor acted.
    pub role: Role,
    /// When; the log never goes back, so an earlier time is raised to the last entry's.
    pub at: Timestamp,
    /// The other unit; its entries are numbered and chained.
    pub peer: Option<UnitId>,
    /// Who receives data, if any flows.
    pub recipient: Option<UnitId>,
    /// The agreement it happened under.
    pub agreement: Option<AgreementId>,
    /// Its version.
    pub agreement_version: Option<u32>,
    /// The purpose asserted.
    pub purpose: Option<Purpose>,
    /// The offence asserted.
    pub offence: Option<Offence>,
    /// The legal basis asserted.
    pub basis: Option<Basis>,
    /// The classes of match keys searched.
    pub classes: Vec<Class>,
    /// How many of what.
    pub counts: BTreeMap<Counter, u64>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// Every clause that fired, for a refusal too.
    pub clauses: Vec<ClauseId>,
    /// What must be done, and until when.
    pub obligations: Vec<Obligation>,
    /// Digest of the policy in effect.
    pub policy: Option<Digest>,
    /// Digest of the request's body.
    pub request: Option<Digest>,
    /// Digest of the answer's body.
    pub response: Option<Digest>,
    /// Digest of the other side's receipt.
    pub receipt: Option<Digest>,
    /// Digest of the thing the entry is about: an agreement, a key, a file loaded.
    pub artifact: Option<Digest>,
    /// The request's signature nonce, so that replays are known after a restart.
    pub nonce: Option<Nonce>,
    /// The query's random name, by which both sides' entries are matched.
    pub query: Option<QueryId>,
    /// The number of the exchange within the agreement.
    pub sequence: Option<u64>,
    /// What only the data protection officer may read.
    pub detail: Detail,
}

impl Entry {
    /// An entry that says only what, as whom and when.
    pub fn new(kind: Kind, role: Role, at: Timestamp) -> Self {
        Self {
            kind,
            role,
            at,
            peer: None,
            recipient: None,
            agreement: None,
            agreement_version: None,
            purpose: None,
            offence: None,
            basis: None,
            classes: Vec::new(),
            counts: BTreeMap::new(),
            decision: None,
            clauses: Vec::new(),
            obligations: Vec::new(),
            policy: None,
            request: None,
            response: None,
            receipt: None,
            artifact: None,
            nonce: None,
            query: None,
            sequence: None,
            detail: Detail::default(),
        }
    }

    /// The entry with a count added.
    #[must_use]
    pub fn count(mut self, counter: Counter, count: u64) -> Self {
        self.counts.insert(counter, count);
        self
    }
}

/// Details sealed to the data protection officer; the leaf holds commitments only.
#[derive(Clone, Default)]
pub struct Detail {
    /// Officer, unit, authentication.
    pub who: Option<Value>,
    /// Basis in words, case, justification.
    pub why: Option<Value>,
    /// Data categories, record handles.
    pub what: Option<Value>,
    /// The opening of a blinded query.
    pub blind: Option<Value>,
}

impl Detail {
    pub(super) fn groups(&self) -> impl Iterator<Item = (Group, &Value)> {
        let groups = [
            (Group::Who, &self.who),
            (Group::Why, &self.why),
            (Group::What, &self.what),
            (Group::Blind, &self.blind),
        ];
        groups
            .into_iter()
            .filter_map(|(group, value)| value.as_ref().map(|value| (group, value)))
    }
}

impl fmt::Debug for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Detail(..)")
    }
}

/// The name of a clause, such as `eu-pnr.9.2`: 1 to 64 of letters, digits and `. - _ : / ( )`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClauseId(String);

impl FromStr for ClauseId {
    type Err = UnknownTerm;

    fn from_str(text: &str) -> Result<Self, UnknownTerm> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b".-_:/()".contains(&b);
        if (1..=64).contains(&text.len()) && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(UnknownTerm { list: "clause" })
        }
    }
}

impl AsRef<str> for ClauseId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClauseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ClauseId {
    type Error = UnknownTerm;
    fn try_from(text: String) -> Result<Self, UnknownTerm> {
        text.parse()
    }
}

impl From<ClauseId> for String {
    fn from(clause: ClauseId) -> Self {
        clause.0
    }
}

/// What the receiver of an answer must do or leave; the node tracks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Obligation {
    /// `erase:<time>`: erase by then.
    EraseBy(Timestamp),
    /// `follow-up:<time>`: hits can be followed up until then.
    FollowUpUntil(Timestamp),
    /// `report:<time>`: report back by then.
    ReportBy(Timestamp),
    /// `onward:no`: not to be passed on.
    NoOnwardTransfer,
    /// `onward:consent`: passed on only with our consent.
    OnwardWithConsent,
    /// `use:<purpose>`: to be used for this purpose only.
    UseOnlyFor(Purpose),
    /// `handling:H<0-3>`: the handling code.
    Handling(u8),
    /// `review:human`: a person must look before anything follows from it.
    HumanReview,
}

impl fmt::Display for Obligation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EraseBy(by) => write!(f, "erase:{by}"),
            Self::FollowUpUntil(until) => write!(f, "follow-up:{until}"),
            Self::ReportBy(by) => write!(f, "report:{by}"),
            Self::NoOnwardTransfer => f.write_str("onward:no"),
            Self::OnwardWithConsent => f.write_str("onward:consent"),
            Self::UseOnlyFor(purpose) => write!(f, "use:{purpose}"),
            Self::Handling(code) => write!(f, "handling:H{code}"),
            Self::HumanReview => f.write_str("review:human"),
        }
    }
}

impl FromStr for Obligation {
    type Err = UnknownTerm;

    fn from_str(text: &str) -> Result<Self, UnknownTerm> {
        let unknown = UnknownTerm { list: "obligation" };
        let (word, rest) = text.split_once(':').ok_or(unknown)?;
        let time = || rest.parse::<Timestamp>().map_err(|_| unknown);
        match (word, rest) {
            ("erase", _) => time().map(Self::EraseBy),
            ("follow-up", _) => time().map(Self::FollowUpUntil),
            ("report", _) => time().map(Self::ReportBy),
            ("onward", "no") => Ok(Self::NoOnwardTransfer),
            ("onward", "consent") => Ok(Self::OnwardWithConsent),
            ("use", purpose) => purpose.parse().map(Self::UseOnlyFor).map_err(|_| unknown),
            ("handling", "H0") => Ok(Self::Handling(0)),
            ("handling", "H1") => Ok(Self::Handling(1)),
            ("handling", "H2") => Ok(Self::Handling(2)),
            ("handling", "H3") => Ok(Self::Handling(3)),
            ("review", "human") => Ok(Self::HumanReview),
            _ => Err(unknown),
        }
    }
}

impl TryFrom<String> for Obligation {
    type Error = UnknownTerm;
    fn try_from(text: String) -> Result<Self, UnknownTerm> {
        text.parse()
    }
}

impl From<Obligation> for String {
    fn from(obligation: Obligation) -> Self {
        obligation.to_string()
    }
}
