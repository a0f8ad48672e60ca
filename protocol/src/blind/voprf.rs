//! RFC 9497, VOPRF mode (0x01) with ristretto255-SHA512: hashing to the group,
//! keys, blinding. Evaluation and its proof are in [`super::proof`].

use super::element::{BlindedElement, EvaluatedElement, PublicKey, double_and_encode};
use crate::vocabulary::{Random, base64url, decode_base64url};
use curve25519_dalek::{RistrettoPoint, Scalar};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha512};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Number of the suite in [`super::Context`]: RFC 9497 ristretto255-SHA512, VOPRF mode.
pub const SUITE: u16 = 1;

/// A key `k` of one purpose, class and epoch.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretKey(Scalar);

impl SecretKey {
    /// `DeriveKeyPair(seed, info)` (RFC 9497 section 3.2.1); `info` is at most 65,535 bytes.
    pub fn derive(seed: &[u8; 32], info: &[u8]) -> Self {
        const DST: &[u8] = b"DeriveKeyPairOPRFV1-\x01-ristretto255-SHA512";
        let length = u16::try_from(info.len()).unwrap_or(u16::MAX).to_be_bytes();
        let scalar = (0..=u8::MAX)
            .map(|counter| hash_to_scalar(&[seed, &length, info, &[counter]], DST))
            .find(|scalar| *scalar != Scalar::ZERO)
            .expect("256 hashes are not all zero");
        Self(scalar)
    }

    /// `pk = k*G`.
    pub fn public_key(&self) -> PublicKey {
        PublicKey::from(RistrettoPoint::mul_base(&self.0))
    }

    pub(super) fn scalar(&self) -> &Scalar {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

/// A blind `r`: with it, anyone can tell what `r*H(x)` asked about.
///
/// Its text, 32 bytes little-endian in unpadded base64url, is as secret as itself.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Blind(Scalar);

impl Blind {
    /// Draws a uniform, non-zero blind. Used once.
    pub fn draw(random: &dyn Random) -> Self {
        Self(random_scalar(random))
    }

    /// `B = r*H(x)` (RFC 9497 section 3.3.2, `Blind`).
    pub fn blind(&self, input: &[u8]) -> BlindedElement {
        BlindedElement::from(hash_to_group(input) * self.0)
    }
}

impl fmt::Debug for Blind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blind(..)")
    }
}

impl Serialize for Blind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(base64url(self.0.as_bytes())))
    }
}

impl<'de> Deserialize<'de> for Blind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let bytes = Zeroizing::new(decode_base64url(&text).map_err(de::Error::custom)?);
        scalar(&bytes)
            .filter(|scalar| *scalar != Scalar::ZERO)
            .map(Self)
            .ok_or_else(|| de::Error::custom("a blind is a canonical, non-zero scalar"))
    }
}

/// `N = encode(r^-1 * D)` for each pair, with one inversion for all of them.
///
/// Pairs beyond the shorter of the two slices are left out.
pub fn unblind(blinds: &[&Blind], evaluated: &[EvaluatedElement]) -> Vec<Zeroizing<[u8; 32]>> {
    let mut inverses = Zeroizing::new(blinds.iter().map(|blind| blind.0).collect::<Vec<_>>());
    Scalar::invert_batch_alloc(&mut inverses);
    let halves = inverses
        .iter()
        .zip(evaluated)
        .map(|(inverse, element)| element.point() * inverse.div_by_2());
    let halves = Zeroizing::new(halves.collect::<Vec<_>>());
    double_and_encode(&halves).map(Zeroizing::new).collect()
}

/// `H(x)`: `HashToGroup` of RFC 9497 section 4.1 (hash_to_ristretto255, RFC 9380 appendix B).
pub fn hash_to_group(input: &[u8]) -> RistrettoPoint {
    const DST: &[u8] = b"HashToGroup-OPRFV1-\x01-ristretto255-SHA512";
    RistrettoPoint::from_uniform_bytes(&expand(&[input], DST))
}

/// `HashToScalar` of RFC 9497 section 4.1, over the concatenation of `parts`.
pub(super) fn hash_to_scalar(parts: &[&[u8]], dst: &[u8]) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&expand(parts, dst))
}

/// A uniform non-zero scalar from 64 random bytes (RFC 9497 section 4.7.2).
pub(super) fn random_scalar(random: &dyn Random) -> Scalar {
    loop {
        let wide = Zeroizing::new(random.bytes::<64>());
        let scalar = Scalar::from_bytes_mod_order_wide(&wide);
        if scalar != Scalar::ZERO {
            return scalar;
        }
    }
}

/// A canonical little-endian scalar.
pub(super) fn scalar(bytes: &[u8]) -> Option<Scalar> {
    let bytes: [u8; 32] = bytes.try_into().ok()?;
    Scalar::from_canonical_bytes(bytes).into()
}

/// `expand_message_xmd(parts, dst, 64)` with SHA-512 (RFC 9380 section 5.3.1).
///
/// 64 bytes are exactly one output block, `b_1`.
fn expand(parts: &[&[u8]], dst: &[u8]) -> Zeroizing<[u8; 64]> {
    const INPUT_BLOCK: [u8; 128] = [0; 128];
    const LENGTH: [u8; 2] = 64_u16.to_be_bytes();
    let dst_length = [u8::try_from(dst.len()).unwrap_or(u8::MAX)];
    let mut first = Sha512::new_with_prefix(INPUT_BLOCK);
    parts.iter().for_each(|part| first.update(part));
    let first = first
        .chain_update(LENGTH)
        .chain_update([0])
        .chain_update(dst)
        .chain_update(dst_length);
    let block = Sha512::new_with_prefix(first.finalize()).chain_update([1]);
    Zeroizing::new(block.chain_update(dst).chain_update(dst_length).finalize().into())
}
