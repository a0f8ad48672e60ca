//! HMAC-SHA-256 (RFC 2104) with its key schedule made once.
//!
//! An answer takes two of these for every row. Straight on the compression
//! function a short message costs half of what it does through a general
//! interface, which decides how many rows a bucket can afford; and the key
//! schedule is erased after use.

use sha2::block_api::compress256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A keyed HMAC-SHA-256: the states after the inner and the outer key block.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct Mac {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl Mac {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self {
            inner: keyed(key, 0x36),
            outer: keyed(key, 0x5c),
        }
    }

    /// `HMAC(key, message)`.
    #[inline]
    pub(super) fn of(&self, message: &[u8]) -> [u8; 32] {
        finish(self.outer, &finish(self.inner, message))
    }

    /// `HMAC(key, parts[0] || parts[1] || ..)`.
    pub(super) fn of_parts(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.of(&Zeroizing::new(parts.concat()))
    }
}

/// The state after the block of the padded key.
fn keyed(key: &[u8; 32], pad: u8) -> [u32; 8] {
    let mut block = Zeroizing::new([pad; 64]);
    block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
    let mut state = INITIAL;
    compress256(&mut state, std::slice::from_ref(&*block));
    state
}

/// SHA-256 of the key block that led to `state`, and then `message`.
#[inline]
fn finish(mut state: [u32; 8], message: &[u8]) -> [u8; 32] {
    let (blocks, rest) = message.as_chunks::<64>();
    compress256(&mut state, blocks);
    let mut last = [[0; 64]; 2];
    if let Some((start, after)) = last.as_flattened_mut().split_at_mut_checked(rest.len()) {
        start.copy_from_slice(rest);
        after.iter_mut().take(1).for_each(|byte| *byte = 0x80);
    }
    let used = if rest.len() < 56 { 1 } else { 2 };
    let bits = (64 + message.len() as u64) * 8;
    if let Some((_, length)) = last.get_mut(used - 1).and_then(|block| block.split_last_chunk_mut()) {
        *length = bits.to_be_bytes();
    }
    compress256(&mut state, last.get(..used).unwrap_or_default());
    let mut digest = [0; 32];
    digest
        .as_chunks_mut()
        .0
        .iter_mut()
        .zip(state)
        .for_each(|(to, word)| *to = word.to_be_bytes());
    digest
}

/// FIPS 180-4 section 5.3.3.
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ring::hmac;

    proptest! {
        #[test]
        fn every_length_agrees_with_the_general_interface(key: [u8; 32], message in proptest::collection::vec(any::<u8>(), 0..300)) {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &message);
            prop_assert_eq!(&Mac::new(&key).of(&message)[..], tag.as_ref());
            let (start, end) = message.split_at(message.len() / 3);
            prop_assert_eq!(&Mac::new(&key).of_parts(&[start, end])[..], tag.as_ref());
        }
    }
}
