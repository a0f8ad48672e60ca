//! Bytes only one party can open: HPKE (RFC 9180) base mode.
//!
//! KEM X-Wing (0x647a, ML-KEM-768 with X25519), KDF HKDF-SHA256 (0x0001), AEAD
//! AES-256-GCM (0x0002). Sealed data must stay closed for five years, so the
//! encapsulation is a hybrid: both of its halves must break. Base mode does not
//! say who sealed; the HTTP signature around it does.

use crate::vocabulary::{Random, base64url, decode_base64url, sha256};
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Why something cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// Not an X-Wing public key of 1,216 bytes.
    #[error("not a sealing key")]
    Key,
    /// The encapsulation or the ciphertext has the wrong form.
    #[error("not a sealed value")]
    Form,
    /// Sealed to another key, under another purpose, or altered.
    #[error("cannot be opened with this key in this place")]
    Closed,
    /// The plaintext cannot be encrypted.
    #[error("cannot be sealed")]
    Unsealable,
}

/// A key pair to open with: the 32-byte X-Wing decapsulation seed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SealingKeyPair([u8; 32]);

impl SealingKeyPair {
    /// Draws a new key pair.
    pub fn generate(random: &dyn Random) -> Self {
        Self(random.bytes())
    }

    /// The key pair of a seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(*seed)
    }

    /// The seed, for whoever keeps the key.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The half others seal to.
    pub fn public_key(&self) -> SealingKey {
        SealingKey(XWing::sk_to_pk(&self.private()).to_bytes().to_vec())
    }

    /// Opens what was sealed to this key with the same `info` and `aad`.
    pub fn open(&self, info: &[u8], aad: &[u8], sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let enc = <XWing as Kem>::EncappedKey::from_bytes(&sealed.enc.0).map_err(|_| SealError::Form)?;
        let private = self.private();
        hpke::single_shot_open::<AesGcm256, HkdfSha256, XWing>(&OpModeR::Base, &private, &enc, info, &sealed.ct.0, aad)
            .map(Zeroizing::new)
            .map_err(|_| SealError::Closed)
    }

    fn private(&self) -> <XWing as Kem>::PrivateKey {
        <XWing as Kem>::PrivateKey::from_bytes(&self.0).expect("an X-Wing private key is any 32 bytes")
    }
}

impl fmt::Debug for SealingKeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKeyPair(..)")
    }
}

/// A public key to seal to; as JSON a JWK of type `AKP`, algorithm `X-Wing`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Jwk", into = "Jwk")]
pub struct SealingKey(Vec<u8>);

impl SealingKey {
    /// Length in bytes.
    pub const LEN: usize = 1216;

    /// The short name of this key: SHA-256 of its bytes, base64url.
    pub fn key_id(&self) -> String {
        sha256(&self.0).to_string()
    }
}

/// Seals bytes to a key: only its holder opens them, and only with the same `info` and `aad`.
pub fn seal(
    key: &SealingKey,
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    random: &dyn Random,
) -> Result<Sealed, SealError> {
    let public = <XWing as Kem>::PublicKey::from_bytes(&key.0).map_err(|_| SealError::Key)?;
    let (enc, ct) = hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, XWing>(
        &OpModeS::Base,
        &public,
        info,
        plaintext,
        aad,
        &mut Chance(random),
    )
    .map_err(|_| SealError::Unsealable)?;
    Ok(Sealed {
        enc: Bytes(enc.to_bytes().to_vec()),
        ct: Bytes(ct),
    })
}

impl AsRef<[u8]> for SealingKey {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<&[u8]> for SealingKey {
    type Error = SealError;
    fn try_from(bytes: &[u8]) -> Result<Self, SealError> {
        <XWing as Kem>::PublicKey::from_bytes(bytes).map_err(|_| SealError::Key)?;
        Ok(Self(bytes.to_vec()))
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({})", self.key_id())
    }
}

/// A sealed value: the encapsulated key (1,120 bytes) and the ciphertext.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    enc: Bytes,
    ct: Bytes,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.ct.0.len())
    }
}

/// Binary of any length; base64url in JSON.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Bytes(Vec<u8>);

impl TryFrom<String> for Bytes {
    type Error = crate::vocabulary::DecodeError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        decode_base64url(&text).map(Self)
    }
}

impl From<Bytes> for String {
    fn from(bytes: Bytes) -> Self {
        base64url(bytes.0)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Jwk {
    alg: Alg,
    kty: Kty,
    #[serde(rename = "pub")]
    public: Bytes,
}

#[derive(Serialize, Deserialize)]
enum Alg {
    #[serde(rename = "X-Wing")]
    XWing,
}

#[derive(Serialize, Deserialize)]
enum Kty {
    #[serde(rename = "AKP")]
    Akp,
}

impl TryFrom<Jwk> for SealingKey {
    type Error = SealError;
    fn try_from(jwk: Jwk) -> Result<Self, SealError> {
        Self::try_from(jwk.public.0.as_slice())
    }
}

impl From<SealingKey> for Jwk {
    fn from(key: SealingKey) -> Self {
        Self {
            alg: Alg::XWing,
            kty: Kty::Akp,
            public: Bytes(key.0),
        }
    }
}

/// Our source of chance as the generator hpke asks for.
struct Chance<'a>(&'a dyn Random);

impl hpke::rand_core::TryRng for Chance<'_> {
    type Error = hpke::rand_core::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(u32::from_le_bytes(self.0.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(u64::from_le_bytes(self.0.bytes()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl hpke::rand_core::TryCryptoRng for Chance<'_> {}
