//! Refusals and failures as they travel (RFC 9457; SPEC.md 8).
//!
//! This is the one home of all slugs. Status codes belong to the node that answers.

use crate::vocabulary::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

macro_rules! problem_kinds {
    ($($(#[$doc:meta])* $variant:ident = $slug:literal, $title:literal;)*) => {
        /// What went wrong; travels as `urn:piux:problem:<slug>`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum ProblemKind {
            $($(#[$doc])* #[serde(rename = $slug)] $variant,)*
        }

        impl ProblemKind {
            /// Every kind there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The kind's URN.
            pub const fn urn(self) -> &'static str {
                match self { $(Self::$variant => $slug),* }
            }

            /// One sentence for people, always the same for a kind.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),* }
            }
        }
    };
}

problem_kinds! {
    /// The request cannot be read.
    Malformed = "urn:piux:problem:malformed", "The request is malformed";
    /// The body is longer than the resource takes.
    TooLarge = "urn:piux:problem:too-large", "The request is too large";
    /// No partner of ours has this key.
    UnknownSender = "urn:piux:problem:unknown-sender", "The sender is not a partner";
    /// Signature, digest or covered components are not in order.
    BadSignature = "urn:piux:problem:bad-signature", "The signature is not valid";
    /// The nonce was used before.
    Replayed = "urn:piux:problem:replayed", "The request was received before";
    /// Signed too early or too late for the server's clock, whose time is told.
    ClockSkew = "urn:piux:problem:clock-skew", "The time of the signature is too far from ours";
    /// Absent, expired, altered or somebody else's token.
    TokenInvalid = "urn:piux:problem:token-invalid", "The access token is not valid for this request";
    /// Law, agreement or national rule does not allow it; the clauses say which.
    PurposeRefused = "urn:piux:problem:purpose-refused", "The request is not allowed for this purpose";
    /// Draft, suspended, terminated or outside its dates.
    AgreementInactive = "urn:piux:problem:agreement-inactive", "The agreement is not in force";
    /// The two units hold different texts of the agreement.
    AgreementVersion = "urn:piux:problem:agreement-version", "The agreement has another version here";
    /// No such epoch, or its keys are destroyed.
    EpochUnknown = "urn:piux:problem:epoch-unknown", "The epoch is not known here";
    /// The two units derive match keys differently.
    KeysetMismatch = "urn:piux:problem:keyset-mismatch", "Match keys are derived differently here";
    /// The class or scope is not open for this purpose.
    ClassNotAllowed = "urn:piux:problem:class-not-allowed", "The class of match keys is not allowed";
    /// The bucket and window would tell too much about the subject.
    LeakBudget = "urn:piux:problem:leak-budget", "The request would tell too much about its subject";
    /// The day's slots are used up.
    QuotaExceeded = "urn:piux:problem:quota-exceeded", "The quota of the agreement is used up";
    /// The hit is not proved, for whatever cause.
    HitProofInvalid = "urn:piux:problem:hit-proof-invalid", "The proof of the hit is not valid";
    /// Policy or an approver refuses to disclose; the clauses say why.
    DisclosureRefused = "urn:piux:problem:disclosure-refused", "The disclosure is refused";
    /// The idempotency key belongs to another request.
    IdempotencyConflict = "urn:piux:problem:idempotency-conflict", "The idempotency key was used for another request";
    /// There is no such resource for this sender.
    NotFound = "urn:piux:problem:not-found", "There is no such resource";
    /// The index is being built or is not fresh, so that an answer could miss a hit.
    IndexUnavailable = "urn:piux:problem:index-unavailable", "The index cannot answer now";
    /// Nothing leaves unless the ledger can record it.
    LedgerUnavailable = "urn:piux:problem:ledger-unavailable", "The ledger cannot record the request now";
    /// Too many requests at a time.
    Overloaded = "urn:piux:problem:overloaded", "The node has too much to do";
    /// A fault of the node.
    Internal = "urn:piux:problem:internal", "The node failed to answer";
}

/// A clause that decided against a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// The rule's identifier, such as `eu-pnr.art9.2`.
    pub id: String,
    /// What the clause demands.
    pub title: String,
    /// Where it stands in the law or the agreement.
    pub cite: String,
}

/// A problem document. Never carries internals or an echo of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What went wrong.
    #[serde(rename = "type")]
    pub kind: ProblemKind,
    /// The kind in words.
    pub title: String,
    /// What to do about this occurrence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The clauses that refuse.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<Clause>,
    /// The server's time, where clocks disagree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_time: Option<Timestamp>,
}

impl Problem {
    /// The problem of a kind, with the kind's title and nothing else.
    pub fn new(kind: ProblemKind) -> Self {
        Self {
            kind,
            title: kind.title().to_owned(),
            detail: None,
            clauses: Vec::new(),
            server_time: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds the clauses that refuse.
    #[must_use]
    pub fn with_clauses(mut self, clauses: Vec<Clause>) -> Self {
        self.clauses = clauses;
        self
    }

    /// Adds the server's time.
    #[must_use]
    pub fn with_server_time(mut self, now: Timestamp) -> Self {
        self.server_time = Some(now);
        self
    }

    /// The document as `application/problem+json`.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a problem holds only text")
    }

    /// Reads a problem; members it does not know are ignored (RFC 9457 section 3.2).
    pub fn from_json(bytes: &[u8]) -> Result<Self, NotAProblem> {
        serde_json::from_slice(bytes).map_err(|_| NotAProblem)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)?;
        match &self.detail {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

/// Bytes that are no problem document, or one of a kind we do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a problem document of a known kind")]
pub struct NotAProblem;

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test may stop at the first surprise"
    )]
    use super::*;

    #[test]
    fn every_kind_prints_its_urn_and_parses_back() {
        for kind in ProblemKind::ALL.iter().copied() {
            let problem = Problem::new(kind);
            let json: serde_json::Value = serde_json::from_slice(&problem.to_json()).unwrap();
            assert_eq!(json["type"], kind.urn());
            assert_eq!(Problem::from_json(&problem.to_json()), Ok(problem));
        }
    }

    #[test]
    fn a_refusal_names_its_clauses_and_a_skewed_clock_the_time() {
        let clause = Clause {
            id: "eu-pnr.art6".to_owned(),
            title: "purpose".to_owned(),
            cite: "Art. 6".to_owned(),
        };
        let problem = Problem::new(ProblemKind::PurposeRefused)
            .with_detail("ask for another purpose")
            .with_clauses(vec![clause])
            .with_server_time(Timestamp::from_seconds(1));
        let text = String::from_utf8(problem.to_json()).unwrap();
        assert!(text.contains(r#""clauses":[{"id":"eu-pnr.art6""#));
        assert!(text.contains(r#""server_time":"1970-01-01T00:00:01.000Z""#));
        assert_eq!(Problem::from_json(text.as_bytes()), Ok(problem));
    }

    #[test]
    fn members_of_other_servers_are_ignored_and_other_kinds_are_refused() {
        let known = br#"{"type":"urn:piux:problem:replayed","title":"x","status":409,"instance":"/a"}"#;
        assert_eq!(Problem::from_json(known).unwrap().kind, ProblemKind::Replayed);
        assert_eq!(
            Problem::from_json(br#"{"type":"about:blank","title":"x"}"#),
            Err(NotAProblem)
        );
    }
}
