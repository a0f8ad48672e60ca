//! The blinded lookup: one unit asks whether another knows a traveller, and
//! neither learns more than the answer (SPEC.md 4).
//!
//! Suite 1 is the VOPRF mode of RFC 9497 with ristretto255-SHA512, stopped at
//! the unblinded element `N = k*H(x)`: `Finalize` hashes the plain input, so an
//! index made of group elements could not be re-keyed with it. Everything after
//! `N` is labelled HMAC-SHA-256.
//!
//! In reading order: the group ([`voprf`], [`element`], [`proof`]), the keys of
//! an epoch ([`epoch`], [`descriptor`]), where a question looks ([`bucket`],
//! [`leak`]), what a row says ([`row`], [`rekey`]), what travels ([`request`],
//! [`answer`]) and the two roles ([`requester`], [`responder`]).
//!
//! Out of scope: who may ask (crate `piux-policy`), signatures, transport.
//!
//! Variable-time arithmetic touches public values only; every step with a key
//! or a blind is constant time.

pub mod answer;
pub mod bucket;
pub mod descriptor;
pub mod element;
pub mod epoch;
pub mod leak;
mod mac;
pub mod proof;
pub mod rekey;
pub mod request;
pub mod requester;
pub mod responder;
pub mod row;
pub mod voprf;

pub use answer::{AnswerError, AnswerSegment, LookupAnswer};
pub use bucket::{Bucket, BucketError, BucketFamily};
pub use descriptor::{Descriptor, DescriptorError, EpochKey, SlotCount, SubjectCount, Undated};
pub use element::{BlindedElement, ElementError, EvaluatedElement, PublicKey};
pub use epoch::{Context, EpochSeed};
pub use leak::LeakMeter;
pub use proof::{Proof, ProofError, evaluate, verify};
pub use rekey::{Rekey, StorageKey, StoredElement};
pub use request::{LookupRequest, RequestError, Segment};
pub use requester::{OpenError, Opened, Query, QueryError, Question};
pub use responder::{AnswerBuilder, Handles, LiveRow, RowSealer, SealError, SealedRows};
pub use row::{Gate, Label, QueryKey, Row, RowSecret};
pub use voprf::{Blind, SecretKey};
