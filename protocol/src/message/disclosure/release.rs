//! What is released: records by element, and what binds whoever receives them.

use super::DisclosureId;
use crate::message::{MAX_DOCUMENT, Version, strict_json};
use crate::seal::{SealError, Sealed, SealingKey, SealingKeyPair, seal};
use crate::vocabulary::{
    AgreementId, Digest, ElementId, ParseTermError, Purpose, QueryId, Random, Timestamp, UnitId, length_prefixed,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

/// The plaintext of a release. Personal data: has no printable form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Version of this document.
    pub v: Version,
    /// The disclosure it answers.
    pub id: DisclosureId,
    /// The lookup behind it.
    pub qid: QueryId,
    /// Who releases.
    pub from: UnitId,
    /// Who receives.
    pub to: UnitId,
    /// The agreement it rests on.
    pub agreement: AgreementId,
    /// SHA-256 of the agreement's text.
    pub agreement_version: Digest,
    /// When it was released.
    pub released: Timestamp,
    /// How it may be used (Europol SIENA handling codes).
    pub handling: Vec<Handling>,
    /// What the receiver must do and leave.
    pub obligations: Vec<Obligation>,
    /// A match is no finding: a person confirms it first (Directive (EU) 2016/681 Art. 6(5)).
    pub needs_human_review: bool,
    /// Only the records that carry a proven key.
    pub records: Vec<ReleasedRecord>,
}

impl fmt::Debug for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Release({}, {} records)", self.id, self.records.len())
    }
}

/// One record, as far as its band and the policy allow.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedRecord {
    /// Where the record is from.
    pub provenance: Provenance,
    /// How much of it could be released at all.
    pub band: Band,
    /// Values by element, each in the order recorded.
    pub elements: BTreeMap<ElementId, Vec<String>>,
}

impl fmt::Debug for ReleasedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReleasedRecord({:?}, {} elements)", self.band, self.elements.len())
    }
}

/// Where a released record is from.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The kind of message.
    pub source: SourceKind,
    /// The message format, such as `PAXLST` or `PNRGOV`.
    pub format: String,
    /// The air carrier that sent it, by its two or three letter code, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// When it was received.
    pub received: Timestamp,
}

impl fmt::Debug for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Provenance({:?}, ..)", self.source)
    }
}

/// The kind of message a record came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// Advance passenger information.
    Api,
    /// A passenger name record.
    Pnr,
}

/// How much of a record is open at its age (Directive (EU) 2016/681 Art. 12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Band {
    /// Every element (Art. 12(1)).
    Full,
    /// Identifying elements masked out (Art. 12(2)).
    Masked,
}

/// Handling codes as used in Europol's SIENA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Handling {
    /// For preventing and combating crime.
    H0,
    /// Not in judicial proceedings without the releaser's permission.
    H1,
    /// Not to be passed on without the releaser's permission.
    H2,
    /// Other restrictions, as the agreement says.
    H3,
}

impl std::str::FromStr for Handling {
    type Err = ParseTermError;
    fn from_str(text: &str) -> Result<Self, ParseTermError> {
        match text {
            "H0" => Ok(Self::H0),
            "H1" => Ok(Self::H1),
            "H2" => Ok(Self::H2),
            "H3" => Ok(Self::H3),
            _ => Err(ParseTermError { list: "handling" }),
        }
    }
}

/// What the receiver must do or leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Obligation {
    /// Erase it by then.
    EraseBy {
        /// The last moment.
        by: Timestamp,
    },
    /// Pass it on only so.
    Onward {
        /// The rule of the agreement.
        rule: Onward,
    },
    /// Use it for nothing else.
    UseFor {
        /// The purpose of the lookup.
        purpose: Purpose,
    },
}

/// Whether released data may go to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Onward {
    /// To nobody.
    Never,
    /// Only with the releaser's prior consent.
    PriorConsent,
    /// To authorities of member states for the same purpose.
    SamePurposeEu,
}

/// Why a release cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReleaseError {
    /// Not sealed to this key for this disclosure, or altered.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Opened, but not a release, or one of another disclosure or for another unit.
    #[error("the sealed document is not the release that was asked for")]
    Document,
}

impl Release {
    /// Seals it to the receiving node.
    ///
    /// `info = "piux/1/release\0" || LP(from) || LP(to) || LP(agreement)`,
    /// `aad = id || qid`.
    pub fn seal(&self, to: &SealingKey, random: &dyn Random) -> Result<Sealed, ReleaseError> {
        let plaintext = Zeroizing::new(serde_json::to_vec(self).map_err(|_| ReleaseError::Document)?);
        let aad = Self::aad(self.id, self.qid);
        Ok(seal(to, &self.info(), &aad, &plaintext, random)?)
    }

    /// Opens the release of one disclosure that `[from, to]` agreed to exchange under `agreement`.
    pub fn open(
        sealed: &Sealed,
        key: &SealingKeyPair,
        [from, to]: [UnitId; 2],
        agreement: &AgreementId,
        (id, qid): (DisclosureId, QueryId),
    ) -> Result<Self, ReleaseError> {
        let plaintext = key.open(&Self::info_of([from, to], agreement), &Self::aad(id, qid), sealed)?;
        let release: Self = strict_json(&plaintext, MAX_DOCUMENT).map_err(|_| ReleaseError::Document)?;
        let same = (release.id, release.qid) == (id, qid)
            && [release.from, release.to] == [from, to]
            && release.agreement == *agreement;
        if same { Ok(release) } else { Err(ReleaseError::Document) }
    }

    fn info(&self) -> Vec<u8> {
        Self::info_of([self.from, self.to], &self.agreement)
    }

    fn info_of([from, to]: [UnitId; 2], agreement: &AgreementId) -> Vec<u8> {
        let mut info = b"piux/1/release\0".to_vec();
        info.extend(length_prefixed(from.to_string()));
        info.extend(length_prefixed(to.to_string()));
        info.extend(length_prefixed(agreement.as_ref()));
        info
    }

    fn aad(id: DisclosureId, qid: QueryId) -> Vec<u8> {
        [id.0.as_ref(), qid.as_ref()].concat()
    }
}
