//! A receipt proves an exchange to somebody who was not there.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use piux_protocol::message::{JSON, PROMISE_HEADER, Promise};
use piux_protocol::metadata::{Certificate, Keys, Metadata, PROTOCOL};
use piux_protocol::receipt::{Half, Receipt, ReceiptError};
use piux_protocol::seal::SealingKeyPair;
use piux_protocol::signature::{
    HttpRequest, HttpResponse, SigningKey, parse_request, sign_request, sign_response, verify_response,
};
use piux_protocol::vocabulary::{Digest, Nonce, Timestamp, UnitId, sha256};
use proptest::prelude::*;
use serde_json::Value;

const NOW: i64 = 1_795_287_731;
const REQUEST_BODY: &[u8] = br#"{"v":1,"salt":"AAECAwQFBgcICQoLDA0ODw"}"#;
const RESPONSE_BODY: &[u8] = b"answer";

fn now() -> Timestamp {
    Timestamp::from_seconds(NOW)
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

/// A unit whose keys are the seeds from `seed` on: root, exchange, legal, ledger.
fn metadata(state: &str, seed: u8) -> Metadata {
    let unit = UnitId::of_state(state).unwrap();
    Metadata {
        iss: unit,
        sub: unit,
        iat: NOW - 86_400,
        exp: NOW + 86_400,
        name: format!("PIU {state}"),
        keys: Keys {
            root: key(seed).verifying_key(),
            exchange: key(seed + 1).verifying_key(),
            exchange_next: None,
            legal: key(seed + 2).verifying_key(),
            ledger: key(seed + 3).verifying_key(),
            witness: None,
            hpke: SealingKeyPair::from_seed(&[seed; 32]).public_key(),
        },
        endpoint: format!("https://piu.{}.example", state.to_lowercase()).parse().unwrap(),
        certificate: Some(Certificate::from_der(b"certificate")),
        protocol: vec![PROTOCOL.into()],
        software: "piux 0.1.0".into(),
        keyset: "keyset-v1".into(),
        keysets: Vec::new(),
    }
}

fn promise() -> Promise {
    Promise {
        leaf: sha256("leaf"),
        by: Timestamp::from_seconds(NOW + 1800),
    }
}

fn pinned() -> [Digest; 2] {
    [key(10).key_id(), key(20).key_id()]
}

fn receipt_to(target: &str, responder_key: &SigningKey) -> Receipt {
    let mut request = HttpRequest {
        method: "POST".into(),
        target_uri: target.into(),
        headers: vec![
            ("content-type".into(), JSON.into()),
            ("authorization".into(), "Bearer token".into()),
        ],
        body: REQUEST_BODY.to_vec(),
    };
    sign_request(&mut request, &key(11), now(), 60, Nonce([3; 16])).unwrap();
    let mut response = HttpResponse {
        status: 200,
        headers: vec![
            ("content-type".into(), JSON.into()),
            (PROMISE_HEADER.into(), promise().to_string()),
        ],
        body: RESPONSE_BODY.to_vec(),
    };
    sign_response(&mut response, responder_key, &request, now(), Nonce([4; 16])).unwrap();
    let answered = verify_response(&response, &request, &responder_key.verifying_key(), now()).unwrap();
    let asked = parse_request(request)
        .unwrap()
        .verify(&key(11).verifying_key(), now())
        .unwrap();
    let statements = [("UTO", 10), ("RUR", 20)].map(|(state, seed)| metadata(state, seed).sign(&key(seed)).unwrap());
    Receipt::new(&asked, &answered, statements)
}

fn receipt() -> Receipt {
    receipt_to("https://piu.rur.example/v1/lookups", &key(21))
}

#[test]
fn a_receipt_proves_who_asked_whom_what_and_when() {
    let proven = Receipt::from_json(&receipt().to_json())
        .unwrap()
        .verify(&pinned())
        .unwrap();
    assert_eq!([proven.requester.state(), proven.responder.state()], ["UTO", "RUR"]);
    assert_eq!(proven.method, "POST");
    assert_eq!(proven.target, "https://piu.rur.example/v1/lookups");
    assert_eq!((proven.asked, proven.answered, proven.status), (now(), now(), 200));
    assert_eq!(proven.promise, Some(promise()));
    assert!(proven.covers(REQUEST_BODY, RESPONSE_BODY));
    assert!(!proven.covers(REQUEST_BODY, b"another"));
    assert!(!proven.covers(b"another", RESPONSE_BODY));
}

#[test]
fn a_receipt_holds_no_body() {
    let text = String::from_utf8(receipt().to_json()).unwrap();
    assert!(!text.contains("AAECAwQFBgcICQoLDA0ODw"));
}

#[test]
fn an_unpinned_root_proves_nothing() {
    let [requester, responder] = pinned();
    assert_eq!(receipt().verify(&[responder]), Err(ReceiptError::Root(Half::Request)));
    assert_eq!(receipt().verify(&[requester]), Err(ReceiptError::Root(Half::Response)));
}

#[test]
fn a_key_the_unit_never_announced_proves_nothing() {
    let forged = receipt_to("https://piu.rur.example/v1/lookups", &key(99));
    assert_eq!(forged.verify(&pinned()), Err(ReceiptError::Signature(Half::Response)));
}

#[test]
fn a_request_to_somebody_else_is_noticed() {
    for target in [
        "https://piu.utx.example/v1/lookups",
        "https://piu.rur.example.evil.example/v1/lookups",
    ] {
        assert_eq!(
            receipt_to(target, &key(21)).verify(&pinned()),
            Err(ReceiptError::Address)
        );
    }
}

#[test]
fn the_answer_to_another_request_is_noticed() {
    let other = receipt_to("https://piu.rur.example/v1/disclosures", &key(21));
    let mixed = Receipt {
        request: other.request,
        ..receipt()
    };
    assert_eq!(mixed.verify(&pinned()), Err(ReceiptError::OtherRequest));
}

#[test]
fn metadata_of_another_time_proves_nothing() {
    let late = Metadata {
        iat: NOW + 3600,
        ..metadata("RUR", 20)
    };
    let mut receipt = receipt();
    receipt.response.metadata = late.sign(&key(20)).unwrap();
    let refused = receipt.verify(&pinned());
    assert!(
        matches!(refused, Err(ReceiptError::Metadata(Half::Response, _))),
        "{refused:?}"
    );
}

#[test]
fn an_invented_or_missing_promise_is_noticed() {
    let invented = Promise {
        leaf: sha256("other"),
        ..promise()
    };
    for promise in [None, Some(invented)] {
        let changed = Receipt { promise, ..receipt() };
        assert_eq!(changed.verify(&pinned()), Err(ReceiptError::Promise));
    }
}

#[test]
fn the_vectors_hold() {
    let kept = include_bytes!("../vectors/receipt/receipt.json");
    let vector: Value = serde_json::from_slice(kept).unwrap();
    let kept: Receipt = serde_json::from_value(vector["receipt"].clone()).unwrap();
    assert_eq!(kept, receipt());
    let roots: Vec<Digest> = serde_json::from_value(vector["pinned"].clone()).unwrap();
    assert!(kept.verify(&roots).is_ok());
}

#[test]
fn print_the_vectors_when_asked() {
    if std::env::var_os("PIUX_PRINT_VECTORS").is_none() {
        return;
    }
    let value = serde_json::json!({
        "expect": "success",
        "comment": "Seeds are one byte repeated 32 times: requester root 10, exchange 11; responder root 20, exchange 21.",
        "pinned": pinned(), "receipt": receipt(),
        "request_body": String::from_utf8_lossy(REQUEST_BODY), "response_body": String::from_utf8_lossy(RESPONSE_BODY),
    });
    println!("{}", serde_json::to_string_pretty(&value).unwrap());
}

proptest! {
    #[test]
    fn any_change_of_any_line_is_noticed(
        in_response in any::<bool>(), line in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(), with in "[ -~\n]",
    ) {
        let mut changed = receipt();
        let half = if in_response { &mut changed.response } else { &mut changed.request };
        let index = line.index(half.covered.len());
        let line = &mut half.covered[index];
        let at = at.index(line.len());
        line.replace_range(at..=at, &with);
        prop_assume!(changed != receipt());
        prop_assert!(changed.verify(&pinned()).is_err());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(Receipt::from_json(&bytes), Err(ReceiptError::Form));
    }
}
