//! The answer to `GET /v1/epochs/{agreement}`: signed descriptors, hash-chained.
//!
//! A descriptor announces an epoch's public keys. Each names the digest of the
//! one before, so that a responder cannot show two requesters two histories
//! without a trace. What a descriptor holds is `blind`'s business; here only the
//! signatures and the links.

use super::Version;
use crate::jws::{self, JwsError};
use crate::signature::{SigningKey, VerifyingKey};
use crate::vocabulary::{AgreementId, Digest, sha256};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Descriptors of one agreement, oldest first, each a compact JWS of type `piux-epoch+jwt`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochChain {
    /// Version of this body.
    pub v: Version,
    /// The agreement all of them belong to.
    pub agreement: AgreementId,
    /// The signed descriptors still in use, oldest first; the last is the newest.
    pub descriptors: Vec<String>,
}

/// Why a chain of descriptors is not to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// One of them is not a statement of the responder.
    #[error(transparent)]
    Statement(#[from] JwsError),
    /// One of them does not name the digest of the one before.
    #[error("epoch descriptors do not form a chain")]
    Broken,
}

/// What a descriptor must tell for its place in the chain to be checked.
pub trait Linked {
    /// Digest of the signed descriptor before this one; `None` for the first ever.
    fn previous(&self) -> Option<Digest>;
}

/// Signs a descriptor.
pub fn sign<T: Serialize>(descriptor: &T, key: &SigningKey) -> Result<String, JwsError> {
    jws::sign(jws::EPOCH, descriptor, key)
}

/// What the next descriptor names as the one before: SHA-256 of the compact JWS.
pub fn link(signed: &str) -> Digest {
    sha256(signed)
}

impl EpochChain {
    /// Verifies every signature and every link; gives the descriptors, oldest first.
    ///
    /// `keys` are the responder's exchange keys. The oldest may name a
    /// predecessor that is no longer served: whoever saw it compares [`link`].
    pub fn verify<T: DeserializeOwned + Linked>(&self, keys: &[VerifyingKey]) -> Result<Vec<T>, ChainError> {
        let mut verified: Vec<T> = Vec::with_capacity(self.descriptors.len());
        let mut before = None;
        for signed in &self.descriptors {
            let descriptor: T = jws::verify_among(signed, jws::EPOCH, keys)?;
            if before.is_some() && descriptor.previous() != before {
                return Err(ChainError::Broken);
            }
            before = Some(link(signed));
            verified.push(descriptor);
        }
        Ok(verified)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Step {
        epoch: u32,
        prev: Option<Digest>,
    }

    impl Linked for Step {
        fn previous(&self) -> Option<Digest> {
            self.prev
        }
    }

    fn chain(key: &SigningKey, links: [bool; 2]) -> EpochChain {
        let mut descriptors = vec![sign(&Step { epoch: 1, prev: None }, key).unwrap()];
        for (epoch, linked) in (2..).zip(links) {
            let prev = descriptors.last().filter(|_| linked).map(|last| link(last));
            descriptors.push(sign(&Step { epoch, prev }, key).unwrap());
        }
        EpochChain {
            v: Version,
            agreement: "UTO-RUR-2026".parse().unwrap(),
            descriptors,
        }
    }

    #[test]
    fn linked_descriptors_verify_in_order() {
        let key = SigningKey::from_seed(&[3; 32]);
        let steps: Vec<Step> = chain(&key, [true, true]).verify(&[key.verifying_key()]).unwrap();
        assert_eq!(steps.iter().map(|step| step.epoch).collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn a_missing_link_breaks_the_chain() {
        let key = SigningKey::from_seed(&[3; 32]);
        let broken = chain(&key, [true, false]).verify::<Step>(&[key.verifying_key()]);
        assert_eq!(broken, Err(ChainError::Broken));
    }

    #[test]
    fn a_strangers_descriptor_is_refused() {
        let (key, other) = (SigningKey::from_seed(&[3; 32]), SigningKey::from_seed(&[4; 32]));
        let strange = chain(&other, [true, true]).verify::<Step>(&[key.verifying_key()]);
        assert_eq!(strange, Err(ChainError::Statement(JwsError::UnknownKey)));
    }
}
