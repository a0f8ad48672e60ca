//! jsonwebtoken's cryptography on ed25519-dalek: EdDSA and nothing else.
//!
//! A provider that knows one algorithm cannot be confused about it. Keys are raw:
//! 32 bytes of seed to sign with, 32 bytes of point to verify with.

use super::JwsError;
use ed25519_dalek::Signer as _;
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind, Result};
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use std::sync::OnceLock;
use zeroize::Zeroizing;

/// Makes our provider the process's, once; later calls cost a load.
///
/// # Errors
/// [`JwsError::Provider`] when the process installed another one before.
pub fn install_provider() -> std::result::Result<(), JwsError> {
    static OURS: OnceLock<bool> = OnceLock::new();
    let ours = *OURS.get_or_init(|| PROVIDER.install_default().is_ok());
    if ours { Ok(()) } else { Err(JwsError::Provider) }
}

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    key_utils: KeyUtils {
        rsa_pub_components_from_private_key: |_| Err(unsupported()),
        rsa_pub_components_from_public_key: |_| Err(unsupported()),
        ec_pub_components_from_private_key: |_, _| Err(unsupported()),
        ed_pub_components_from_private_key: |_, _| Err(unsupported()),
        compute_digest: |_, _| Err(unsupported()),
    },
};

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    only_eddsa(*algorithm)?;
    let seed: Zeroizing<[u8; 32]> = Zeroizing::new(key.as_bytes().try_into().map_err(|_| ErrorKind::InvalidEddsaKey)?);
    Ok(Box::new(EdSigner(ed25519_dalek::SigningKey::from_bytes(&seed))))
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    only_eddsa(*algorithm)?;
    let point: [u8; 32] = key
        .try_get_as_bytes()?
        .try_into()
        .map_err(|_| ErrorKind::InvalidEddsaKey)?;
    let key = ed25519_dalek::VerifyingKey::from_bytes(&point).map_err(|_| ErrorKind::InvalidEddsaKey)?;
    if key.is_weak() {
        return Err(ErrorKind::InvalidEddsaKey.into());
    }
    Ok(Box::new(EdVerifier(key)))
}

fn only_eddsa(algorithm: Algorithm) -> Result<()> {
    if algorithm == Algorithm::EdDSA {
        Ok(())
    } else {
        Err(unsupported())
    }
}

fn unsupported() -> Error {
    ErrorKind::InvalidAlgorithm.into()
}

struct EdSigner(ed25519_dalek::SigningKey);

impl Signer<Vec<u8>> for EdSigner {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, SignatureError> {
        Ok(self.0.sign(message).to_bytes().to_vec())
    }
}

impl JwtSigner for EdSigner {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

struct EdVerifier(ed25519_dalek::VerifyingKey);

impl Verifier<Vec<u8>> for EdVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), SignatureError> {
        let signature = ed25519_dalek::Signature::from_slice(signature).map_err(|_| SignatureError::new())?;
        self.0
            .verify_strict(message, &signature)
            .map_err(|_| SignatureError::new())
    }
}

impl JwtVerifier for EdVerifier {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn no_other_algorithm_gets_a_signer_or_a_verifier() {
        install_provider().unwrap();
        install_provider().unwrap();
        for algorithm in [Algorithm::HS256, Algorithm::RS256, Algorithm::ES256] {
            assert!(signer(&algorithm, &EncodingKey::from_ed_der(&[1; 32])).is_err());
            assert!(verifier(&algorithm, &DecodingKey::from_ed_der(&[1; 32])).is_err());
        }
    }

    #[test]
    fn a_weak_key_verifies_nothing() {
        let identity = {
            let mut point = [0; 32];
            *point.first_mut().unwrap() = 1;
            point
        };
        assert!(verifier(&Algorithm::EdDSA, &DecodingKey::from_ed_der(&identity)).is_err());
    }
}
