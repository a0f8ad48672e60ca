//! The answer to a lookup as it is sent (SPEC.md 4.10), binary:
//!
//! ```text
//! ver=1 (1) || type=2 (1) || nseg (1) || qid (16) || req_hash (32) || salt (16) || segments
//! segment = class (1) || n (1) || D_1..D_n (32 each) || proof (64) || rows (u32) || row (16 each)
//! ```
//!
//! Rows are in strictly ascending order. There is one encoding of an answer.

use super::element::{ElementError, EvaluatedElement};
use super::proof::{Proof, ProofError};
use super::row::Row;
use crate::vocabulary::{Class, Digest, QueryId, Salt};

/// The most rows of an answer, over all its segments.
pub const MAX_ROWS: usize = 131_072;

/// The largest answer, in bytes.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;

/// Why bytes are not an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// It ends too early.
    #[error("the answer is cut off")]
    Truncated,
    /// Something follows its end.
    #[error("something follows the answer")]
    Trailing,
    /// Another version or type of message.
    #[error("unknown version or type of answer")]
    Version,
    /// A class that is unknown, or there twice.
    #[error("a class of the answer is unknown or repeated")]
    Class,
    /// Another number of elements than the class has slots.
    #[error("a segment carries as many elements as its class has slots")]
    Slots,
    /// More than [`MAX_ROWS`].
    #[error("an answer has at most 131072 rows")]
    TooManyRows,
    /// Rows out of order, or equal.
    #[error("rows are in strictly ascending order")]
    Order,
    /// Not a group element.
    #[error("an evaluated element is not a group element")]
    Element(#[source] ElementError),
    /// Not a proof.
    #[error("a proof is malformed")]
    Proof(#[source] ProofError),
}

/// What the responder says to a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupAnswer {
    /// The name of the lookup answered.
    pub qid: QueryId,
    /// The body answered.
    pub req_hash: Digest,
    /// Fresh, so that no two answers share a row.
    pub salt: Salt,
    /// One segment for each of the request's, in its order.
    pub segments: Vec<AnswerSegment>,
}

/// The answer for one class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerSegment {
    /// The kind of match key.
    pub class: Class,
    /// `D_1..D_n`.
    pub evaluated: Vec<EvaluatedElement>,
    /// One proof for them all.
    pub proof: Proof,
    /// The bucket's rows in ascending order.
    pub rows: Vec<Row>,
}

impl LookupAnswer {
    /// The bytes to send.
    pub fn encode(&self) -> Vec<u8> {
        let rows: usize = self.segments.iter().map(|segment| segment.rows.len()).sum();
        let mut out = Vec::with_capacity(HEAD + self.segments.len() * SEGMENT + rows * 16);
        out.extend([VERSION, TYPE, byte(self.segments.len())]);
        for part in [self.qid.as_ref(), self.req_hash.as_ref(), self.salt.as_ref()] {
            out.extend_from_slice(part);
        }
        self.segments.iter().for_each(|segment| segment.encode(&mut out));
        out
    }

    /// Reads an answer, refusing whatever is not exactly one.
    pub fn decode(bytes: &[u8]) -> Result<Self, AnswerError> {
        let mut input = Input(bytes);
        let [version, kind, count] = input.take()?;
        if (version, kind) != (VERSION, TYPE) {
            return Err(AnswerError::Version);
        }
        let (qid, req_hash, salt) = (QueryId(input.take()?), Digest(input.take()?), Salt(input.take()?));
        let mut answer = Self {
            qid,
            req_hash,
            salt,
            segments: Vec::new(),
        };
        let mut room = MAX_ROWS;
        for _ in 0..count {
            let segment = AnswerSegment::decode(&mut input, room)?;
            if answer.segments.iter().any(|other| other.class == segment.class) {
                return Err(AnswerError::Class);
            }
            room -= segment.rows.len();
            answer.segments.push(segment);
        }
        if input.0.is_empty() {
            Ok(answer)
        } else {
            Err(AnswerError::Trailing)
        }
    }
}

impl AnswerSegment {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend([self.class.code(), byte(self.evaluated.len())]);
        self.evaluated
            .iter()
            .for_each(|element| out.extend_from_slice(element.as_ref()));
        out.extend_from_slice(&self.proof.to_bytes());
        out.extend_from_slice(&u32::try_from(self.rows.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend(self.rows.iter().flatten());
    }

    fn decode(input: &mut Input<'_>, room: usize) -> Result<Self, AnswerError> {
        let [class, n] = input.take()?;
        let class = Class::from_code(class).ok_or(AnswerError::Class)?;
        if usize::from(n) != class.slots() {
            return Err(AnswerError::Slots);
        }
        let element = |_| {
            input
                .take::<32>()
                .and_then(|d| d.as_slice().try_into().map_err(AnswerError::Element))
        };
        let evaluated = (0..n).map(element).collect::<Result<_, _>>()?;
        let proof = input.take::<64>()?.as_slice().try_into().map_err(AnswerError::Proof)?;
        let rows = decode_rows(input, room)?;
        Ok(Self {
            class,
            evaluated,
            proof,
            rows,
        })
    }
}

fn decode_rows(input: &mut Input<'_>, room: usize) -> Result<Vec<Row>, AnswerError> {
    let count = usize::try_from(u32::from_be_bytes(input.take()?)).unwrap_or(usize::MAX);
    if count > room {
        return Err(AnswerError::TooManyRows);
    }
    let (rows, rest) = input.0.split_at_checked(count * 16).ok_or(AnswerError::Truncated)?;
    input.0 = rest;
    let rows: Vec<Row> = rows.as_chunks().0.to_vec();
    if rows.is_sorted_by(|a, b| a < b) {
        Ok(rows)
    } else {
        Err(AnswerError::Order)
    }
}

struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], AnswerError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(AnswerError::Truncated)?;
        self.0 = rest;
        Ok(*taken)
    }
}

/// Counts of segments and slots are far below 256.
fn byte(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}

const VERSION: u8 = 1;
const TYPE: u8 = 2;
const HEAD: usize = 3 + 16 + 32 + 16;
const SEGMENT: usize = 2 + 3 * 32 + 64 + 4;

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test may stop at the first surprise"
    )]
    use super::*;
    use curve25519_dalek::{RistrettoPoint, Scalar};
    use proptest::prelude::*;

    fn answer(rows: Vec<Row>) -> LookupAnswer {
        let element = |i: u64| EvaluatedElement::from(RistrettoPoint::mul_base(&Scalar::from(i)));
        let segment = |class: Class, rows| AnswerSegment {
            class,
            evaluated: (1..=class.slots() as u64).map(element).collect(),
            proof: Proof::try_from([1; 64].as_slice()).unwrap(),
            rows,
        };
        let segments = vec![segment(Class::Doc, rows), segment(Class::Nx, vec![])];
        LookupAnswer {
            qid: QueryId([1; 16]),
            req_hash: Digest([2; 32]),
            salt: Salt([3; 16]),
            segments,
        }
    }

    #[test]
    fn an_answer_has_the_layout_of_the_specification() {
        let bytes = answer(vec![[7; 16]]).encode();
        assert_eq!(bytes[..3], [1, 2, 2]);
        assert_eq!(bytes[HEAD..HEAD + 2], [Class::Doc.code(), 2]);
        let count = HEAD + 2 + 64 + 64;
        assert_eq!(bytes[count..count + 4], [0, 0, 0, 1]);
        assert_eq!(bytes[count + 4..count + 20], [7; 16]);
        assert_eq!(bytes.len(), count + 20 + 2 + 96 + 64 + 4);
    }

    #[test]
    fn an_answer_cut_anywhere_or_extended_is_refused() {
        let bytes = answer(vec![[7; 16], [8; 16]]).encode();
        for end in 0..bytes.len() {
            assert_eq!(
                LookupAnswer::decode(&bytes[..end]),
                Err(AnswerError::Truncated),
                "{end}"
            );
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert_eq!(LookupAnswer::decode(&longer), Err(AnswerError::Trailing));
    }

    #[test]
    fn a_second_encoding_of_an_answer_is_refused() {
        let refused = |change: fn(&mut Vec<u8>)| {
            let mut bytes = answer(vec![[7; 16], [8; 16]]).encode();
            change(&mut bytes);
            LookupAnswer::decode(&bytes).unwrap_err()
        };
        let count = HEAD + 2 + 64 + 64;
        assert_eq!(count, 197);
        assert_eq!(refused(|bytes| bytes[0] = 2), AnswerError::Version);
        assert_eq!(refused(|bytes| bytes[HEAD] = 99), AnswerError::Class);
        assert_eq!(refused(|bytes| bytes[HEAD + 1] = 3), AnswerError::Slots);
        assert_eq!(
            refused(|bytes| bytes[HEAD + 2] ^= 1),
            AnswerError::Element(ElementError::NotCanonical)
        );
        assert_eq!(refused(|bytes| bytes[197..201].fill(255)), AnswerError::TooManyRows);
        assert_eq!(refused(|bytes| bytes[201] = 9), AnswerError::Order);
        assert_eq!(refused(|bytes| bytes.copy_within(201..217, 217)), AnswerError::Order);
    }

    proptest! {
        #[test]
        fn an_answer_survives_its_bytes(rows: std::collections::BTreeSet<[u8; 16]>) {
            let answer = answer(rows.into_iter().collect());
            prop_assert_eq!(LookupAnswer::decode(&answer.encode()), Ok(answer));
        }

        #[test]
        fn any_bytes_decode_or_are_refused(bytes: Vec<u8>) {
            if let Ok(answer) = LookupAnswer::decode(&bytes) {
                prop_assert_eq!(answer.encode(), bytes);
            }
        }
    }
}
