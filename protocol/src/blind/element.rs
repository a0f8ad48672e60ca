//! Group elements on the wire: canonical ristretto255 encodings (RFC 9496 4.3.2)
//! of 32 bytes, as unpadded base64url in JSON. Nothing else can be held here.

use crate::vocabulary::{base64url, decode_base64url};
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::traits::IsIdentity;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// Why bytes are not an element of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ElementError {
    /// Not 32 bytes, or not unpadded base64url.
    #[error("a group element is 32 bytes in unpadded base64url")]
    Form,
    /// Not the canonical encoding of an element.
    #[error("not a canonical group element")]
    NotCanonical,
    /// The identity, which hides nothing.
    #[error("the identity is not accepted as a group element")]
    Identity,
}

/// Decodes a canonical encoding other than the identity's.
pub(super) fn decode(bytes: &[u8]) -> Result<RistrettoPoint, ElementError> {
    let encoded = CompressedRistretto::from_slice(bytes).map_err(|_| ElementError::Form)?;
    let point = encoded.decompress().ok_or(ElementError::NotCanonical)?;
    if point.is_identity() {
        Err(ElementError::Identity)
    } else {
        Ok(point)
    }
}

/// Encodings of the doubles of `halves`, at the price of one field inversion.
///
/// None of the points may be the identity: the shared inversion of a batch
/// fails with it. Callers pass multiples of non-identity elements by non-zero
/// scalars of the prime-order group only.
pub(super) fn double_and_encode(halves: &[RistrettoPoint]) -> impl Iterator<Item = [u8; 32]> {
    RistrettoPoint::double_and_compress_batch(halves)
        .into_iter()
        .map(|encoded| encoded.to_bytes())
}

macro_rules! wire_element {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $name {
            encoding: [u8; 32],
            point: RistrettoPoint,
        }

        impl $name {
            /// Length of the encoding in bytes.
            pub const LEN: usize = 32;

            #[allow(dead_code, reason = "not every kind of element is computed here in batches")]
            pub(super) fn from_double(encoding: [u8; 32], half: RistrettoPoint) -> Self {
                Self { encoding, point: half + half }
            }

            pub(super) fn point(&self) -> &RistrettoPoint {
                &self.point
            }

            /// The canonical encoding.
            pub fn to_bytes(self) -> [u8; 32] {
                self.encoding
            }
        }
        impl From<RistrettoPoint> for $name {
            fn from(point: RistrettoPoint) -> Self {
                Self { encoding: point.compress().to_bytes(), point }
            }
        }
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.encoding == other.encoding
            }
        }
        impl Eq for $name {}
        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.encoding
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&base64url(self.encoding))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
        impl TryFrom<&[u8]> for $name {
            type Error = ElementError;
            fn try_from(bytes: &[u8]) -> Result<Self, ElementError> {
                let encoding = bytes.try_into().map_err(|_| ElementError::Form)?;
                Ok(Self { encoding, point: decode(bytes)? })
            }
        }
        impl FromStr for $name {
            type Err = ElementError;
            fn from_str(text: &str) -> Result<Self, ElementError> {
                Self::try_from(decode_base64url(text).map_err(|_| ElementError::Form)?.as_slice())
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

wire_element! {
    /// `B = r*H(x)`: what the requester sends; uniform whatever x is.
    BlindedElement;
    /// `D = k*B`: what the responder sends back.
    EvaluatedElement;
    /// `pk = k*G`: commits the responder to one key per purpose, class and epoch.
    PublicKey;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_identity_and_non_canonical_encodings_are_refused() {
        assert_eq!(
            BlindedElement::try_from([0; 32].as_slice()),
            Err(ElementError::Identity)
        );
        assert_eq!(
            BlindedElement::try_from([0xff; 32].as_slice()),
            Err(ElementError::NotCanonical)
        );
        assert_eq!(BlindedElement::try_from([0; 31].as_slice()), Err(ElementError::Form));
        // RFC 9496 A.3: a negative field element, and one above the field's size.
        for bad in [
            "0100000000000000000000000000000000000000000000000000000000000000",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ] {
            let bytes = hex::decode(bad).unwrap();
            assert_eq!(PublicKey::try_from(bytes.as_slice()), Err(ElementError::NotCanonical));
        }
    }

    proptest! {
        #[test]
        fn an_element_survives_its_text(wide in any::<[u8; 32]>()) {
            let scalar = curve25519_dalek::Scalar::from_bytes_mod_order(wide);
            let element = EvaluatedElement::from(RistrettoPoint::mul_base(&scalar));
            prop_assert_eq!(element.to_string().parse(), Ok(element));
        }

        #[test]
        fn bytes_that_decode_encode_to_themselves(bytes in any::<[u8; 32]>()) {
            if let Ok(element) = BlindedElement::try_from(bytes.as_slice()) {
                prop_assert_eq!(element.point().compress().to_bytes(), bytes);
            }
        }
    }
}
