//! What a leaf only commits to: detail groups sealed to the data protection officer.
//!
//! Each epoch (a day, or a start of the node) has a random secret, sealed by HPKE
//! (RFC 9180 base mode: X-Wing, HKDF-SHA256, AES-256-GCM) to the officer's key.
//! From it a ratchet derives one key a record and forgets it, so that the node
//! cannot read back what it sealed: `mk = HKDF(k, "m")`, `k' = HKDF(k, "n")`.

mod key;

pub use key::{DpoKeyPair, DpoPublicKey};

use crate::vocabulary::{Commitment, Random, Salt, base64url, decode_base64url, sha256};
use hpke::{Deserializable, OpModeR, OpModeS, Serializable};
use key::{Aead, Chance, Kdf, Kem};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce as AeadNonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt as HkdfSalt};
use serde::{Deserialize, Serialize};
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

const COMMITMENT_LABEL: &[u8] = b"piux-audit/d/v1\0";
const EPOCH_LABEL: &str = "piux-audit/epoch/v1";
const COMMITMENT_SALT: usize = 32;
/// Sealed sizes; above the largest, multiples of it up to the limit.
const SIZES: [usize; 5] = [256, 512, 1024, 2048, 4096];
/// The longest detail of one group, in bytes of JSON.
pub const DETAIL_MAX: usize = 32_000;

/// Why detail cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DetailError {
    /// Not a key file, or not a key.
    #[error("not the key of a data protection officer")]
    Key,
    /// Longer than [`DETAIL_MAX`].
    #[error("the detail of one group is at most {DETAIL_MAX} bytes")]
    TooLarge,
    /// The sealed bytes are damaged, or sealed to another key.
    #[error("the detail does not open with this key")]
    Sealed,
    /// The opened detail is not what the leaf commits to.
    #[error("the detail is not what the ledger entry commits to")]
    Commitment,
}

/// A group of details: sealed, committed to and opened by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// Who acted: officer, unit, authentication.
    Who,
    /// Why: legal basis in words, case, justification.
    Why,
    /// What: data categories, record handles.
    What,
    /// The blinded query's opening, for auditable blindness.
    Blind,
}

impl Group {
    /// Every group.
    pub const ALL: [Self; 4] = [Self::Who, Self::Why, Self::What, Self::Blind];

    /// The group as written in a leaf and bound into its commitment.
    pub const fn term(self) -> &'static str {
        match self {
            Self::Who => "who",
            Self::Why => "why",
            Self::What => "what",
            Self::Blind => "blind",
        }
    }
}

/// The leaf a detail belongs to; sealing and commitment are bound to it.
#[derive(Debug, Clone, Copy)]
pub struct Binding<'a> {
    /// The origin of the log.
    pub origin: &'a str,
    /// The leaf's own random name.
    pub sid: &'a Salt,
    /// The group.
    pub group: Group,
}

impl Binding<'_> {
    /// `"piux-audit/d/v1\0" || origin || sid || group`
    fn prefix(&self) -> Vec<u8> {
        [
            COMMITMENT_LABEL,
            self.origin.as_bytes(),
            &self.sid.0,
            self.group.term().as_bytes(),
        ]
        .concat()
    }
}

/// The secret of an epoch, as it lies in the keyring: only the officer can open it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedEpoch {
    /// Always 1.
    pub v: u32,
    /// The origin of the log.
    pub origin: String,
    /// The epoch's name, such as `20261121-01`.
    pub epoch: String,
    /// Which officer's key opens it ([`DpoPublicKey::id`]).
    pub key: String,
    /// The encapsulated key, base64url.
    pub enc: String,
    /// The sealed secret, base64url.
    pub ct: String,
}

impl SealedEpoch {
    /// The ratchet at the epoch's start.
    pub fn open(&self, dpo: &DpoKeyPair) -> Result<Ratchet, DetailError> {
        let enc = decode_base64url(&self.enc).map_err(|_| DetailError::Sealed)?;
        let enc = <Kem as hpke::Kem>::EncappedKey::from_bytes(&enc).map_err(|_| DetailError::Sealed)?;
        let ct = decode_base64url(&self.ct).map_err(|_| DetailError::Sealed)?;
        let info = epoch_info(&self.origin, &self.epoch);
        let opened =
            hpke::single_shot_open::<Aead, Kdf, Kem>(&OpModeR::Base, &dpo.secret, &enc, info.as_bytes(), &ct, b"");
        let opened = Zeroizing::new(opened.map_err(|_| DetailError::Sealed)?);
        Ok(Ratchet(opened.as_slice().try_into().map_err(|_| DetailError::Sealed)?))
    }
}

fn epoch_info(origin: &str, epoch: &str) -> String {
    format!("{EPOCH_LABEL}\n{origin}\n{epoch}")
}

/// The current secret of an epoch; each step forgets the one before.
pub struct Ratchet([u8; 32]);

impl Ratchet {
    /// Draws the secret of a new epoch, and seals it to the officer.
    pub fn start(
        origin: &str,
        epoch: &str,
        dpo: &DpoPublicKey,
        random: &dyn Random,
    ) -> Result<(Self, SealedEpoch), DetailError> {
        let ratchet = Self(random.bytes());
        let info = epoch_info(origin, epoch);
        let (enc, ct) = hpke::single_shot_seal_with_rng::<Aead, Kdf, Kem>(
            &OpModeS::Base,
            &dpo.0,
            info.as_bytes(),
            &ratchet.0,
            b"",
            &mut Chance(random),
        )
        .map_err(|_| DetailError::Key)?;
        let sealed = SealedEpoch {
            v: 1,
            origin: origin.to_owned(),
            epoch: epoch.to_owned(),
            key: dpo.id(),
            enc: base64url(enc.to_bytes()),
            ct: base64url(ct),
        };
        Ok((ratchet, sealed))
    }

    /// The key of the next record.
    pub fn step(&mut self) -> RecordKey {
        let key = RecordKey(derive(&self.0, b"m"));
        let mut next = derive(&self.0, b"n");
        std::mem::swap(&mut self.0, &mut next);
        next.zeroize();
        key
    }

    /// The key of the record so many steps on, counted from 0.
    pub fn nth(mut self, record: u64) -> RecordKey {
        for _ in 0..record {
            drop(self.step());
        }
        self.step()
    }
}

impl Drop for Ratchet {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Ratchet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ratchet(..)")
    }
}

/// The key of one record's details; used once, then dropped.
pub struct RecordKey([u8; 32]);

impl RecordKey {
    /// Seals one group; the sealed bytes, and the commitment for the leaf.
    pub fn seal(
        &self,
        binding: Binding<'_>,
        json: &[u8],
        random: &dyn Random,
    ) -> Result<(Vec<u8>, Commitment), DetailError> {
        let mut plain = Zeroizing::new(random.bytes::<COMMITMENT_SALT>().to_vec());
        plain.extend_from_slice(&pad(json)?);
        let commitment = commit(&binding, &plain);
        let mut sealed = plain.to_vec();
        self.aead(&binding)?
            .seal_in_place_append_tag(once(), Aad::from(binding.prefix()), &mut sealed)
            .map_err(|_| DetailError::Sealed)?;
        Ok((sealed, commitment))
    }

    /// Opens one group and checks it against the leaf's commitment.
    pub fn open(
        &self,
        binding: Binding<'_>,
        sealed: &[u8],
        commitment: &Commitment,
    ) -> Result<Zeroizing<Vec<u8>>, DetailError> {
        let mut sealed = Zeroizing::new(sealed.to_vec());
        let plain = self
            .aead(&binding)?
            .open_in_place(once(), Aad::from(binding.prefix()), &mut sealed)
            .map_err(|_| DetailError::Sealed)?;
        if !bool::from(commit(&binding, plain).0.ct_eq(&commitment.0)) {
            return Err(DetailError::Commitment);
        }
        let (_, padded) = plain.split_at_checked(COMMITMENT_SALT).ok_or(DetailError::Sealed)?;
        let (length, json) = padded.split_first_chunk::<2>().ok_or(DetailError::Sealed)?;
        let json = json
            .get(..usize::from(u16::from_be_bytes(*length)))
            .ok_or(DetailError::Sealed)?;
        Ok(Zeroizing::new(json.to_vec()))
    }

    /// Each group has a key of its own, so that showing one shows no other.
    fn aead(&self, binding: &Binding<'_>) -> Result<LessSafeKey, DetailError> {
        let key = Zeroizing::new(derive(&self.0, binding.group.term().as_bytes()));
        let key = UnboundKey::new(&AES_256_GCM, key.as_slice()).map_err(|_| DetailError::Key)?;
        Ok(LessSafeKey::new(key))
    }
}

impl Drop for RecordKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordKey(..)")
    }
}

/// Every key seals one message only, so the nonce may be constant.
fn once() -> AeadNonce {
    AeadNonce::assume_unique_for_key([0; 12])
}

/// `HKDF-SHA256[salt = "", info](key, 32)` (RFC 5869).
fn derive(key: &[u8; 32], info: &[u8]) -> [u8; 32] {
    struct Length;
    impl KeyType for Length {
        fn len(&self) -> usize {
            32
        }
    }
    let mut out = [0; 32];
    HkdfSalt::new(HKDF_SHA256, &[])
        .extract(key)
        .expand(&[info], Length)
        .and_then(|okm| okm.fill(&mut out))
        .expect("HKDF-SHA256 gives up to 8,160 bytes, and 32 are asked for");
    out
}

/// `SHA-256("piux-audit/d/v1\0" || origin || sid || group || salt32 || padded)`
fn commit(binding: &Binding<'_>, salt_and_padded: &[u8]) -> Commitment {
    let input = Zeroizing::new([binding.prefix().as_slice(), salt_and_padded].concat());
    Commitment(sha256(input.as_slice()).0)
}

/// A 16-bit length, the JSON, zeros up to one of few sizes.
fn pad(json: &[u8]) -> Result<Zeroizing<Vec<u8>>, DetailError> {
    let length = u16::try_from(json.len()).map_err(|_| DetailError::TooLarge)?;
    if json.len() > DETAIL_MAX {
        return Err(DetailError::TooLarge);
    }
    let needed = json.len() + 2;
    let size = SIZES.into_iter().find(|size| needed <= *size);
    let size = size.unwrap_or_else(|| needed.next_multiple_of(4096));
    let mut padded = Zeroizing::new(Vec::with_capacity(size));
    padded.extend_from_slice(&length.to_be_bytes());
    padded.extend_from_slice(json);
    padded.resize(size, 0);
    Ok(padded)
}
