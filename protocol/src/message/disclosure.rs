//! Following a hit up: a reasoned request, and what is released (SPEC.md 6).
//!
//! A disclosure is a resource. The request makes it; until it is decided its
//! state is [`Disclosure::Pending`], and each state travels signed. What is
//! released is sealed to the requester's node and opens as a [`Release`].

mod release;

pub use release::{Band, Handling, Obligation, Onward, Provenance, Release, ReleaseError, ReleasedRecord, SourceKind};

use super::Version;
use super::problem::Clause;
use crate::seal::Sealed;
use crate::vocabulary::{
    AgreementId, Basis, Class, DecodeError, Digest, ElementId, Handle, HitProof, Offence, Purpose, QueryId, Random,
    Salt, Timestamp,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Names one disclosure: 128 random bits chosen by the responder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DisclosureId(pub Salt);

impl DisclosureId {
    /// A fresh name.
    pub fn draw(random: &dyn Random) -> Self {
        Self(Salt(random.bytes()))
    }
}

impl fmt::Display for DisclosureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for DisclosureId {
    type Err = DecodeError;
    fn from_str(text: &str) -> Result<Self, DecodeError> {
        text.parse().map(Self)
    }
}

/// What `POST /v1/disclosures` carries.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct DisclosureRequest {
    /// Makes the digest of this body reveal nothing.
    pub salt: Salt,
    /// The hit that is followed up.
    pub hit: ProvenHit,
    /// The agreement of the lookup.
    pub agreement: AgreementId,
    /// SHA-256 of the agreement's text.
    pub agreement_version: Digest,
    /// The purpose of the lookup.
    pub purpose: Purpose,
    /// The elements wanted, 1 to 64.
    pub elements: Vec<ElementId>,
    /// Why.
    pub grounds: Grounds,
}

/// Which person of which answer is meant, and that the requester opened its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenHit {
    /// The lookup.
    pub qid: QueryId,
    /// The person, as that lookup's answer named it.
    pub handle: Handle,
    /// One to four rows of that person.
    pub hits: Vec<ClassHit>,
}

/// The proof of one opened row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassHit {
    /// Class of the row.
    pub class: Class,
    /// `HMAC(s, "piux/1/hit\0" || req_hash || handle)[0..16]`.
    pub hit: HitProof,
}

/// Why a disclosure is asked for; told in clear, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Grounds {
    /// The offence under investigation.
    pub offence: Offence,
    /// The legal basis.
    pub basis: Basis,
    /// Reference of the case, 1 to 200 bytes.
    pub case: String,
    /// The reasons, 1 to 4,000 bytes.
    pub reasons: String,
    /// Signed orders that support the request, at most 4 of at most 8 KiB each.
    pub orders: Vec<String>,
}

impl fmt::Debug for Grounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Grounds({}, {}, ..)", self.offence, self.basis)
    }
}

impl fmt::Debug for DisclosureRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DisclosureRequest")
            .field("qid", &self.hit.qid)
            .field("grounds", &self.grounds)
            .finish_non_exhaustive()
    }
}

/// The members as they travel; flat, so that `deny_unknown_fields` holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    v: Version,
    salt: Salt,
    qid: QueryId,
    handle: Handle,
    hits: Vec<ClassHit>,
    agreement: AgreementId,
    agreement_version: Digest,
    purpose: Purpose,
    elements: Vec<ElementId>,
    offence: Offence,
    basis: Basis,
    case: String,
    reasons: String,
    orders: Vec<String>,
}

/// A list or text outside its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{member}` is outside its bounds")]
struct OutOfBounds {
    member: &'static str,
}

impl Wire {
    fn check(&self) -> Result<(), OutOfBounds> {
        let checks = [
            ("hits", (1..=4).contains(&self.hits.len())),
            ("elements", (1..=64).contains(&self.elements.len())),
            ("case", (1..=200).contains(&self.case.len())),
            ("reasons", (1..=4000).contains(&self.reasons.len())),
            (
                "orders",
                self.orders.len() <= 4 && self.orders.iter().all(|order| order.len() <= 8192),
            ),
        ];
        match checks.into_iter().find(|(_, fits)| !fits) {
            Some((member, _)) => Err(OutOfBounds { member }),
            None => Ok(()),
        }
    }
}

impl TryFrom<Wire> for DisclosureRequest {
    type Error = OutOfBounds;
    fn try_from(wire: Wire) -> Result<Self, OutOfBounds> {
        wire.check()?;
        Ok(Self {
            salt: wire.salt,
            hit: ProvenHit {
                qid: wire.qid,
                handle: wire.handle,
                hits: wire.hits,
            },
            agreement: wire.agreement,
            agreement_version: wire.agreement_version,
            purpose: wire.purpose,
            elements: wire.elements,
            grounds: Grounds {
                offence: wire.offence,
                basis: wire.basis,
                case: wire.case,
                reasons: wire.reasons,
                orders: wire.orders,
            },
        })
    }
}

impl From<DisclosureRequest> for Wire {
    fn from(request: DisclosureRequest) -> Self {
        Self {
            v: Version,
            salt: request.salt,
            qid: request.hit.qid,
            handle: request.hit.handle,
            hits: request.hit.hits,
            agreement: request.agreement,
            agreement_version: request.agreement_version,
            purpose: request.purpose,
            elements: request.elements,
            offence: request.grounds.offence,
            basis: request.grounds.basis,
            case: request.grounds.case,
            reasons: request.grounds.reasons,
            orders: request.grounds.orders,
        }
    }
}

/// The state of a disclosure. A refusal at once is a problem, a later one this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase", deny_unknown_fields)]
pub enum Disclosure {
    /// Released: open `sealed` as a [`Release`].
    Released {
        /// Version of this body.
        v: Version,
        /// Makes the digest of this body reveal nothing.
        salt: Salt,
        /// This disclosure.
        id: DisclosureId,
        /// What is released, sealed to the requester's node.
        sealed: Sealed,
    },
    /// People still have to decide.
    Pending {
        /// Version of this body.
        v: Version,
        /// Makes the digest of this body reveal nothing.
        salt: Salt,
        /// This disclosure; ask again at its path.
        id: DisclosureId,
        /// When a decision is due.
        due: Timestamp,
    },
    /// Refused by the people who decide, or by policy at release.
    Refused {
        /// Version of this body.
        v: Version,
        /// Makes the digest of this body reveal nothing.
        salt: Salt,
        /// This disclosure.
        id: DisclosureId,
        /// The clauses that decided.
        clauses: Vec<Clause>,
    },
}

impl Disclosure {
    /// The disclosure this is the state of.
    pub fn id(&self) -> DisclosureId {
        match self {
            Self::Released { id, .. } | Self::Pending { id, .. } | Self::Refused { id, .. } => *id,
        }
    }
}

#[cfg(test)]
mod tests;
