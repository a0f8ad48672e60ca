//! The words both units use. One concept, one type, one encoding.
//!
//! Binary values travel as unpadded base64url ([`base64url()`]), times as RFC 3339
//! in UTC with milliseconds ([`Timestamp`]), closed lists as the terms of the law.

mod class;
mod encoding;
mod law;
mod random;
mod time;
mod unit;

pub use class::{Class, Family, ParseTermError, Scope};
pub use encoding::{
    Commitment, DecodeError, Digest, Handle, HitProof, Nonce, QueryId, Salt, base64url, decode_base64url,
    length_prefixed, sha256,
};
pub use law::{Action, Basis, Declaration, ElementId, Offence, Purpose};
pub use random::Random;
pub use time::{ParseTimeError, Quarter, Timestamp, Window};
pub use unit::{AgreementId, ParseIdError, UnitId};
