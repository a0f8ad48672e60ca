//! What a unit says of itself: keys, addresses, certificate; signed by its root key.
//!
//! `GET /.well-known/piux` serves one compact JWS of type `entity-statement+jwt`.
//! Two units pair when each administrator has read the other's root
//! [`Fingerprint`] over another channel; from then on the root key is pinned and
//! everything else may change under its signature. No web PKI, no central server.

mod endpoint;
mod fingerprint;

pub use endpoint::{Certificate, Endpoint, ParseEndpointError};
pub use fingerprint::{Fingerprint, ParseFingerprintError};

use crate::jws::{self, JwsError};
use crate::seal::SealingKey;
use crate::signature::{SigningKey, VerifyingKey};
use crate::vocabulary::{Digest, Timestamp, UnitId};
use serde::{Deserialize, Serialize};

/// Why a text is not the metadata it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// Not a statement signed by the root key it names.
    #[error(transparent)]
    Statement(#[from] JwsError),
    /// Signed by another root key than the one pinned.
    #[error("metadata is signed by another root key than the pinned one")]
    Root,
    /// Not, or no longer, or for too long valid.
    #[error("metadata is outside its validity")]
    Validity,
    /// About another unit than its issuer, or than the one expected.
    #[error("metadata of another unit")]
    Unit,
    /// One key serves two roles, or an `https` address has no certificate.
    #[error("metadata contradicts itself")]
    Contradiction,
    /// Does not speak PIUX/1.
    #[error("no protocol version in common")]
    Version,
}

/// The protocol version this crate speaks.
pub const PROTOCOL: &str = "PIUX/1";

/// A unit's statement about itself, valid at most 90 days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// The unit.
    pub iss: UnitId,
    /// The unit again (an entity's statement about itself).
    pub sub: UnitId,
    /// Seconds since 1970 when it was signed.
    pub iat: i64,
    /// Seconds since 1970 when it ends.
    pub exp: i64,
    /// The unit's name, for people.
    pub name: String,
    /// Its public keys.
    pub keys: Keys,
    /// Where partners reach it.
    pub endpoint: Endpoint,
    /// The self-signed certificate of that address; absent only with plain HTTP on loopback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
    /// Protocol versions it speaks.
    pub protocol: Vec<String>,
    /// Its software and version, for people.
    pub software: String,
    /// Names the derivation of match keys the unit uses now (SPEC.md 3.9).
    pub keyset: String,
    /// Names older derivations it still answers in, while agreements name them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keysets: Vec<String>,
}

/// The public keys of a unit, one per role; Ed25519 as JWKs (RFC 8037) but for the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Signs metadata; pinned by every agreement.
    pub root: VerifyingKey,
    /// Signs messages and tokens now.
    pub exchange: VerifyingKey,
    /// Will sign next; announced at least 24 h ahead, and both are valid while announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange_next: Option<VerifyingKey>,
    /// Signs agreements.
    pub legal: VerifyingKey,
    /// Signs ledger checkpoints.
    pub ledger: VerifyingKey,
    /// Cosigns partners' checkpoints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<VerifyingKey>,
    /// Disclosures are sealed to it.
    pub hpke: SealingKey,
}

impl Keys {
    /// The keys that may sign messages: current, then next.
    pub fn exchange_keys(&self) -> impl Iterator<Item = &VerifyingKey> {
        std::iter::once(&self.exchange).chain(&self.exchange_next)
    }

    /// The exchange key of this thumbprint.
    pub fn exchange_key(&self, id: Digest) -> Option<&VerifyingKey> {
        self.exchange_keys().find(|key| key.key_id() == id)
    }

    fn roles(&self) -> Vec<&VerifyingKey> {
        let single = [&self.root, &self.legal, &self.ledger];
        single
            .into_iter()
            .chain(self.exchange_keys())
            .chain(&self.witness)
            .collect()
    }
}

impl Metadata {
    /// Whether the unit answers with match keys of this derivation.
    pub fn holds_keyset(&self, id: &str) -> bool {
        self.keyset == id || self.keysets.iter().any(|held| held == id)
    }

    /// Longest validity, in seconds: 90 days.
    pub const LONGEST: i64 = 90 * 86_400;

    /// Signs it with the root key it names.
    pub fn sign(&self, root: &SigningKey) -> Result<String, MetadataError> {
        if self.keys.root != root.verifying_key() {
            return Err(MetadataError::Root);
        }
        self.check(Timestamp::from_seconds(self.iat))?;
        Ok(jws::sign(jws::ENTITY_STATEMENT, self, root)?)
    }

    /// Verifies metadata of a partner whose root key is pinned by its thumbprint.
    pub fn verify(text: &str, pinned: Digest, now: Timestamp) -> Result<Self, MetadataError> {
        if jws::key_id(text, jws::ENTITY_STATEMENT)? != pinned {
            return Err(MetadataError::Root);
        }
        Self::verify_self_signed(text, now)
    }

    /// Verifies that metadata is signed by the root key it names, and by no more.
    ///
    /// Enough to show a [`Fingerprint`] to a person, who decides.
    pub fn verify_self_signed(text: &str, now: Timestamp) -> Result<Self, MetadataError> {
        // The key comes from the statement itself: this binds, it does not authenticate.
        let named: Self = jws::unverified(text)?;
        let metadata: Self = jws::verify(text, jws::ENTITY_STATEMENT, &named.keys.root)?;
        metadata.check(now)?;
        Ok(metadata)
    }

    /// The short form of the root key that people compare.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.keys.root)
    }

    /// The Ed25519 keys as a JWK set, for generic tools.
    pub fn jwks(&self) -> JwkSet {
        JwkSet {
            keys: self.keys.roles().into_iter().map(PublishedKey::of).collect(),
        }
    }

    fn check(&self, now: Timestamp) -> Result<(), MetadataError> {
        if self.iss != self.sub {
            return Err(MetadataError::Unit);
        }
        let valid = self.iat <= now.seconds().saturating_add(10) && now.seconds() < self.exp;
        if !valid || self.exp.saturating_sub(self.iat) > Self::LONGEST {
            return Err(MetadataError::Validity);
        }
        if !self.protocol.iter().any(|version| version == PROTOCOL) {
            return Err(MetadataError::Version);
        }
        let ids: std::collections::BTreeSet<_> = self.keys.roles().into_iter().map(VerifyingKey::key_id).collect();
        let distinct = ids.len() == self.keys.roles().len();
        if !distinct || self.endpoint.is_https() != self.certificate.is_some() {
            return Err(MetadataError::Contradiction);
        }
        Ok(())
    }
}

/// A JWK set (RFC 7517 section 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<PublishedKey>,
}

/// A public key with what generic tools want beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedKey {
    /// The key.
    #[serde(flatten)]
    pub key: VerifyingKey,
    /// Its thumbprint (RFC 7638).
    pub kid: Digest,
    /// `EdDSA` (RFC 8037).
    pub alg: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub used_for: String,
}

impl PublishedKey {
    fn of(key: &VerifyingKey) -> Self {
        Self {
            key: *key,
            kid: key.key_id(),
            alg: "EdDSA".into(),
            used_for: "sig".into(),
        }
    }
}

#[cfg(test)]
mod tests;
