//! What `piux key list` shows: names, ages and fingerprints, never a secret.

use super::{KeyName, KeyRing, Secret};
use ed25519_dalek::SigningKey;
use piux_protocol::vocabulary::{Timestamp, base64url, length_prefixed, sha256};
use serde::Serialize;

/// One key, as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyInfo {
    /// The key's name; epoch seeds are named `epoch AGREEMENT NUMBER`.
    pub name: String,
    /// When it was made; for an epoch, when it starts.
    pub created: Timestamp,
    /// When it is destroyed, if that is fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Signing keys: RFC 7638 thumbprint. Certificate: SHA-256 of its DER. Others: a one-way check value.
    pub fingerprint: String,
}

impl KeyRing {
    /// Every secret of the unit and every epoch seed that exists.
    pub fn list(&self) -> Vec<KeyInfo> {
        let state = self.state();
        let secrets = state.contents.secrets.iter().map(|(name, held)| KeyInfo {
            name: name.to_string(),
            created: held.created,
            until: None,
            fingerprint: fingerprint(*name, &held.secret),
        });
        let epochs = state.contents.epochs.iter().flat_map(|(agreement, epochs)| {
            epochs.iter().filter_map(move |(epoch, held)| {
                let name = format!("epoch {agreement} {epoch}");
                let fingerprint = check_value(&name, held.seed.as_ref()?.expose());
                Some(KeyInfo {
                    name,
                    created: held.not_before,
                    until: Some(held.grace_until),
                    fingerprint,
                })
            })
        });
        secrets.chain(epochs).collect()
    }
}

fn fingerprint(name: KeyName, secret: &Secret) -> String {
    match secret.to_seed() {
        Some(seed) if name.signs() => thumbprint(seed.expose()),
        _ if name == KeyName::TlsCertificate => sha256(secret.expose()).to_string(),
        _ => check_value(name.term(), secret.expose()),
    }
}

/// RFC 7638 over the OKP key of RFC 8037.
fn thumbprint(seed: &[u8; 32]) -> String {
    let public = SigningKey::from_bytes(seed).verifying_key();
    let x = base64url(public.as_bytes());
    sha256(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)).to_string()
}

/// Tells two secrets apart and says nothing else of them: 128 bits of a hash over 256 random bits.
fn check_value(name: &str, secret: &[u8]) -> String {
    let input = zeroize::Zeroizing::new([b"piux/1/key-check\0", &*length_prefixed(name), secret].concat());
    base64url(sha256(&*input).0.first_chunk::<16>().unwrap_or(&[0; 16]))
}
