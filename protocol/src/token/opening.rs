//! Salted commitments to what is not told, and what opens them later.

use crate::vocabulary::{Commitment, Random, base64url, decode_base64url, length_prefixed, sha256};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What opens a commitment: label, salt and value.
///
/// `commitment = SHA-256("piux/1/commit\0" || LP(label) || salt || LP(value))`
/// with 32 random bytes of salt, so that a value from a short list cannot be
/// guessed. Kept by the requester, shown to its own authority only.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    label: String,
    #[serde(with = "salt")]
    salt: [u8; 32],
    value: String,
}

/// A label or value too long to be committed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a commitment holds at most 65,535 bytes")]
pub struct TooLongToCommit;

impl Opening {
    /// Commits to a value under a fresh salt. `label` says what it is: `case`, `officer`, `reasons`.
    pub fn draw(label: &str, value: &str, random: &dyn Random) -> Result<Self, TooLongToCommit> {
        let longest = usize::from(u16::MAX);
        if label.len() > longest || value.len() > longest {
            return Err(TooLongToCommit);
        }
        Ok(Self {
            label: label.to_owned(),
            salt: random.bytes(),
            value: value.to_owned(),
        })
    }

    /// What is told instead of the value.
    pub fn commitment(&self) -> Commitment {
        let mut bytes = zeroize::Zeroizing::new(b"piux/1/commit\0".to_vec());
        bytes.extend(length_prefixed(&self.label));
        bytes.extend(self.salt);
        bytes.extend(length_prefixed(&self.value));
        Commitment(sha256(bytes.as_slice()).0)
    }

    /// Whether this is what was committed to.
    pub fn opens(&self, commitment: &Commitment) -> bool {
        let fits = self.label.len() <= usize::from(u16::MAX) && self.value.len() <= usize::from(u16::MAX);
        fits && self.commitment() == *commitment
    }

    /// What kind of value it is.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The value itself; personal data more often than not.
    pub fn expose(&self) -> &str {
        &self.value
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opening(..)")
    }
}

mod salt {
    use super::{base64url, decode_base64url};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(salt: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64url(salt))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = decode_base64url(&text).map_err(D::Error::custom)?;
        bytes.try_into().map_err(|_| D::Error::custom("a salt has 32 bytes"))
    }
}
