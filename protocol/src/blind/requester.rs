//! The asking side: a [`Query`] is kept, a [`LookupRequest`] is sent, and with
//! the answer the query tells which keys are known (SPEC.md 4.4, 4.11).

use super::answer::{AnswerSegment, LookupAnswer};
use super::bucket::Bucket;
use super::descriptor::Descriptor;
use super::element::BlindedElement;
use super::proof::{self, ProofError};
use super::request::{LookupRequest, Segment, classes};
use super::row::{CROWD, Gate, Label, QueryKey, Row, RowDeriver, RowSecret};
use super::voprf::{Blind, unblind};
use crate::identifier::dummy_input;
use crate::vocabulary::{
    AgreementId, Class, Digest, Handle, HitProof, Purpose, QueryId, Random, Salt, Scope, Window, base64url,
    decode_base64url,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use zeroize::Zeroizing;

/// Why a question cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The bucket is of a class the scope does not search.
    #[error("the bucket's class is not searched in this scope")]
    Bucket,
    /// Keys of a class the request has no segment for, or given twice.
    #[error("keys of class {0} have no place in this request")]
    Class(Class),
    /// More keys than slots.
    #[error("more keys of class {0} than it has slots")]
    TooManyKeys(Class),
}

/// Why an answer is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// It answers another query or another body.
    #[error("the answer is to another request")]
    OtherRequest,
    /// The descriptor is of another agreement or epoch, or offers no such key.
    #[error("the epoch's descriptor does not fit the request")]
    Descriptor,
    /// Not exactly the segments asked for.
    #[error("the answer has other segments than the request")]
    Segments,
    /// Another number of rows than published.
    #[error("the answer for class {0} has not the published number of rows")]
    Rows(Class),
    /// The evaluation of a class is not proved.
    #[error("the evaluation of class {class} is not proved")]
    Proof {
        /// The class.
        class: Class,
        /// What is wrong with the proof.
        #[source]
        source: ProofError,
    },
}

/// Everything about a question except whom it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The agreement it is asked under.
    pub agreement: AgreementId,
    /// Digest of the agreement's text we hold.
    pub agreement_version: Digest,
    /// The epoch asked in.
    pub epoch: u32,
    /// What it serves.
    pub purpose: Purpose,
    /// What is searched.
    pub scope: Scope,
    /// Where it is searched.
    pub bucket: Bucket,
    /// Which quarters are searched.
    pub window: Window,
}

/// The secret side of one lookup.
///
/// Its serialized form opens every element to whoever holds it: seal it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    question: Question,
    salt: Salt,
    qid: QueryId,
    segments: Vec<QuerySegment>,
}

/// A row the requester could open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// The kind of key that is known.
    pub class: Class,
    /// Which of the keys given for the class, from 0.
    pub slot: usize,
    /// The subject, for this answer only; zero bytes when crowded.
    pub handle: Handle,
    /// What must happen before it is followed up.
    pub gate: Gate,
    /// Shows the responder that this row was opened.
    pub hit: HitProof,
}

impl Query {
    /// Blinds the inputs `x` of each class and fills the other slots with
    /// openable dummies. Keys keep their places; dummies come after them.
    pub fn new<X: AsRef<[u8]>>(
        question: Question,
        keys: &[(Class, Vec<X>)],
        random: &dyn Random,
    ) -> Result<(Self, LookupRequest), QueryError> {
        let classes = classes(question.scope, question.bucket).ok_or(QueryError::Bucket)?;
        for (index, (class, _)) in keys.iter().enumerate() {
            let twice = keys.iter().take(index).any(|(other, _)| other == class);
            if twice || !classes.contains(class) {
                return Err(QueryError::Class(*class));
            }
        }
        let (salt, qid) = (Salt(random.bytes()), QueryId(random.bytes()));
        let of = |class| {
            keys.iter()
                .find(|(other, _)| *other == class)
                .map_or(&[] as &[X], |(_, inputs)| inputs)
        };
        let segments = classes
            .into_iter()
            .map(|class| QuerySegment::new(class, of(class), random));
        let query = Self {
            question,
            salt,
            qid,
            segments: segments.collect::<Result<_, _>>()?,
        };
        let request = query.request();
        Ok((query, request))
    }

    /// The request to send; the same every time.
    pub fn request(&self) -> LookupRequest {
        let question = self.question.clone();
        LookupRequest {
            v: 1,
            salt: self.salt,
            qid: self.qid,
            agreement: question.agreement,
            agreement_version: question.agreement_version,
            epoch: question.epoch,
            purpose: question.purpose,
            scope: question.scope,
            bucket: question.bucket,
            window: question.window,
            segments: self.segments.iter().map(QuerySegment::blinded).collect(),
        }
    }

    /// Whether blinding the kept inputs again gives exactly `request`: the check
    /// of an audit that opens a lookup (SPEC.md 4.12).
    pub fn reproduces(&self, request: &LookupRequest) -> bool {
        let slots = self.segments.iter().flat_map(|segment| &segment.slots);
        slots
            .into_iter()
            .all(|slot| slot.blind.blind(&slot.input) == slot.blinded)
            && self.request() == *request
    }

    /// Inputs of a class as kept, dummies included; to be shown to an auditor only.
    pub fn inputs(&self, class: Class) -> impl Iterator<Item = &[u8]> {
        let segments = self.segments.iter().filter(move |segment| segment.class == class);
        segments.flat_map(|segment| segment.slots.iter().map(|slot| slot.input.as_slice()))
    }

    /// What the answer says of each key.
    ///
    /// `req_hash` is the digest of the body that was sent. Proofs and row counts
    /// are always checked against the responder's descriptor.
    pub fn open(
        &self,
        answer: &LookupAnswer,
        req_hash: &Digest,
        descriptor: &Descriptor,
    ) -> Result<Vec<Opened>, OpenError> {
        if answer.qid != self.qid || answer.req_hash != *req_hash {
            return Err(OpenError::OtherRequest);
        }
        if descriptor.agreement != self.question.agreement || descriptor.epoch != self.question.epoch {
            return Err(OpenError::Descriptor);
        }
        let classes = self.segments.iter().map(|segment| segment.class);
        if !answer.segments.iter().map(|segment| segment.class).eq(classes) {
            return Err(OpenError::Segments);
        }
        let key = QueryKey::new(req_hash, &answer.salt);
        let mut opened = Vec::new();
        for (segment, answered) in self.segments.iter().zip(&answer.segments) {
            let secrets = self.secrets(segment, answered, descriptor)?;
            let hits = secrets.iter().enumerate().flat_map(|(slot, secret)| {
                labels(&key, secret, &answered.rows)
                    .into_iter()
                    .map(move |label| (slot, secret, label))
            });
            opened.extend(hits.map(|(slot, secret, Label { gate, handle })| {
                let hit = secret.hit(req_hash, &handle);
                Opened {
                    class: segment.class,
                    slot,
                    handle,
                    gate,
                    hit,
                }
            }));
        }
        Ok(opened)
    }

    /// The row secrets of a segment's slots, once its evaluation is proved.
    fn secrets(
        &self,
        segment: &QuerySegment,
        answered: &AnswerSegment,
        descriptor: &Descriptor,
    ) -> Result<Vec<RowSecret>, OpenError> {
        let (purpose, class) = (self.question.purpose, segment.class);
        let public = descriptor.public_key(purpose, class).ok_or(OpenError::Descriptor)?;
        let context = descriptor.context(purpose, class).ok_or(OpenError::Descriptor)?;
        let rows = descriptor.rows(class, self.question.bucket, &self.question.window);
        if answered.rows.len() != rows.ok_or(OpenError::Descriptor)? {
            return Err(OpenError::Rows(class));
        }
        let blinded = segment.blinded().elements;
        proof::verify(&public, &blinded, &answered.evaluated, &answered.proof)
            .map_err(|source| OpenError::Proof { class, source })?;
        let blinds: Vec<_> = segment.slots.iter().map(|slot| &slot.blind).collect();
        let rows = RowDeriver::new(&context);
        Ok(unblind(&blinds, &answered.evaluated)
            .iter()
            .map(|element| rows.secret(element))
            .collect())
    }
}

/// The labels of a key's subjects, in the order of their numbers `j`.
fn labels(key: &QueryKey, secret: &RowSecret, rows: &[Row]) -> Vec<Label> {
    let find = |j| {
        let tag = key.tag(secret, j);
        let start = rows.partition_point(|row| row.as_slice() < tag.as_slice());
        rows.get(start)
            .filter(|row| row.starts_with(&tag))
            .map(|row| key.open(secret, j, row))
    };
    (0..CROWD).map_while(find).flatten().collect()
}

/// The slots of one class.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuerySegment {
    class: Class,
    slots: Vec<Slot>,
}

impl QuerySegment {
    fn new<X: AsRef<[u8]>>(class: Class, inputs: &[X], random: &dyn Random) -> Result<Self, QueryError> {
        let missing = class
            .slots()
            .checked_sub(inputs.len())
            .ok_or(QueryError::TooManyKeys(class))?;
        let keys = inputs.iter().map(|input| Zeroizing::new(input.as_ref().to_vec()));
        let dummies = (0..missing).map(|_| dummy_input(random));
        let slots = keys.chain(dummies).map(|input| Slot::new(input, random)).collect();
        Ok(Self { class, slots })
    }

    fn blinded(&self) -> Segment {
        Segment {
            class: self.class,
            elements: self.slots.iter().map(|slot| slot.blinded).collect(),
        }
    }
}

/// One input, its blind, and what was sent of it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Slot {
    input: Input,
    blind: Blind,
    blinded: BlindedElement,
}

impl Slot {
    fn new(input: Zeroizing<Vec<u8>>, random: &dyn Random) -> Self {
        let blind = Blind::draw(random);
        let blinded = blind.blind(&input);
        Self {
            input: Input(input),
            blind,
            blinded,
        }
    }
}

/// An input `x`: personal data, as unpadded base64url where it is written.
#[derive(Clone)]
struct Input(Zeroizing<Vec<u8>>);

impl std::ops::Deref for Input {
    type Target = Vec<u8>;
    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl Serialize for Input {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(base64url(self.as_slice())))
    }
}

impl<'de> Deserialize<'de> for Input {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        decode_base64url(&text)
            .map(|bytes| Self(Zeroizing::new(bytes)))
            .map_err(de::Error::custom)
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Query({}, ..)", self.qid)
    }
}
