//! Elements at rest, and how they become the rows of an epoch without any
//! identifier being touched (SPEC.md 4.9).

use super::element::{ElementError, decode, double_and_encode};
use super::epoch::Context;
use super::mac::Mac;
use super::row::{RowDeriver, RowSecret};
use super::voprf::{SecretKey, hash_to_group};
use crate::vocabulary::{Class, length_prefixed};
use curve25519_dalek::{RistrettoPoint, Scalar};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// `P = k0(class)*H(x)`: a match key at rest. To be sealed there all the same:
/// equal elements are equal persons.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoredElement(pub [u8; 32]);

impl fmt::Debug for StoredElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredElement(..)")
    }
}

/// `k0(class)`: the node's own key for elements at rest.
#[derive(Debug, Clone)]
pub struct StorageKey(SecretKey);

impl StorageKey {
    /// `DeriveKeyPair(HMAC(seed, "piux/1/storage\0" || LP(class)), "piux/1")`.
    pub fn derive(seed: &[u8; 32], class: Class) -> Self {
        let class = length_prefixed(class.term());
        let seed = Zeroizing::new(Mac::new(seed).of_parts(&[b"piux/1/storage\0", &class]));
        Self(SecretKey::derive(&seed, b"piux/1"))
    }

    /// `P = k0*H(x)`.
    pub fn store(&self, input: &[u8]) -> StoredElement {
        let point = Zeroizing::new(hash_to_group(input) * self.0.scalar());
        StoredElement(point.compress().to_bytes())
    }
}

/// `t = k*k0^-1`: turns elements at rest into those of one purpose, class and epoch.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Rekey {
    half: Scalar,
}

impl Rekey {
    /// From the storage key to the key of an epoch, both of the same class.
    pub fn new(key: &SecretKey, storage: &StorageKey) -> Self {
        let inverse = Zeroizing::new(storage.0.scalar().invert());
        Self {
            half: (key.scalar() * *inverse).div_by_2(),
        }
    }

    /// `s` of `N = t*P` for each element, in their order.
    ///
    /// The batch doubles as it encodes, hence half the scalar. One core; a
    /// caller with more splits the elements.
    pub fn row_secrets(&self, context: &Context, elements: &[StoredElement]) -> Result<Vec<RowSecret>, ElementError> {
        let halves = elements.iter().map(|element| Ok(decode(&element.0)? * self.half));
        let halves = Zeroizing::new(halves.collect::<Result<Vec<RistrettoPoint>, ElementError>>()?);
        let rows = RowDeriver::new(context);
        Ok(double_and_encode(&halves)
            .map(Zeroizing::new)
            .map(|element| rows.secret(&element))
            .collect())
    }
}

impl fmt::Debug for Rekey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rekey(..)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::blind::EpochSeed;
    use crate::vocabulary::Purpose;

    fn context(key: &SecretKey) -> Context {
        let agreement = "UTO-RUR-2026".parse().unwrap();
        Context::new(&agreement, 7, Purpose::SeriousCrime, Class::Doc, &key.public_key())
    }

    #[test]
    fn a_rekeyed_element_is_the_evaluated_key() {
        let key = EpochSeed::from_bytes([1; 32]).key(Purpose::SeriousCrime, Class::Doc);
        let storage = StorageKey::derive(&[2; 32], Class::Doc);
        let inputs: [&[u8]; 3] = [b"one", b"two", b"one"];
        let stored = inputs.map(|x| storage.store(x));
        let secrets = Rekey::new(&key, &storage).row_secrets(&context(&key), &stored).unwrap();
        let direct = inputs.map(|x| {
            let n = (hash_to_group(x) * key.scalar()).compress().to_bytes();
            RowDeriver::new(&context(&key)).secret(&n)
        });
        assert_eq!(secrets, direct);
    }

    #[test]
    fn a_damaged_element_is_refused_and_an_empty_batch_is_empty() {
        let key = EpochSeed::from_bytes([1; 32]).key(Purpose::SeriousCrime, Class::Doc);
        let rekey = Rekey::new(&key, &StorageKey::derive(&[2; 32], Class::Doc));
        let damaged = [StoredElement([0xff; 32])];
        assert_eq!(
            rekey.row_secrets(&context(&key), &damaged),
            Err(ElementError::NotCanonical)
        );
        let identity = [StoredElement([0; 32])];
        assert_eq!(
            rekey.row_secrets(&context(&key), &identity),
            Err(ElementError::Identity)
        );
        assert_eq!(rekey.row_secrets(&context(&key), &[]), Ok(vec![]));
    }
}
