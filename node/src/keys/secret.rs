//! Secrets that cannot be printed and are wiped when dropped.

use piux_protocol::vocabulary::{Random, UnitId, base64url, decode_base64url};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use zeroize::Zeroizing;

/// A 32-byte secret: a signing seed, a sealing seed, an epoch seed or a symmetric key.
#[derive(Clone)]
pub struct Seed(Zeroizing<[u8; 32]>);

impl Seed {
    /// Draws a fresh secret.
    pub fn draw(random: &dyn Random) -> Self {
        Self(Zeroizing::new(random.bytes()))
    }

    /// The secret of these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes; the caller keeps them no longer than needed.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A secret of any length, such as the DER of a TLS key.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// The secret of these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes; the caller keeps them no longer than needed.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn to_seed(&self) -> Option<Seed> {
        let bytes: [u8; 32] = self.0.as_slice().try_into().ok()?;
        Some(Seed::from_bytes(bytes))
    }
}

impl From<Seed> for Secret {
    fn from(seed: Seed) -> Self {
        Self::new(seed.expose().to_vec())
    }
}

/// The secrets a unit is born with, which others know by their public halves.
#[derive(Debug)]
pub struct UnitSecrets {
    /// The unit.
    pub unit: UnitId,
    /// Ed25519 seed that signs the unit's metadata; pinned by partners.
    pub root: Seed,
    /// Ed25519 seed that signs requests, responses and tokens.
    pub exchange: Seed,
    /// The exchange key announced as the next one.
    pub exchange_next: Seed,
    /// Ed25519 seed that signs agreements.
    pub legal: Seed,
    /// Ed25519 seed that signs ledger checkpoints.
    pub ledger: Seed,
    /// Seed of the HPKE key (X-Wing) disclosures are sealed to.
    pub sealing: Seed,
    /// TLS private key, PKCS#8 DER.
    pub tls_key: Secret,
    /// TLS certificate, DER.
    pub tls_certificate: Vec<u8>,
}

impl UnitSecrets {
    /// Draws every seed; the TLS key and its certificate come from their maker.
    pub fn draw(unit: UnitId, tls_key: Secret, tls_certificate: Vec<u8>, random: &dyn Random) -> Self {
        Self {
            unit,
            root: Seed::draw(random),
            exchange: Seed::draw(random),
            exchange_next: Seed::draw(random),
            legal: Seed::draw(random),
            ledger: Seed::draw(random),
            sealing: Seed::draw(random),
            tls_key,
            tls_certificate,
        }
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(..)")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(base64url(self.expose())))
    }
}

impl Serialize for Seed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(base64url(self.expose())))
    }
}

/// Reads the text where it stands, so that no copy of it is left behind.
struct Text;

impl de::Visitor<'_> for Text {
    type Value = Secret;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("base64url text")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret, E> {
        decode_base64url(text)
            .map(Secret::new)
            .map_err(|_| E::custom("not base64url"))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text)
    }
}

impl<'de> Deserialize<'de> for Seed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let secret = Secret::deserialize(deserializer)?;
        secret.to_seed().ok_or_else(|| de::Error::custom("expected 32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print() {
        let seed = Seed::from_bytes([65; 32]);
        assert_eq!(format!("{seed:?}"), "Seed(..)");
        assert_eq!(format!("{:?}", Secret::from(seed)), "Secret(..)");
    }
}
