//! Fixed-size binary values and the few byte encodings of SPEC.md section 1.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// Why a text is not the binary value it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The text holds a character outside the base64url alphabet, or padding.
    #[error("not unpadded base64url")]
    Alphabet,
    /// The value has another length than its type.
    #[error("expected {expected} bytes, got {got}")]
    Length {
        /// Bytes the type holds.
        expected: usize,
        /// Bytes the text held.
        got: usize,
    },
}

/// Unpadded base64url (RFC 4648 section 5).
pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads unpadded base64url; padding and stray trailing bits are refused.
pub fn decode_base64url(text: &str) -> Result<Vec<u8>, DecodeError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| DecodeError::Alphabet)
}

/// SHA-256 (FIPS 180-4).
pub fn sha256(bytes: impl AsRef<[u8]>) -> Digest {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes.as_ref());
    let mut out = [0; 32];
    out.copy_from_slice(digest.as_ref());
    Digest(out)
}

/// `LP(f)`: a big-endian 16-bit length, then the bytes (SPEC.md 1.2).
///
/// Fields longer than 65,535 bytes cannot be encoded; every caller bounds its
/// fields far below, so a longer field is cut off there rather than wrapped.
pub fn length_prefixed(field: impl AsRef<[u8]>) -> Vec<u8> {
    let field = field.as_ref();
    let length = u16::try_from(field.len()).unwrap_or(u16::MAX);
    let mut out = Vec::with_capacity(2 + usize::from(length));
    out.extend_from_slice(&length.to_be_bytes());
    out.extend(field.iter().take(usize::from(length)));
    out
}

macro_rules! fixed_bytes {
    ($($(#[$doc:meta])* $name:ident: $len:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;
        }
        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&base64url(self.0))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
        impl TryFrom<&[u8]> for $name {
            type Error = DecodeError;
            fn try_from(bytes: &[u8]) -> Result<Self, DecodeError> {
                let fixed = bytes.try_into().map_err(|_| DecodeError::Length { expected: $len, got: bytes.len() })?;
                Ok(Self(fixed))
            }
        }
        impl FromStr for $name {
            type Err = DecodeError;
            fn from_str(text: &str) -> Result<Self, DecodeError> {
                Self::try_from(decode_base64url(text)?.as_slice())
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

fixed_bytes! {
    /// A SHA-256 digest.
    Digest: 32;
    /// A salted commitment (SHA-256) to something that is not told.
    Commitment: 32;
    /// 128 random bits that make a body's digest reveal nothing.
    Salt: 16;
    /// 128 random bits, once per HTTP signature (RFC 9421 section 2.3).
    Nonce: 16;
    /// The name of one lookup: 128 random bits chosen by the requester.
    QueryId: 16;
    /// Names one subject within one answer, and nowhere else (SPEC.md 4.7).
    Handle: 7;
    /// Shows that the requester opened a row (SPEC.md 4.8).
    HitProof: 16;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_prints_and_parses_as_unpadded_base64url() {
        let digest = sha256("abc");
        assert_eq!(digest.to_string(), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
        assert_eq!(digest.to_string().parse(), Ok(digest));
    }

    #[test]
    fn padding_and_wrong_lengths_are_refused() {
        assert_eq!("AAAA=".parse::<Salt>(), Err(DecodeError::Alphabet));
        assert_eq!(
            "AAAA".parse::<Salt>(),
            Err(DecodeError::Length { expected: 16, got: 3 })
        );
    }

    #[test]
    fn a_length_prefix_is_two_bytes_big_endian() {
        assert_eq!(length_prefixed("UTO"), b"\0\x03UTO");
    }
}
