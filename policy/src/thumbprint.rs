//! Names of keys.

use ed25519_dalek::VerifyingKey;
use piux_protocol::vocabulary::{Digest, base64url, sha256};

/// RFC 7638 thumbprint of an Ed25519 key as a JWK (RFC 8037).
pub fn thumbprint(key: &VerifyingKey) -> Digest {
    thumbprint_of(key.as_bytes())
}

/// The same of a key that may not be one.
pub(crate) fn thumbprint_of(key: &[u8; 32]) -> Digest {
    sha256(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, base64url(key)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use piux_protocol::vocabulary::decode_base64url;

    #[test]
    fn the_thumbprint_is_that_of_rfc_8037_appendix_a_3() {
        let x = decode_base64url("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        let key = VerifyingKey::from_bytes(&x.try_into().unwrap()).unwrap();
        assert_eq!(
            thumbprint(&key).to_string(),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }
}
