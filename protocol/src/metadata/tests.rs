#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]
use super::*;
use crate::seal::SealingKeyPair;
use proptest::prelude::*;

const NOW: i64 = 1_795_287_731;

fn now() -> Timestamp {
    Timestamp::from_seconds(NOW)
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn metadata() -> Metadata {
    let unit = UnitId::of_state("UTO").unwrap();
    Metadata {
        iss: unit,
        sub: unit,
        iat: NOW,
        exp: NOW + Metadata::LONGEST,
        name: "PIU Utopia".into(),
        keys: Keys {
            root: key(1).verifying_key(),
            exchange: key(2).verifying_key(),
            exchange_next: Some(key(3).verifying_key()),
            legal: key(4).verifying_key(),
            ledger: key(5).verifying_key(),
            witness: None,
            hpke: SealingKeyPair::from_seed(&[6; 32]).public_key(),
        },
        endpoint: "https://piu.uto.example:8443".parse().unwrap(),
        certificate: Some(Certificate::from_der(b"certificate")),
        protocol: vec![PROTOCOL.into()],
        software: "piux 0.1.0".into(),
        keyset: "keyset-v1".into(),
        keysets: Vec::new(),
    }
}

#[test]
fn signed_metadata_verifies_under_the_pinned_root() {
    let text = metadata().sign(&key(1)).unwrap();
    assert_eq!(Metadata::verify(&text, key(1).key_id(), now()), Ok(metadata()));
    assert_eq!(Metadata::verify_self_signed(&text, now()), Ok(metadata()));
}

#[test]
fn another_root_is_refused() {
    let text = metadata().sign(&key(1)).unwrap();
    assert_eq!(
        Metadata::verify(&text, key(9).key_id(), now()),
        Err(MetadataError::Root)
    );
    assert_eq!(metadata().sign(&key(2)), Err(MetadataError::Root));
}

#[test]
fn metadata_signed_by_a_key_it_does_not_name_as_root_is_refused() {
    let forged = jws::sign(jws::ENTITY_STATEMENT, &metadata(), &key(2)).unwrap();
    assert_eq!(
        Metadata::verify_self_signed(&forged, now()),
        Err(MetadataError::Statement(JwsError::UnknownKey))
    );
}

#[test]
fn metadata_is_valid_for_its_ninety_days_and_no_longer() {
    let text = metadata().sign(&key(1)).unwrap();
    for (at, valid) in [
        (NOW - 11, false),
        (NOW - 10, true),
        (NOW + Metadata::LONGEST - 1, true),
        (NOW + Metadata::LONGEST, false),
    ] {
        let read = Metadata::verify_self_signed(&text, Timestamp::from_seconds(at));
        assert_eq!(read.is_ok(), valid, "{at}");
    }
    let long = Metadata {
        exp: NOW + Metadata::LONGEST + 1,
        ..metadata()
    };
    assert_eq!(long.sign(&key(1)), Err(MetadataError::Validity));
}

#[test]
fn one_key_in_two_roles_is_refused() {
    let mut shared = metadata();
    shared.keys.legal = shared.keys.exchange;
    assert_eq!(shared.sign(&key(1)), Err(MetadataError::Contradiction));
}

#[test]
fn https_needs_a_certificate_and_loopback_none() {
    let bare = Metadata {
        certificate: None,
        ..metadata()
    };
    assert_eq!(bare.sign(&key(1)), Err(MetadataError::Contradiction));
    let loopback = Metadata {
        endpoint: "http://127.0.0.1:4000".parse().unwrap(),
        ..bare
    };
    assert!(loopback.sign(&key(1)).is_ok());
}

#[test]
fn plain_http_beyond_loopback_and_odd_addresses_are_refused() {
    for text in [
        "http://piu.uto.example",
        "http://10.0.0.1:4000",
        "http://localhost.example",
        "https://",
        "https://piu.uto.example/",
        "https://piu.uto.example/path",
        "https://piu.uto.example:443",
        "https://piu.uto.example:08443",
        "https://PIU.uto.example",
        "https://a@b",
        "https://[::1]x",
        "https://[]",
        "ftp://piu.uto.example",
    ] {
        assert!(text.parse::<Endpoint>().is_err(), "{text}");
    }
    for text in ["https://piu.uto.example", "http://[::1]:4000", "http://localhost:1"] {
        assert!(text.parse::<Endpoint>().is_ok(), "{text}");
    }
}

#[test]
fn a_fingerprint_is_read_however_it_was_typed() {
    let printed = metadata().fingerprint().to_string();
    assert_eq!(printed.len(), 24);
    let typed = printed.to_lowercase().replace('-', " ");
    assert_eq!(typed.parse(), Ok(metadata().fingerprint()));
    assert!("7K2M".parse::<Fingerprint>().is_err());
    assert_ne!(metadata().fingerprint(), Fingerprint::of(&key(2).verifying_key()));
}

#[test]
fn the_key_set_names_each_key_by_its_thumbprint() {
    let set = serde_json::to_value(metadata().jwks()).unwrap();
    assert_eq!(set["keys"].as_array().unwrap().len(), 5);
    assert_eq!(set["keys"][0]["kid"], key(1).key_id().to_string());
    assert_eq!(set["keys"][0]["crv"], "Ed25519");
}

proptest! {
    #[test]
    fn any_text_is_an_endpoint_or_refused(text in "https?://[a-z0-9.:@/\\[\\]-]{0,30}") {
        if let Ok(endpoint) = text.parse::<Endpoint>() {
            prop_assert_eq!(endpoint.to_string(), text);
        }
    }

    #[test]
    fn every_key_prints_a_fingerprint_that_parses(seed in any::<[u8; 32]>()) {
        let fingerprint = Fingerprint::of(&SigningKey::from_seed(&seed).verifying_key());
        prop_assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
    }
}
