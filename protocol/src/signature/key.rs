//! Ed25519 keys (RFC 8032) and their names (RFC 7638, RFC 8037).

use super::SignatureError;
use crate::vocabulary::{Digest, Random, base64url, decode_base64url, sha256};
use ed25519_dalek::Signer;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::hash::{Hash, Hasher};
use zeroize::Zeroizing;

/// Bytes that are no public key of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not the 32 bytes of a point on the curve.
    #[error("not an Ed25519 public key")]
    Encoding,
    /// A point of small order, for which anybody can make signatures.
    #[error("a weak Ed25519 public key")]
    Weak,
}

/// A private Ed25519 key; wiped from memory when dropped.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key of a 32-byte seed (the "private key" of RFC 8032).
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// A fresh key.
    pub fn generate(random: &dyn Random) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        random.fill(seed.as_mut_slice());
        Self::from_seed(&seed)
    }

    /// The seed, to be sealed and stored.
    pub fn expose_seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }

    /// The name of the public half: see [`VerifyingKey::key_id`].
    pub fn key_id(&self) -> Digest {
        self.verifying_key().key_id()
    }

    /// Signs a message (RFC 8032 section 5.1.6).
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

/// A public Ed25519 key; serialized as a JWK of three members (RFC 8037 section 2).
///
/// Points of small order are refused, whoever vouches for them.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Jwk", into = "Jwk")]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl VerifyingKey {
    /// The key of its 32-byte encoding.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Encoding)?;
        if key.is_weak() {
            Err(KeyError::Weak)
        } else {
            Ok(Self(key))
        }
    }

    /// The 32-byte encoding.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The JWK thumbprint with SHA-256 (RFC 7638), printed as base64url: `keyid`, `kid`, `jkt`.
    pub fn key_id(&self) -> Digest {
        let x = base64url(self.as_bytes());
        sha256(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#))
    }

    /// Verifies a signature strictly: no small-order points, no malleability.
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> Result<(), SignatureError> {
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        self.0
            .verify_strict(message, &signature)
            .map_err(|_| SignatureError::Invalid)
    }
}

impl TryFrom<&[u8]> for VerifyingKey {
    type Error = KeyError;
    fn try_from(bytes: &[u8]) -> Result<Self, KeyError> {
        Self::from_bytes(bytes.try_into().map_err(|_| KeyError::Encoding)?)
    }
}

impl AsRef<[u8]> for VerifyingKey {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl Hash for VerifyingKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", self.key_id())
    }
}

/// The members of RFC 7638 and no others; what else a key set says stands beside them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Jwk {
    crv: Curve,
    kty: KeyType,
    x: String,
}

#[derive(Serialize, Deserialize)]
enum Curve {
    Ed25519,
}

#[derive(Serialize, Deserialize)]
enum KeyType {
    #[serde(rename = "OKP")]
    OctetKeyPair,
}

impl TryFrom<Jwk> for VerifyingKey {
    type Error = KeyError;
    fn try_from(jwk: Jwk) -> Result<Self, KeyError> {
        let bytes = decode_base64url(&jwk.x).map_err(|_| KeyError::Encoding)?;
        Self::try_from(bytes.as_slice())
    }
}

impl From<VerifyingKey> for Jwk {
    fn from(key: VerifyingKey) -> Self {
        Self {
            crv: Curve::Ed25519,
            kty: KeyType::OctetKeyPair,
            x: base64url(key.as_bytes()),
        }
    }
}

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
    fn the_thumbprint_is_that_of_rfc_8037() {
        let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        let key: VerifyingKey = serde_json::from_str(jwk).unwrap();
        assert_eq!(key.key_id().to_string(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn a_weak_key_is_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(VerifyingKey::from_bytes(&identity), Err(KeyError::Weak));
        assert_eq!(VerifyingKey::from_bytes(&[0; 32]), Err(KeyError::Weak));
    }

    #[test]
    fn a_jwk_with_a_private_half_is_refused() {
        let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"AA"}"#;
        assert!(serde_json::from_str::<VerifyingKey>(jwk).is_err());
    }

    #[test]
    fn a_private_key_does_not_print_itself() {
        assert_eq!(format!("{:?}", SigningKey::from_seed(&[7; 32])), "SigningKey(..)");
    }
}
