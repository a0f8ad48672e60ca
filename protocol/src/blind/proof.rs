//! Evaluation of a batch and the proof that one committed key did it all: the
//! batched DLEQ proof of RFC 9497 section 2.2.

use super::element::{BlindedElement, EvaluatedElement, PublicKey, double_and_encode};
use super::voprf::{SecretKey, hash_to_scalar, random_scalar, scalar};
use crate::vocabulary::{Random, base64url, decode_base64url};
use curve25519_dalek::traits::{IsIdentity, VartimeMultiscalarMul};
use curve25519_dalek::{RistrettoPoint, Scalar};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha512};
use std::fmt;
use zeroize::Zeroizing;

/// The largest batch of one proof, in elements (SPEC.md 4.4).
pub const MAX_BATCH: usize = 1024;

/// Why a batch was not evaluated, or a proof not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// No element, more than [`MAX_BATCH`], or unequal numbers on the two sides.
    #[error("a proof covers 1 to 1024 pairs of elements")]
    BatchSize,
    /// The elements cancel each other out, so that a proof would say nothing.
    #[error("the elements of the batch cancel out")]
    Degenerate,
    /// Not 64 bytes of two canonical scalars.
    #[error("a proof is two canonical scalars, 64 bytes")]
    Malformed,
    /// The elements were not evaluated under this public key.
    #[error("the proof does not hold under the public key")]
    Invalid,
}

/// `c || s`: shows that every element of a batch was evaluated under one key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    c: Scalar,
    s: Scalar,
}

impl Proof {
    /// Length of the encoding in bytes.
    pub const LEN: usize = 64;

    /// `c || s`, each 32 bytes little-endian.
    pub fn to_bytes(self) -> [u8; 64] {
        let mut bytes = [0; 64];
        let (c, s) = bytes.split_at_mut(32);
        c.copy_from_slice(self.c.as_bytes());
        s.copy_from_slice(self.s.as_bytes());
        bytes
    }
}

impl TryFrom<&[u8]> for Proof {
    type Error = ProofError;
    fn try_from(bytes: &[u8]) -> Result<Self, ProofError> {
        let (c, s) = bytes.split_at_checked(32).ok_or(ProofError::Malformed)?;
        let read = |bytes| scalar(bytes).ok_or(ProofError::Malformed);
        Ok(Self {
            c: read(c)?,
            s: read(s)?,
        })
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proof({})", base64url(self.to_bytes()))
    }
}

impl Serialize for Proof {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64url(self.to_bytes()))
    }
}

impl<'de> Deserialize<'de> for Proof {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = decode_base64url(&text).map_err(de::Error::custom)?;
        Self::try_from(bytes.as_slice()).map_err(de::Error::custom)
    }
}

/// `D_i = k*B_i` for each element, and one proof for them all
/// (RFC 9497 section 3.3.2, `BlindEvaluate`).
///
/// `public` must belong to `key`; it is passed in because deriving it costs as
/// much as a third of an evaluation.
pub fn evaluate(
    key: &SecretKey,
    public: &PublicKey,
    blinded: &[BlindedElement],
    random: &dyn Random,
) -> Result<(Vec<EvaluatedElement>, Proof), ProofError> {
    if !(1..=MAX_BATCH).contains(&blinded.len()) {
        return Err(ProofError::BatchSize);
    }
    let half = Zeroizing::new(key.scalar().div_by_2());
    let halves: Vec<_> = blinded.iter().map(|element| element.point() * *half).collect();
    let evaluated: Vec<_> = double_and_encode(&halves)
        .zip(halves.iter())
        .map(|(d, half)| EvaluatedElement::from_double(d, *half))
        .collect();
    let proof = prove(key, public, blinded, &evaluated, random)?;
    Ok((evaluated, proof))
}

/// Checks that `evaluated` is `blinded` under the key of `public`
/// (RFC 9497 section 2.2.2, `VerifyProof`). All inputs are public.
pub fn verify(
    public: &PublicKey,
    blinded: &[BlindedElement],
    evaluated: &[EvaluatedElement],
    proof: &Proof,
) -> Result<(), ProofError> {
    if blinded.len() != evaluated.len() || !(1..=MAX_BATCH).contains(&blinded.len()) {
        return Err(ProofError::BatchSize);
    }
    let weights = weights(public, blinded, evaluated);
    let m = RistrettoPoint::vartime_multiscalar_mul(&weights, blinded.iter().map(BlindedElement::point));
    let z = RistrettoPoint::vartime_multiscalar_mul(&weights, evaluated.iter().map(EvaluatedElement::point));
    if m.is_identity() {
        return Err(ProofError::Degenerate);
    }
    let t2 = RistrettoPoint::vartime_double_scalar_mul_basepoint(&proof.c, public.point(), &proof.s);
    let t3 = RistrettoPoint::vartime_multiscalar_mul([proof.s, proof.c], [m, z]);
    // Encoded one by one: a forger could make one of them the identity, and a
    // batch would then encode them all alike.
    let encoded = [m, z, t2, t3].map(|point| point.compress().to_bytes());
    if challenge(public, &encoded) == proof.c {
        Ok(())
    } else {
        Err(ProofError::Invalid)
    }
}

/// `GenerateProof` (RFC 9497 section 2.2.1).
fn prove(
    key: &SecretKey,
    public: &PublicKey,
    blinded: &[BlindedElement],
    evaluated: &[EvaluatedElement],
    random: &dyn Random,
) -> Result<Proof, ProofError> {
    let weights = weights(public, blinded, evaluated)
        .into_iter()
        .map(|weight| weight.div_by_2());
    let half_m = RistrettoPoint::vartime_multiscalar_mul(weights, blinded.iter().map(BlindedElement::point));
    if half_m.is_identity() {
        return Err(ProofError::Degenerate);
    }
    let nonce = Zeroizing::new(random_scalar(random));
    let half_t2 = RistrettoPoint::mul_base(&nonce.div_by_2());
    let halves = [half_m, half_m * key.scalar(), half_t2, half_m * *nonce];
    let encoded: Vec<[u8; 32]> = double_and_encode(&halves).collect();
    let c = challenge(public, &encoded);
    Ok(Proof {
        c,
        s: *nonce - c * key.scalar(),
    })
}

/// The weights `d_i` of `ComputeComposites` (RFC 9497 section 2.2.1).
fn weights(public: &PublicKey, blinded: &[BlindedElement], evaluated: &[EvaluatedElement]) -> Vec<Scalar> {
    const SEED_DST: &[u8] = b"Seed-OPRFV1-\x01-ristretto255-SHA512";
    let seed = Sha512::new_with_prefix(ELEMENT_LENGTH)
        .chain_update(public)
        .chain_update([0, SEED_DST.len() as u8]);
    let seed: [u8; 64] = seed.chain_update(SEED_DST).finalize().into();
    let pairs = (0..=u16::MAX).zip(blinded.iter().zip(evaluated));
    pairs.map(|(index, (c, d))| weight(&seed, index, c, d)).collect()
}

fn weight(seed: &[u8; 64], index: u16, c: &BlindedElement, d: &EvaluatedElement) -> Scalar {
    const SEED_LENGTH: [u8; 2] = [0, 64];
    let index = index.to_be_bytes();
    let (c, d) = (c.as_ref(), d.as_ref());
    let parts = [
        &SEED_LENGTH,
        seed.as_slice(),
        &index,
        &ELEMENT_LENGTH,
        c,
        &ELEMENT_LENGTH,
        d,
        b"Composite",
    ];
    hash_to_scalar(&parts, SCALAR_DST)
}

/// `c` over the public key and `M, Z, t2, t3` (RFC 9497 section 2.2.1).
fn challenge(public: &PublicKey, encoded: &[[u8; 32]]) -> Scalar {
    let mut transcript = Vec::with_capacity(5 * 34 + 9);
    for element in std::iter::once(public.as_ref()).chain(encoded.iter().map(<[u8; 32]>::as_slice)) {
        transcript.extend_from_slice(&ELEMENT_LENGTH);
        transcript.extend_from_slice(element);
    }
    transcript.extend_from_slice(b"Challenge");
    hash_to_scalar(&[&transcript], SCALAR_DST)
}

const SCALAR_DST: &[u8] = b"HashToScalar-OPRFV1-\x01-ristretto255-SHA512";
const ELEMENT_LENGTH: [u8; 2] = [0, 32];

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test may stop at the first surprise"
    )]
    use super::*;
    use crate::blind::voprf::Blind;

    struct Fixed(u8);
    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    fn batch(n: u8) -> (PublicKey, Vec<BlindedElement>, Vec<EvaluatedElement>, Proof) {
        let key = SecretKey::derive(&[7; 32], b"test");
        let blinded: Vec<_> = (1..=n).map(|i| Blind::draw(&Fixed(i)).blind(&[i])).collect();
        let (evaluated, proof) = evaluate(&key, &key.public_key(), &blinded, &Fixed(9)).unwrap();
        (key.public_key(), blinded, evaluated, proof)
    }

    #[test]
    fn a_proof_holds_for_its_batch_and_key_only() {
        let (public, blinded, evaluated, proof) = batch(5);
        assert_eq!(verify(&public, &blinded, &evaluated, &proof), Ok(()));
        let other = SecretKey::derive(&[8; 32], b"test").public_key();
        assert_eq!(verify(&other, &blinded, &evaluated, &proof), Err(ProofError::Invalid));
        let mut swapped = evaluated.clone();
        swapped.swap(0, 1);
        assert_eq!(verify(&public, &blinded, &swapped, &proof), Err(ProofError::Invalid));
        assert_eq!(
            verify(&public, &blinded[1..], &evaluated[1..], &proof),
            Err(ProofError::Invalid)
        );
        assert_eq!(
            verify(&public, &blinded, &evaluated[1..], &proof),
            Err(ProofError::BatchSize)
        );
    }

    #[test]
    fn a_forged_identity_in_the_transcript_is_no_shortcut() {
        // A forger who knows k makes t2 the identity: s = -c*k for a c of its choice.
        let key = SecretKey::derive(&[7; 32], b"test");
        let (public, blinded, _, _) = batch(2);
        let wrong: Vec<_> = blinded
            .iter()
            .map(|b| EvaluatedElement::from(b.point() + b.point()))
            .collect();
        for encoded in [[[0; 32]; 4], [[1; 32]; 4]] {
            let c = challenge(&public, &encoded);
            let forged = Proof {
                c,
                s: -(c * key.scalar()),
            };
            assert_eq!(verify(&public, &blinded, &wrong, &forged), Err(ProofError::Invalid));
        }
    }

    #[test]
    fn a_proof_survives_its_text_and_large_scalars_do_not() {
        let (_, _, _, proof) = batch(1);
        let text = serde_json::to_string(&proof).unwrap();
        assert_eq!(serde_json::from_str::<Proof>(&text).unwrap(), proof);
        assert_eq!(Proof::try_from([0xff; 64].as_slice()), Err(ProofError::Malformed));
        assert_eq!(Proof::try_from([0; 65].as_slice()), Err(ProofError::Malformed));
    }

    #[test]
    fn an_empty_or_oversized_batch_is_refused() {
        let key = SecretKey::derive(&[7; 32], b"test");
        let (public, blinded, ..) = batch(1);
        let many = vec![blinded[0]; MAX_BATCH + 1];
        for batch in [&[], many.as_slice()] {
            assert_eq!(
                evaluate(&key, &public, batch, &Fixed(9)).unwrap_err(),
                ProofError::BatchSize
            );
        }
    }
}
