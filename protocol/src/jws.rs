//! Signed statements: compact JWS (RFC 7515) with Ed25519, typed, strictly read.
//!
//! The header has exactly the members `alg` (`EdDSA`), `typ` and `kid` (the RFC
//! 7638 thumbprint of the signing key); any other, `crit` included, is refused.
//! No clock is read here: expiry belongs to whoever knows what was stated.

mod provider;

pub use provider::install_provider;

use crate::message::{MAX_REQUEST, strict_json};
use crate::signature::{SigningKey, VerifyingKey};
use crate::vocabulary::{Digest, decode_base64url};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

/// `typ` of the assertion that authenticates a token request.
pub const CLIENT_AUTHENTICATION: &str = "client-authentication+jwt";
/// `typ` of an access token (RFC 9068 section 2.1).
pub const ACCESS_TOKEN: &str = "at+jwt";
/// `typ` of an epoch descriptor.
pub const EPOCH: &str = "piux-epoch+jwt";
/// `typ` of metadata (OpenID Federation 1.0 section 3).
pub const ENTITY_STATEMENT: &str = "entity-statement+jwt";

/// Why a text is not the signed statement it should be. Never echoes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwsError {
    /// Not three unpadded base64url parts, or too long.
    #[error("not a compact jws")]
    Form,
    /// Another `alg` than EdDSA, another `typ` than asked, no `kid`, or any other header member.
    #[error("unexpected jws header")]
    Header,
    /// Signed by a key that was not offered for verification.
    #[error("signed by an unknown key")]
    UnknownKey,
    /// The signature does not verify.
    #[error("jws signature does not verify")]
    Signature,
    /// The payload is not the strict JSON of its type.
    #[error("unexpected jws payload")]
    Payload,
    /// The process installed a foreign JWT provider before ours.
    #[error("another jwt crypto provider is installed")]
    Provider,
}

/// Signs a payload: `BASE64URL(header) . BASE64URL(payload) . BASE64URL(signature)`.
pub fn sign<T: Serialize>(typ: &str, payload: &T, key: &SigningKey) -> Result<String, JwsError> {
    install_provider()?;
    let mut header = jsonwebtoken::Header::new(Algorithm::EdDSA);
    header.typ = Some(typ.to_owned());
    header.kid = Some(key.key_id().to_string());
    let key = EncodingKey::from_ed_der(key.expose_seed().as_slice());
    let text = jsonwebtoken::encode(&header, payload, &key).map_err(|_| JwsError::Payload)?;
    if text.len() > MAX_REQUEST {
        return Err(JwsError::Form);
    }
    Ok(text)
}

/// Verifies a statement against the one key it must be signed with.
pub fn verify<T: DeserializeOwned>(text: &str, typ: &str, key: &VerifyingKey) -> Result<T, JwsError> {
    verify_among(text, typ, std::slice::from_ref(key))
}

/// Verifies a statement against whichever of the keys its header names.
pub fn verify_among<T: DeserializeOwned>(text: &str, typ: &str, keys: &[VerifyingKey]) -> Result<T, JwsError> {
    install_provider()?;
    let id = key_id(text, typ)?;
    let key = keys.iter().find(|key| key.key_id() == id).ok_or(JwsError::UnknownKey)?;
    let key = DecodingKey::from_ed_der(key.as_bytes());
    jsonwebtoken::decode::<IgnoredAny>(text, &key, &signature_only()).map_err(|_| JwsError::Signature)?;
    unverified(text)
}

/// The key a statement says it is signed with; proves nothing.
pub fn key_id(text: &str, typ: &str) -> Result<Digest, JwsError> {
    if text.len() > MAX_REQUEST {
        return Err(JwsError::Form);
    }
    let [header, _, signature] = parts(text)?;
    if signature.len() != 64 {
        return Err(JwsError::Form);
    }
    let header: Header = strict_json(&header, MAX_REQUEST).map_err(|_| JwsError::Header)?;
    if header.alg == "EdDSA" && header.typ == typ {
        Ok(header.kid)
    } else {
        Err(JwsError::Header)
    }
}

/// The payload of a statement nobody verified: good for choosing the key, for nothing else.
pub(crate) fn unverified<T: DeserializeOwned>(text: &str) -> Result<T, JwsError> {
    let [_, payload, _] = parts(text)?;
    strict_json(&payload, MAX_REQUEST).map_err(|_| JwsError::Payload)
}

/// The three parts, decoded.
fn parts(text: &str) -> Result<[Vec<u8>; 3], JwsError> {
    let decoded: Result<Vec<_>, _> = text.split('.').map(decode_base64url).collect();
    decoded
        .map_err(|_| JwsError::Form)?
        .try_into()
        .map_err(|_| JwsError::Form)
}

/// jsonwebtoken's own checks, all off: it reads the wall clock and ignores `crit`.
fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    validation
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: Digest,
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test may stop at the first surprise"
    )]
    use super::*;
    use crate::vocabulary::base64url;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed(&[seed; 32])
    }

    /// A statement with a header of the test's choice, truly signed.
    fn signed_with_header(header: &Value, payload: &str) -> String {
        let message = format!("{}.{}", base64url(header.to_string()), base64url(payload));
        let signature = key(1).sign(message.as_bytes());
        format!("{message}.{}", base64url(signature))
    }

    fn header() -> Value {
        json!({"alg": "EdDSA", "typ": EPOCH, "kid": key(1).key_id()})
    }

    #[test]
    fn a_signed_statement_verifies_and_reads_back() {
        let text = sign(EPOCH, &json!({"epoch": 7}), &key(1)).unwrap();
        let read: Value = verify(&text, EPOCH, &key(1).verifying_key()).unwrap();
        assert_eq!(read, json!({"epoch": 7}));
        assert_eq!(key_id(&text, EPOCH), Ok(key(1).key_id()));
    }

    #[test]
    fn a_statement_made_by_hand_verifies() {
        let text = signed_with_header(&header(), r#"{"a":1}"#);
        let read: Value = verify(&text, EPOCH, &key(1).verifying_key()).unwrap();
        assert_eq!(read, json!({"a": 1}));
    }

    #[test]
    fn a_statement_of_another_type_is_refused() {
        let text = sign(EPOCH, &json!({}), &key(1)).unwrap();
        let read = verify::<Value>(&text, ACCESS_TOKEN, &key(1).verifying_key());
        assert_eq!(read, Err(JwsError::Header));
    }

    #[test]
    fn every_surprising_header_is_refused() {
        for (member, value) in [
            ("crit", json!(["exp"])),
            ("b64", json!(false)),
            ("jwk", json!({})),
            ("alg", json!("none")),
            ("alg", json!("HS256")),
            ("typ", json!("JWT")),
        ] {
            let mut changed = header();
            changed[member] = value;
            let text = signed_with_header(&changed, "{}");
            let read = verify::<Value>(&text, EPOCH, &key(1).verifying_key());
            assert_eq!(read, Err(JwsError::Header), "{member}");
        }
    }

    #[test]
    fn another_key_is_unknown_and_a_borrowed_name_does_not_verify() {
        let text = sign(EPOCH, &json!({}), &key(2)).unwrap();
        let read = verify::<Value>(&text, EPOCH, &key(1).verifying_key());
        assert_eq!(read, Err(JwsError::UnknownKey));

        let parts: Vec<_> = text.split('.').collect();
        let forged = format!("{}.{}.{}", base64url(header().to_string()), parts[1], parts[2]);
        let read = verify::<Value>(&forged, EPOCH, &key(1).verifying_key());
        assert_eq!(read, Err(JwsError::Signature));
    }

    #[test]
    fn a_payload_with_a_key_twice_is_refused_though_signed() {
        let text = signed_with_header(&header(), r#"{"a":1,"a":2}"#);
        let read = verify::<Value>(&text, EPOCH, &key(1).verifying_key());
        assert_eq!(read, Err(JwsError::Payload));
    }

    proptest! {
        #[test]
        fn any_change_of_a_signed_statement_is_refused(at in any::<prop::sample::Index>(), with in "[A-Za-z0-9_.=-]") {
            let text = sign(EPOCH, &json!({"epoch": 7}), &key(1)).unwrap();
            let at = at.index(text.len());
            let changed = format!("{}{}{}", &text[..at], with, &text[at + 1..]);
            prop_assume!(changed != text);
            prop_assert!(verify::<Value>(&changed, EPOCH, &key(1).verifying_key()).is_err());
        }

        #[test]
        fn any_text_is_verified_or_refused(text in ".*") {
            prop_assert!(verify::<Value>(&text, EPOCH, &key(1).verifying_key()).is_err());
        }
    }
}
