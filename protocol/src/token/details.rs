//! What a token is asked for, and what it was granted for (RFC 9396).

use crate::vocabulary::{
    Action, AgreementId, Basis, Class, Commitment, Declaration, Digest, Offence, ParseTermError, Purpose, Scope,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// One authorization details object, the only element of its array.
///
/// ```json
/// {"type":"piux_query","actions":["lookup"],"agreement":"UTO-RUR-2026",
///  "agreement_version":"..","purpose":"terrorist_offences","offence":"TER",
///  "basis":"pnr_9_2","classes":["DOC","NX"],"scope":"tight",
///  "declares":["case_specific"],"urgent":false,"case":"..","officer":"..",
///  "reason_code":"identification","reasons":".."}
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct AuthorizationDetails {
    /// What the token may be used for.
    pub actions: Vec<Action>,
    /// The agreement the question is asked under.
    pub agreement: AgreementId,
    /// SHA-256 of the agreement's text as the requester knows it.
    pub agreement_version: Digest,
    /// What the question serves.
    pub purpose: Purpose,
    /// The offence under investigation.
    pub offence: Offence,
    /// The legal basis of the question.
    pub basis: Basis,
    /// The classes of match key to search; may be narrowed by the grant.
    pub classes: Vec<Class>,
    /// What one request searches.
    pub scope: Scope,
    /// What the requester asserts.
    pub declares: Vec<Declaration>,
    /// Whether life or public security is at stake now.
    pub urgent: bool,
    /// Why, as told to the responder.
    pub need: Need,
}

/// Case, officer and reasons: committed to, and told only where a disclosure needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Commitment to the case reference, opened to the requester's own authority.
    pub case: Commitment,
    /// Commitment to the officer's name.
    pub officer: Commitment,
    /// The kind of reason, from the agreement's list.
    pub reason_code: ReasonCode,
    /// The reasons themselves.
    pub reasons: Reasons,
}

/// The reasons of a question: hidden for a lookup, in clear for a disclosure.
#[derive(Clone, PartialEq, Eq)]
pub enum Reasons {
    /// Member `reasons`: a fresh salted commitment.
    Committed(Commitment),
    /// Member `reasons_text`: the text, 1 to 4,000 bytes.
    Text(String),
}

impl fmt::Debug for Reasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Committed(commitment) => write!(f, "Committed({commitment})"),
            Self::Text(_) => f.write_str("Text(..)"),
        }
    }
}

/// The kind of a reason: 1 to 40 of `a-z`, `0-9` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReasonCode(String);

impl AsRef<str> for ReasonCode {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ReasonCode {
    type Err = ParseTermError;
    fn from_str(text: &str) -> Result<Self, ParseTermError> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if (1..=40).contains(&text.len()) && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseTermError { list: "reason code" })
        }
    }
}

impl TryFrom<String> for ReasonCode {
    type Error = ParseTermError;
    fn try_from(text: String) -> Result<Self, ParseTermError> {
        text.parse()
    }
}

impl From<ReasonCode> for String {
    fn from(code: ReasonCode) -> Self {
        code.0
    }
}

/// The `type` member: `piux_query`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DetailsType {
    /// A question under an agreement.
    #[serde(rename = "piux_query")]
    Query,
}

/// The members as they travel; flat, so that `deny_unknown_fields` holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(rename = "type")]
    kind: DetailsType,
    actions: Vec<Action>,
    agreement: AgreementId,
    agreement_version: Digest,
    purpose: Purpose,
    offence: Offence,
    basis: Basis,
    classes: Vec<Class>,
    scope: Scope,
    declares: Vec<Declaration>,
    urgent: bool,
    case: Commitment,
    officer: Commitment,
    reason_code: ReasonCode,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reasons: Option<Commitment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reasons_text: Option<String>,
}

/// Members that contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum DetailsError {
    #[error("exactly one of `reasons` and `reasons_text`")]
    Reasons,
    #[error("reasons in clear belong to a disclosure")]
    TooMuchTold,
    #[error("a list is empty or names a term twice")]
    List,
}

impl TryFrom<Wire> for AuthorizationDetails {
    type Error = DetailsError;
    fn try_from(wire: Wire) -> Result<Self, DetailsError> {
        if !(is_set(&wire.actions) && is_set(&wire.classes)) || has_twice(&wire.declares) {
            return Err(DetailsError::List);
        }
        let reasons = match (wire.reasons, wire.reasons_text) {
            (Some(commitment), None) => Reasons::Committed(commitment),
            (None, Some(_)) if wire.actions.contains(&Action::Lookup) => return Err(DetailsError::TooMuchTold),
            (None, Some(text)) if (1..=4000).contains(&text.len()) => Reasons::Text(text),
            _ => return Err(DetailsError::Reasons),
        };
        Ok(Self {
            actions: wire.actions,
            agreement: wire.agreement,
            agreement_version: wire.agreement_version,
            purpose: wire.purpose,
            offence: wire.offence,
            basis: wire.basis,
            classes: wire.classes,
            scope: wire.scope,
            declares: wire.declares,
            urgent: wire.urgent,
            need: Need {
                case: wire.case,
                officer: wire.officer,
                reason_code: wire.reason_code,
                reasons,
            },
        })
    }
}

impl From<AuthorizationDetails> for Wire {
    fn from(details: AuthorizationDetails) -> Self {
        let (reasons, reasons_text) = match details.need.reasons {
            Reasons::Committed(commitment) => (Some(commitment), None),
            Reasons::Text(text) => (None, Some(text)),
        };
        Self {
            kind: DetailsType::Query,
            actions: details.actions,
            agreement: details.agreement,
            agreement_version: details.agreement_version,
            purpose: details.purpose,
            offence: details.offence,
            basis: details.basis,
            classes: details.classes,
            scope: details.scope,
            declares: details.declares,
            urgent: details.urgent,
            case: details.need.case,
            officer: details.need.officer,
            reason_code: details.need.reason_code,
            reasons,
            reasons_text,
        }
    }
}

impl AuthorizationDetails {
    /// Whether this grant lies within what was asked: equal, but for fewer actions or classes.
    pub fn narrows(&self, asked: &Self) -> bool {
        let within = Self {
            actions: asked.actions.clone(),
            classes: asked.classes.clone(),
            ..self.clone()
        } == *asked;
        within
            && self.actions.iter().all(|action| asked.actions.contains(action))
            && self.classes.iter().all(|class| asked.classes.contains(class))
    }
}

fn is_set<T: Ord>(list: &[T]) -> bool {
    !list.is_empty() && !has_twice(list)
}

fn has_twice<T: Ord>(list: &[T]) -> bool {
    list.iter().collect::<std::collections::BTreeSet<_>>().len() != list.len()
}
