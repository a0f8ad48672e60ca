//! The secrets of one agreement in one epoch, and the public context every row
//! is bound to (SPEC.md 4.1, 4.3).

use super::element::PublicKey;
use super::mac::Mac;
use super::voprf::{SUITE, SecretKey};
use crate::vocabulary::{AgreementId, Class, Digest, Purpose, Random, length_prefixed, sha256};
use std::fmt;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// `E`: 32 random bytes per agreement and epoch. All keys of the epoch derive
/// from it, so destroying it ends them.
#[derive(Clone, ZeroizeOnDrop)]
pub struct EpochSeed([u8; 32]);

impl EpochSeed {
    /// Draws the seed of a new epoch.
    pub fn draw(random: &dyn Random) -> Self {
        Self(random.bytes())
    }

    /// The seed kept from before; to be wrapped wherever it rests.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for wrapping only.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// `k(purpose, class) = DeriveKeyPair(HMAC(E, "piux/1/kappa\0" || LP(purpose) || LP(class)), "piux/1")`.
    ///
    /// An evaluation made for one purpose or class is useless for another.
    pub fn key(&self, purpose: Purpose, class: Class) -> SecretKey {
        let (purpose, class) = (length_prefixed(purpose.term()), length_prefixed(class.term()));
        let seed = Zeroizing::new(Mac::new(&self.0).of_parts(&[b"piux/1/kappa\0", &purpose, &class]));
        SecretKey::derive(&seed, b"piux/1")
    }

    /// `HMAC(HMAC(E, label), req_hash || salt)`: a secret key for one answer.
    pub(super) fn answer_key(&self, label: &[u8], binding: &[u8]) -> Mac {
        let key = Zeroizing::new(Mac::new(&self.0).of(label));
        let key = Zeroizing::new(Mac::new(&key).of(binding));
        Mac::new(&key)
    }
}

impl fmt::Debug for EpochSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EpochSeed(..)")
    }
}

/// `ctx`: what a row secret is bound to. Public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context(Digest);

impl Context {
    /// `SHA-256("piux/1/ctx\0" || u16 suite || LP(agreement) || u32 epoch || LP(purpose) || LP(class) || pk)`.
    pub fn new(agreement: &AgreementId, epoch: u32, purpose: Purpose, class: Class, public: &PublicKey) -> Self {
        let parts: [&[u8]; 7] = [
            b"piux/1/ctx\0",
            &SUITE.to_be_bytes(),
            &length_prefixed(agreement.to_string()),
            &epoch.to_be_bytes(),
            &length_prefixed(purpose.term()),
            &length_prefixed(class.term()),
            public.as_ref(),
        ];
        Self(sha256(parts.concat()))
    }
}

impl AsRef<[u8; 32]> for Context {
    fn as_ref(&self) -> &[u8; 32] {
        &self.0.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn every_purpose_and_class_has_a_key_of_its_own() {
        let seed = EpochSeed::from_bytes([3; 32]);
        let mut seen = std::collections::BTreeSet::new();
        for purpose in Purpose::ALL {
            for class in Class::ALL {
                assert!(seen.insert(seed.key(*purpose, *class).public_key().to_bytes()));
            }
        }
    }

    #[test]
    fn a_context_tells_agreement_epoch_purpose_class_and_key_apart() {
        let seed = EpochSeed::from_bytes([3; 32]);
        let agreement: AgreementId = "UTO-RUR-2026".parse().unwrap();
        let other: AgreementId = "UTO-RUR-2027".parse().unwrap();
        let (purpose, class) = (Purpose::SeriousCrime, Class::Doc);
        let public = seed.key(purpose, class).public_key();
        let context = Context::new(&agreement, 7, purpose, class, &public);
        assert_ne!(context, Context::new(&other, 7, purpose, class, &public));
        assert_ne!(context, Context::new(&agreement, 8, purpose, class, &public));
        assert_ne!(
            context,
            Context::new(&agreement, 7, Purpose::TerroristOffences, class, &public)
        );
        assert_ne!(context, Context::new(&agreement, 7, purpose, Class::Nx, &public));
        let public = seed.key(purpose, Class::Nx).public_key();
        assert_ne!(context, Context::new(&agreement, 7, purpose, class, &public));
    }
}
