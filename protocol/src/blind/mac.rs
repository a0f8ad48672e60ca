//! HMAC-SHA-256 (RFC 2104) with its key schedule made once.

use ring::hmac;

/// A keyed HMAC-SHA-256.
pub(super) struct Mac(hmac::Key);

impl Mac {
    pub(super) fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// `HMAC(key, message)`.
    pub(super) fn of(&self, message: &[u8]) -> [u8; 32] {
        bytes(&hmac::sign(&self.0, message))
    }

    /// `HMAC(key, parts[0] || parts[1] || ..)`.
    pub(super) fn of_parts(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        parts.iter().for_each(|part| context.update(part));
        bytes(&context.sign())
    }
}

fn bytes(tag: &hmac::Tag) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(tag.as_ref());
    out
}
