//! What travels: paths, media types, sizes, and how a body is read.
//!
//! Bodies are JSON read strictly ([`strict_json`]): unknown members, duplicate
//! keys and trailing bytes are refused, so that two readers never disagree on
//! what was signed (SPEC.md 1.2).

pub mod disclosure;
pub mod epoch;
pub mod lookup;
pub mod problem;
mod promise;
mod strict;

pub use promise::{ParsePromiseError, Promise};
pub use strict::{JsonError, strict_json};

use crate::vocabulary::AgreementId;

/// What a unit says of itself, signed by its root key (GET).
pub const METADATA_PATH: &str = "/.well-known/piux";
/// The signing keys as a JWK set (RFC 7517), for generic tools (GET).
pub const JWKS_PATH: &str = "/.well-known/jwks.json";
/// Purpose tokens (POST).
pub const TOKEN_PATH: &str = "/oauth/token";
/// Blinded lookups (POST).
pub const LOOKUPS_PATH: &str = "/v1/lookups";
/// Disclosures (POST), each then a resource of its own (GET).
pub const DISCLOSURES_PATH: &str = "/v1/disclosures";
/// Epoch descriptors, one chain per agreement (GET).
pub const EPOCHS_PATH: &str = "/v1/epochs";

/// The path of an agreement's chain of epoch descriptors.
pub fn epochs_path(agreement: &AgreementId) -> String {
    format!("{EPOCHS_PATH}/{agreement}")
}

/// The path of one disclosure.
pub fn disclosure_path(disclosure: &disclosure::DisclosureId) -> String {
    format!("{DISCLOSURES_PATH}/{disclosure}")
}

/// Media type of request bodies and of JSON answers.
pub const JSON: &str = "application/json";
/// Media type of a token request (RFC 6749 section 4.4.2).
pub const FORM: &str = "application/x-www-form-urlencoded";
/// Media type of the answer to a lookup.
pub const LOOKUP_ANSWER: &str = "application/vnd.piux.lookup";
/// Media type of metadata, a signed statement about the unit that serves it.
pub const METADATA: &str = "application/entity-statement+jwt";
/// Media type of a JWK set (RFC 7517 section 8.5).
pub const JWK_SET: &str = "application/jwk-set+json";
/// Media type of a receipt.
pub const RECEIPT: &str = "application/piux-receipt+json";

/// The header that carries a [`Promise`].
pub const PROMISE_HEADER: &str = "piux-promise";
/// The header that carries the access token (RFC 6750 section 2.1).
pub const TOKEN_HEADER: &str = "authorization";
/// Makes a repeated disclosure request the same request.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";

/// Longest request body, in bytes.
pub const MAX_REQUEST: usize = 64 * 1024;
/// Longest answer to a lookup, in bytes.
pub const MAX_ANSWER: usize = 32 * 1024 * 1024;
/// Longest JSON answer, in bytes.
pub const MAX_DOCUMENT: usize = 1024 * 1024;

/// The version that every JSON body states as `v`.
pub const VERSION: Version = Version;

/// The `v` member of every JSON body: the number 1 and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Version;

impl TryFrom<u8> for Version {
    type Error = UnknownVersion;
    fn try_from(number: u8) -> Result<Self, UnknownVersion> {
        if number == 1 { Ok(Self) } else { Err(UnknownVersion) }
    }
}

impl From<Version> for u8 {
    fn from(_: Version) -> Self {
        1
    }
}

/// A body of another version than 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("only version 1 is known")]
pub struct UnknownVersion;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn only_version_one_is_read() {
        assert_eq!(strict_json::<Version>(b"1", 10), Ok(Version));
        assert!(strict_json::<Version>(b"2", 10).is_err());
        assert_eq!(serde_json::to_string(&VERSION).unwrap(), "1");
    }

    #[test]
    fn the_path_of_a_chain_names_its_agreement() {
        let agreement = "UTO-RUR-2026".parse().unwrap();
        assert_eq!(epochs_path(&agreement), "/v1/epochs/UTO-RUR-2026");
    }
}
