//! Sealing to one reader.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use piux_protocol::seal::{SealError, Sealed, SealingKey, SealingKeyPair, seal};
use piux_protocol::vocabulary::{Random, sha256};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Counts upwards from a start: chance that a vector can name.
struct Counting(u8);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let mut value = self.0;
        for byte in bytes {
            *byte = value;
            value = value.wrapping_add(1);
        }
    }
}

fn pair() -> SealingKeyPair {
    SealingKeyPair::generate(&Counting(0))
}

fn sealed(plaintext: &[u8]) -> Sealed {
    seal(&pair().public_key(), b"info", b"aad", plaintext, &Counting(100)).unwrap()
}

#[test]
fn what_is_sealed_opens_in_its_place_only() {
    let sealed = sealed(b"secret");
    assert_eq!(pair().open(b"info", b"aad", &sealed).unwrap().as_slice(), b"secret");
    for (info, aad) in [("other", "aad"), ("info", "other"), ("", "")] {
        let opened = pair().open(info.as_bytes(), aad.as_bytes(), &sealed);
        assert_eq!(opened, Err(SealError::Closed));
    }
    let stranger = SealingKeyPair::from_seed(&[9; 32]);
    assert_eq!(stranger.open(b"info", b"aad", &sealed), Err(SealError::Closed));
}

#[test]
fn a_sealed_value_of_the_wrong_form_is_refused() {
    let short: Sealed = serde_json::from_value(json!({"enc": "AAAA", "ct": "AAAA"})).unwrap();
    assert_eq!(pair().open(b"info", b"aad", &short), Err(SealError::Form));
    assert_eq!(SealingKey::try_from([0_u8; 5].as_slice()), Err(SealError::Key));
    let no_key = serde_json::from_value::<SealingKey>(json!({"alg": "X-Wing", "kty": "AKP", "pub": "AAAA"}));
    assert!(no_key.is_err());
}

#[test]
fn the_vectors_hold() {
    let vector: Value = serde_json::from_str(include_str!("../vectors/seal/seal.json")).unwrap();
    let pair = pair();
    let key: SealingKey = serde_json::from_value(vector["public_key"].clone()).unwrap();
    assert_eq!(key, pair.public_key());
    assert_eq!(vector["key_id"], sha256(key.as_ref()).to_string());
    let kept: Sealed = serde_json::from_value(vector["sealed"].clone()).unwrap();
    assert_eq!(kept, sealed(b"secret"));
    assert_eq!(pair.open(b"info", b"aad", &kept).unwrap().as_slice(), b"secret");
}

#[test]
fn print_the_vectors_when_asked() {
    if std::env::var_os("PIUX_PRINT_VECTORS").is_none() {
        return;
    }
    let value = json!({
        "expect": "success",
        "comment": "HPKE base mode, KEM 0x647a, KDF 0x0001, AEAD 0x0002. Seed: bytes 0..31. Chance of the encapsulation: bytes 100..163. info, aad and plaintext are ASCII.",
        "seed": (0..32).collect::<Vec<u8>>(), "chance": (100..164).collect::<Vec<u8>>(),
        "info": "info", "aad": "aad", "plaintext": "secret",
        "public_key": pair().public_key(), "key_id": pair().public_key().key_id(), "sealed": sealed(b"secret"),
    });
    println!("{}", serde_json::to_string_pretty(&value).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_bytes_are_sealed_and_opened(plaintext in proptest::collection::vec(any::<u8>(), 0..500)) {
        let text = serde_json::to_string(&sealed(&plaintext)).unwrap();
        let read: Sealed = serde_json::from_str(&text).unwrap();
        let opened = pair().open(b"info", b"aad", &read).unwrap();
        prop_assert_eq!(opened.as_slice(), plaintext.as_slice());
    }

    #[test]
    fn any_change_of_the_ciphertext_is_noticed(at in any::<prop::sample::Index>(), flip in 1_u8..=255) {
        let mut value = serde_json::to_value(sealed(b"secret")).unwrap();
        let member = if flip % 2 == 0 { "enc" } else { "ct" };
        let mut bytes = piux_protocol::vocabulary::decode_base64url(value[member].as_str().unwrap()).unwrap();
        let at = at.index(bytes.len());
        *bytes.get_mut(at).unwrap() ^= flip;
        value[member] = json!(piux_protocol::vocabulary::base64url(bytes));
        let read: Sealed = serde_json::from_value(value).unwrap();
        prop_assert!(pair().open(b"info", b"aad", &read).is_err());
    }
}
