//! The short form of a root key that two people read to each other.

use crate::signature::VerifyingKey;
use std::fmt;
use std::str::FromStr;

/// 100 bits of a root key's thumbprint as five groups of four: `7K2M-Q4XD-0A9R-ZT3W-5HNE`.
///
/// Crockford's base32 (no I, L, O, U); read without regard to case, hyphens and
/// blanks. To find another key with the same form costs about 2^100 trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; Self::LETTERS]);

/// A text that is not a fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint has five groups of four letters and digits")]
pub struct ParseFingerprintError;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Fingerprint {
    const LETTERS: usize = 20;

    /// The fingerprint of a root key.
    pub fn of(root: &VerifyingKey) -> Self {
        let thumbprint = root.key_id();
        let bits = thumbprint
            .0
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1));
        let mut letters = [b'0'; Self::LETTERS];
        let mut bits = bits;
        for letter in &mut letters {
            let five = bits.by_ref().take(5).fold(0, |value, bit| value << 1 | bit);
            *letter = ALPHABET.get(usize::from(five)).copied().unwrap_or(b'0');
        }
        Self(letters)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, group) in self.0.chunks(4).enumerate() {
            if index > 0 {
                f.write_str("-")?;
            }
            f.write_str(std::str::from_utf8(group).unwrap_or_default())?;
        }
        Ok(())
    }
}

impl FromStr for Fingerprint {
    type Err = ParseFingerprintError;
    fn from_str(text: &str) -> Result<Self, ParseFingerprintError> {
        let letters: Vec<u8> = text
            .bytes()
            .filter(|byte| !matches!(byte, b'-' | b' '))
            .map(|byte| byte.to_ascii_uppercase())
            .collect();
        if letters.iter().any(|letter| !ALPHABET.contains(letter)) {
            return Err(ParseFingerprintError);
        }
        letters.try_into().map(Self).map_err(|_| ParseFingerprintError)
    }
}
