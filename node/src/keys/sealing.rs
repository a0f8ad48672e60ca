//! The two symmetric primitives everything at rest uses: AES-256-GCM and HMAC-SHA-256.

use piux_protocol::vocabulary::Random;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{hkdf, hmac};
use zeroize::Zeroizing;

const VERSION: u8 = 1;

/// A key that seals values: AES-256-GCM with a random 96-bit nonce per value.
///
/// A sealed value is `version 1 || nonce 12 || ciphertext || tag 16`. No key seals
/// anywhere near 2^32 values, so random nonces are safe (NIST SP 800-38D 8.3).
pub(crate) struct SealingKey(LessSafeKey);

impl SealingKey {
    /// Bytes a sealed value is longer than its content.
    pub(crate) const OVERHEAD: usize = 1 + NONCE_LEN + 16;

    pub(crate) fn new(key: &[u8; 32]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, key).expect("an AES-256 key has 32 bytes");
        Self(LessSafeKey::new(key))
    }

    /// HKDF-SHA-256 (RFC 5869) without salt; `info` is the concatenation of the parts.
    pub(crate) fn derive(secret: &[u8; 32], info: &[&[u8]]) -> Self {
        let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(secret);
        let expanded = extracted.expand(info, &AES_256_GCM);
        let okm = expanded.expect("32 bytes are within the reach of HKDF-SHA-256");
        Self(LessSafeKey::new(UnboundKey::from(okm)))
    }

    pub(crate) fn seal(&self, random: &dyn Random, aad: &[u8], content: &[u8]) -> Vec<u8> {
        let nonce = random.bytes::<NONCE_LEN>();
        let mut body = Vec::with_capacity(content.len() + Self::OVERHEAD);
        body.extend_from_slice(content);
        let nonce_once = Nonce::assume_unique_for_key(nonce);
        let tag = self.0.seal_in_place_separate_tag(nonce_once, Aad::from(aad), &mut body);
        let tag = tag.expect("a value at rest is far shorter than 64 GiB");
        body.extend_from_slice(tag.as_ref());
        body.splice(0..0, std::iter::once(VERSION).chain(nonce));
        body
    }

    /// The content, or nothing when the value, its place or the key is another one.
    pub(crate) fn open(&self, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (version, rest) = sealed.split_first()?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>()?;
        if *version != VERSION {
            return None;
        }
        let mut body = Zeroizing::new(body.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = self.0.open_in_place(nonce, Aad::from(aad), &mut body).ok()?.len();
        body.truncate(length);
        Some(body)
    }
}

/// HMAC-SHA-256 (RFC 2104) over the concatenation of the parts.
pub(crate) fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    for part in parts {
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    out
}

/// HMAC-SHA-256 over what comes bit by bit; the same as [`mac`] over all of it.
pub(crate) struct RunningMac(hmac::Context);

impl RunningMac {
    pub(crate) fn new(key: &[u8]) -> Self {
        Self(hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key)))
    }

    pub(crate) fn update(&mut self, part: &[u8]) {
        self.0.update(part);
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(self.0.sign().as_ref());
        out
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::super::SystemRandom;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_sealed_value_opens_only_unchanged_in_its_own_place(
            content in proptest::collection::vec(any::<u8>(), 0..200),
            at in any::<proptest::sample::Index>(),
        ) {
            let key = SealingKey::derive(&[7; 32], &[b"test"]);
            let mut sealed = key.seal(&SystemRandom, b"place", &content);
            prop_assert_eq!(sealed.len(), content.len() + SealingKey::OVERHEAD);
            prop_assert_eq!(&*key.open(b"place", &sealed).unwrap(), &content);
            prop_assert!(key.open(b"other place", &sealed).is_none());
            prop_assert!(SealingKey::new(&[7; 32]).open(b"place", &sealed).is_none());
            let at = at.index(sealed.len());
            *sealed.get_mut(at).unwrap() ^= 1;
            prop_assert!(key.open(b"place", &sealed).is_none());
        }
    }
}
