//! DSSE envelopes: signatures over exact bytes, in the Ed25519 of RFC 8032.
//!
//! `PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body`
//! (secure-systems-lab/dsse, protocol.md), lengths in decimal.

pub use crate::thumbprint::thumbprint;

use crate::agreement::Agreement;
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use piux_protocol::vocabulary::Digest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The payload type of an agreement.
pub const AGREEMENT_TYPE: &str = "application/vnd.piux.agreement+toml";

/// Bytes with signatures over them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    #[serde(rename = "payloadType")]
    payload_type: String,
    #[serde(with = "standard_base64")]
    payload: Vec<u8>,
    signatures: Vec<EnvelopeSignature>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnvelopeSignature {
    keyid: Digest,
    #[serde(with = "standard_base64")]
    sig: Vec<u8>,
}

/// Why an envelope proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// Not the JSON of an envelope.
    #[error("not a DSSE envelope")]
    Malformed,
    /// It holds something else.
    #[error("the envelope holds another type of document")]
    Type,
    /// It holds other bytes.
    #[error("the envelope holds another version of the document")]
    Payload,
    /// A signature of a known key does not verify.
    #[error("a signature does not verify")]
    Signature,
    /// Signatures of these keys are missing.
    #[error("{} signature(s) missing", .0.len())]
    Missing(Vec<Digest>),
}

/// An agreement signed by the legal and the root key of both parties. Only
/// [`Envelope::complete`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DualSigned {
    version: Digest,
}

impl DualSigned {
    /// The version both parties signed.
    pub fn version(&self) -> Digest {
        self.version
    }
}

impl Envelope {
    /// An envelope without signatures.
    pub fn new(payload_type: &str, payload: impl Into<Vec<u8>>) -> Self {
        Self {
            payload_type: payload_type.to_owned(),
            payload: payload.into(),
            signatures: Vec::new(),
        }
    }

    /// An unsigned envelope around an agreement's exact bytes.
    pub fn of_agreement(agreement: &Agreement) -> Self {
        Self::new(AGREEMENT_TYPE, agreement.bytes())
    }

    /// Reads an envelope; nothing is verified.
    pub fn from_json(json: &[u8]) -> Result<Self, EnvelopeError> {
        serde_json::from_slice(json).map_err(|_| EnvelopeError::Malformed)
    }

    /// The envelope as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// What the payload is said to be.
    pub fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// The payload, not yet verified.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The keys said to have signed.
    pub fn signers(&self) -> impl Iterator<Item = Digest> {
        self.signatures.iter().map(|signature| signature.keyid)
    }

    /// Adds a signature; signing twice with a key changes nothing.
    pub fn sign(&mut self, key: &SigningKey) {
        let keyid = thumbprint(&key.verifying_key());
        let sig = key.sign(&self.pre_authentication_encoding()).to_bytes().to_vec();
        self.signatures.retain(|signature| signature.keyid != keyid);
        self.signatures.push(EnvelopeSignature { keyid, sig });
    }

    /// Takes over the signatures of another envelope around the same bytes.
    pub fn merge(&mut self, other: &Self) -> Result<(), EnvelopeError> {
        if (&self.payload_type, &self.payload) != (&other.payload_type, &other.payload) {
            return Err(EnvelopeError::Payload);
        }
        let own: BTreeSet<Digest> = self.signers().collect();
        self.signatures
            .extend(other.signatures.iter().filter(|new| !own.contains(&new.keyid)).cloned());
        Ok(())
    }

    /// The thumbprints of those of `keys` whose signatures verify. Signatures of other keys
    /// are passed over; a wrong signature in the name of one of `keys` is an error.
    pub fn verify(&self, keys: &[VerifyingKey]) -> Result<BTreeSet<Digest>, EnvelopeError> {
        let message = self.pre_authentication_encoding();
        let mut verified = BTreeSet::new();
        for key in keys {
            let keyid = thumbprint(key);
            for claimed in self.signatures.iter().filter(|signature| signature.keyid == keyid) {
                let signature = Signature::from_slice(&claimed.sig).map_err(|_| EnvelopeError::Signature)?;
                key.verify_strict(&message, &signature)
                    .map_err(|_| EnvelopeError::Signature)?;
                verified.insert(keyid);
            }
        }
        Ok(verified)
    }

    /// Proves that both parties signed this agreement, with the legal and the root key it names.
    pub fn complete(&self, agreement: &Agreement, keys: &[VerifyingKey]) -> Result<DualSigned, EnvelopeError> {
        if self.payload_type != AGREEMENT_TYPE {
            return Err(EnvelopeError::Type);
        }
        if self.payload != agreement.bytes() {
            return Err(EnvelopeError::Payload);
        }
        let signed = self.verify(keys)?;
        let needed = agreement.parties().iter().flat_map(|party| [party.legal, party.root]);
        let missing: Vec<Digest> = needed.filter(|key| !signed.contains(key)).collect();
        if missing.is_empty() {
            Ok(DualSigned {
                version: agreement.version(),
            })
        } else {
            Err(EnvelopeError::Missing(missing))
        }
    }

    fn pre_authentication_encoding(&self) -> Vec<u8> {
        let (kind, body) = (&self.payload_type, &self.payload);
        let mut message = format!("DSSEv1 {} {kind} {} ", kind.len(), body.len()).into_bytes();
        message.extend_from_slice(body);
        message
    }
}

mod standard_base64 {
    use super::{Engine, STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map_err(|_| de::Error::custom("not base64"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    #[test]
    fn the_encoding_to_sign_is_that_of_the_dsse_specification() {
        let envelope = Envelope::new("http://example.com/HelloWorld", "hello world");
        let expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world";
        assert_eq!(envelope.pre_authentication_encoding(), expected);
    }

    #[test]
    fn signatures_survive_json_and_merge() {
        let mut ours = Envelope::new("text/plain", "words");
        let mut theirs = ours.clone();
        ours.sign(&key(1));
        theirs.sign(&key(2));
        let theirs = Envelope::from_json(theirs.to_json().as_bytes()).unwrap();
        ours.merge(&theirs).unwrap();
        let keys = [key(1).verifying_key(), key(2).verifying_key(), key(3).verifying_key()];
        assert_eq!(ours.verify(&keys).unwrap().len(), 2);
    }

    #[test]
    fn a_changed_byte_breaks_every_signature() {
        let mut envelope = Envelope::new("text/plain", "words");
        envelope.sign(&key(1));
        envelope.payload = b"wordz".to_vec();
        assert_eq!(
            envelope.verify(&[key(1).verifying_key()]),
            Err(EnvelopeError::Signature)
        );
    }

    #[test]
    fn other_bytes_do_not_merge() {
        let mut envelope = Envelope::new("text/plain", "words");
        let other = Envelope::new("text/plain", "others");
        assert_eq!(envelope.merge(&other), Err(EnvelopeError::Payload));
    }
}
