//! A lookup as it is sent (SPEC.md 4.4): JSON of at most 64 KiB.

use super::bucket::Bucket;
use super::element::BlindedElement;
use crate::vocabulary::{AgreementId, Class, Digest, Purpose, QueryId, Salt, Scope, Window, sha256};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The largest body of a request, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// Why a body is not a lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// More than [`MAX_BODY`] bytes.
    #[error("a lookup has at most 65536 bytes")]
    TooLarge,
    /// Not JSON of this form; where, but never what.
    #[error("not a lookup: line {line}, column {column}")]
    Form {
        /// Line of the body, from 1.
        line: usize,
        /// Column of the line, from 1.
        column: usize,
    },
    /// Another version than 1.
    #[error("unknown version of a lookup")]
    Version,
    /// Not exactly the segments of scope and bucket, in their order.
    #[error("a lookup carries every segment of its scope, or the one of its bucket")]
    Segments,
    /// A segment with more or fewer elements than its class has slots.
    #[error("a segment carries as many elements as its class has slots")]
    Slots,
}

/// A blinded question about one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct LookupRequest {
    /// Always 1.
    pub v: u8,
    /// Makes the body's digest reveal nothing.
    pub salt: Salt,
    /// The name of this lookup.
    pub qid: QueryId,
    /// The agreement it is asked under.
    pub agreement: AgreementId,
    /// Digest of the agreement's text the requester holds.
    pub agreement_version: Digest,
    /// The epoch of the keys expected.
    pub epoch: u32,
    /// What it serves.
    pub purpose: Purpose,
    /// What is searched.
    pub scope: Scope,
    /// Where it is searched.
    pub bucket: Bucket,
    /// Which quarters are searched.
    pub window: Window,
    /// Blinded elements per class.
    pub segments: Vec<Segment>,
}

/// The blinded elements of one class, as many as it has slots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// The kind of match key.
    pub class: Class,
    /// `B_1..B_n`, dummies among them.
    pub elements: Vec<BlindedElement>,
}

impl LookupRequest {
    /// Reads a body, refusing whatever is not exactly a lookup.
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        if body.len() > MAX_BODY {
            return Err(RequestError::TooLarge);
        }
        let mut json = serde_json::Deserializer::from_slice(body);
        let form = |error: serde_json::Error| RequestError::Form {
            line: error.line(),
            column: error.column(),
        };
        let request = Self::deserialize(&mut json).map_err(form)?;
        json.end().map_err(form)?;
        request.check().map(|()| request)
    }

    /// The body to send; its digest is what the answer is bound to.
    pub fn to_body(&self) -> Vec<u8> {
        let mut body = Vec::new();
        let mut json = serde_json::Serializer::new(&mut body);
        Self::serialize(self, &mut json).expect("a lookup holds nothing that JSON cannot");
        body
    }

    /// `req_hash`: SHA-256 of a body as sent.
    pub fn hash(body: &[u8]) -> Digest {
        sha256(body)
    }

    /// The elements of a class, if it is asked for.
    pub fn elements(&self, class: Class) -> Option<&[BlindedElement]> {
        self.segments
            .iter()
            .find(|segment| segment.class == class)
            .map(|segment| segment.elements.as_slice())
    }

    fn check(&self) -> Result<(), RequestError> {
        if self.v != 1 {
            return Err(RequestError::Version);
        }
        let expected = classes(self.scope, self.bucket).ok_or(RequestError::Segments)?;
        if !self.segments.iter().map(|segment| segment.class).eq(expected) {
            return Err(RequestError::Segments);
        }
        let full = |segment: &Segment| segment.elements.len() == segment.class.slots();
        if self.segments.iter().all(full) {
            Ok(())
        } else {
            Err(RequestError::Slots)
        }
    }
}

/// The segments of a request: all of the scope, or the one of a bucket of family I.
pub(super) fn classes(scope: Scope, bucket: Bucket) -> Option<Vec<Class>> {
    match bucket.class() {
        None => Some(scope.segments().to_vec()),
        Some(class) => scope.segments().contains(&class).then(|| vec![class]),
    }
}

impl Serialize for LookupRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for LookupRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let request = Self::deserialize(deserializer)?;
        request.check().map_err(de::Error::custom)?;
        Ok(request)
    }
}
