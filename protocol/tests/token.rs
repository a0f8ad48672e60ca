//! Purpose tokens: asked for, granted, presented, refused.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use piux_protocol::jws::{self, JwsError};
use piux_protocol::message::strict_json;
use piux_protocol::signature::SigningKey;
use piux_protocol::token::{
    AccessToken, Assertion, AuthorizationDetails, Grant, Granted, Opening, Reasons, TokenError, TokenRequest,
};
use piux_protocol::vocabulary::{Action, Class, Random, Timestamp, UnitId, sha256};
use proptest::prelude::*;
use serde_json::{Value, json};

const NOW: i64 = 1_795_287_731;

/// Counts upwards from a start: chance that a vector can name.
struct Counting(u8);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for (byte, value) in bytes.iter_mut().zip(self.0..) {
            *byte = value;
        }
    }
}

fn uto() -> UnitId {
    UnitId::of_state("UTO").unwrap()
}

fn rur() -> UnitId {
    UnitId::of_state("RUR").unwrap()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn details_json() -> Value {
    let commit = |label: &str, value: &str| Opening::draw(label, value, &Counting(1)).unwrap().commitment();
    json!({
        "type": "piux_query", "actions": ["lookup", "disclose"], "agreement": "UTO-RUR-2026",
        "agreement_version": sha256("agreement"), "purpose": "terrorist_offences", "offence": "TER",
        "basis": "pnr_9_2", "classes": ["DOC", "NX"], "scope": "tight",
        "declares": ["case_specific", "air_link"], "urgent": false,
        "case": commit("case", "C-1"), "officer": commit("officer", "O-1"),
        "reason_code": "identification", "reasons": commit("reasons", "because"),
    })
}

fn details() -> AuthorizationDetails {
    read(&details_json()).unwrap()
}

fn read(value: &Value) -> Result<AuthorizationDetails, piux_protocol::message::JsonError> {
    strict_json(value.to_string().as_bytes(), 10_000)
}

fn access_token() -> AccessToken {
    let grant = Grant {
        responder: rur(),
        requester: uto(),
        jkt: key(1).key_id(),
        details: details(),
        policy: sha256("policy"),
    };
    AccessToken::issue(grant, at(NOW), &Counting(7))
}

fn present(text: &str, seconds: i64) -> Result<AccessToken, TokenError> {
    AccessToken::verify(
        text,
        &[key(2).verifying_key()],
        [uto(), rur()],
        key(1).key_id(),
        at(seconds),
    )
}

#[test]
fn details_read_and_write_alike() {
    assert_eq!(serde_json::to_value(details()).unwrap(), details_json());
}

#[test]
fn details_that_contradict_themselves_are_refused() {
    let mut cases = vec![];
    for (member, value) in [
        ("type", json!("other")),
        ("actions", json!([])),
        ("actions", json!(["lookup", "lookup"])),
        ("classes", json!([])),
        ("classes", json!(["DOC", "DOC"])),
        ("declares", json!(["air_link", "air_link"])),
        ("purpose", json!("tourism")),
        ("reasons_text", json!("both told and hidden")),
        ("reason_code", json!("Free text")),
        ("surprise", json!(1)),
    ] {
        let mut changed = details_json();
        changed[member] = value;
        cases.push((member, changed));
    }
    let mut none = details_json();
    none.as_object_mut().unwrap().remove("reasons");
    cases.push(("no reasons", none));
    for (name, changed) in cases {
        assert!(read(&changed).is_err(), "{name}");
    }
}

#[test]
fn reasons_in_clear_belong_to_a_disclosure() {
    let mut clear = details_json();
    clear.as_object_mut().unwrap().remove("reasons");
    clear["reasons_text"] = json!("REASON-MARKER");
    assert!(read(&clear).is_err());

    clear["actions"] = json!(["disclose"]);
    let read = read(&clear).unwrap();
    assert_eq!(read.need.reasons, Reasons::Text("REASON-MARKER".into()));
    assert_eq!(serde_json::to_value(&read).unwrap(), clear);
    assert!(!format!("{read:?}").contains("MARKER"));
}

#[test]
fn a_grant_may_only_narrow() {
    let narrower = AuthorizationDetails {
        actions: vec![Action::Lookup],
        classes: vec![Class::Nx],
        ..details()
    };
    assert!(details().narrows(&details()));
    assert!(narrower.narrows(&details()));
    assert!(!details().narrows(&narrower));
    let other = AuthorizationDetails {
        urgent: true,
        ..details()
    };
    assert!(!other.narrows(&details()));
}

#[test]
fn an_assertion_serves_its_audience_for_a_minute() {
    let made = Assertion::new(uto(), rur(), at(NOW), &Counting(3));
    let text = made.sign(&key(1)).unwrap();
    let verify = |units, seconds| Assertion::verify(&text, &key(1).verifying_key(), units, at(seconds));
    assert_eq!(verify([uto(), rur()], NOW), Ok(made.clone()));
    assert_eq!(verify([uto(), rur()], NOW + 59), Ok(made));
    assert_eq!(verify([uto(), rur()], NOW + 60), Err(TokenError::Expired));
    assert_eq!(verify([uto(), rur()], NOW - 11), Err(TokenError::Early));
    assert_eq!(verify([uto(), uto()], NOW), Err(TokenError::Audience));
    assert_eq!(verify([rur(), rur()], NOW), Err(TokenError::Issuer));
    assert_eq!(Assertion::key_id(&text), Ok(key(1).key_id()));
}

#[test]
fn an_assertion_that_claims_longer_life_is_refused() {
    let mut long = Assertion::new(uto(), rur(), at(NOW), &Counting(3));
    long.exp += 1;
    let text = long.sign(&key(1)).unwrap();
    let refused = Assertion::verify(&text, &key(1).verifying_key(), [uto(), rur()], at(NOW));
    assert_eq!(refused, Err(TokenError::TooLong));
}

#[test]
fn an_audience_list_is_refused() {
    let mut claims = serde_json::to_value(Assertion::new(uto(), rur(), at(NOW), &Counting(3))).unwrap();
    claims["aud"] = json!([rur(), uto()]);
    let text = jws::sign(jws::CLIENT_AUTHENTICATION, &claims, &key(1)).unwrap();
    let refused = Assertion::verify(&text, &key(1).verifying_key(), [uto(), rur()], at(NOW));
    assert_eq!(refused, Err(TokenError::Statement(JwsError::Payload)));
}

#[test]
fn an_access_token_serves_its_key_for_five_minutes() {
    let text = access_token().sign(&key(2)).unwrap();
    assert_eq!(present(&text, NOW), Ok(access_token()));
    assert_eq!(present(&text, NOW + 299), Ok(access_token()));
    assert_eq!(present(&text, NOW + 300), Err(TokenError::Expired));
    assert_eq!(present(&text, NOW - 11), Err(TokenError::Early));
}

#[test]
fn a_stolen_token_is_worthless_with_another_key() {
    let text = access_token().sign(&key(2)).unwrap();
    let keys = [key(2).verifying_key()];
    let thief = AccessToken::verify(&text, &keys, [uto(), rur()], key(9).key_id(), at(NOW));
    assert_eq!(thief, Err(TokenError::Confirmation));
    let other = AccessToken::verify(&text, &keys, [rur(), rur()], key(1).key_id(), at(NOW));
    assert_eq!(other, Err(TokenError::Subject));
    let elsewhere = AccessToken::verify(&text, &keys, [uto(), uto()], key(1).key_id(), at(NOW));
    assert_eq!(elsewhere, Err(TokenError::Issuer));
}

#[test]
fn a_token_made_by_its_bearer_is_refused() {
    let text = access_token().sign(&key(1)).unwrap();
    assert_eq!(present(&text, NOW), Err(TokenError::Statement(JwsError::UnknownKey)));
}

#[test]
fn an_assertion_is_no_access_token() {
    let text = Assertion::new(uto(), rur(), at(NOW), &Counting(3))
        .sign(&key(2))
        .unwrap();
    assert_eq!(present(&text, NOW), Err(TokenError::Statement(JwsError::Header)));
}

#[test]
fn the_answer_hands_the_token_over() {
    let token = access_token();
    let granted = Granted::new(&token, token.sign(&key(2)).unwrap());
    let header = granted.authorization();
    let presented = Granted::token_in(&header).unwrap();
    assert_eq!(present(presented, NOW).unwrap().details(), granted.details());
    assert_eq!(Granted::token_in("Basic abc"), None);
}

#[test]
fn a_token_request_reads_back_from_its_form() {
    let request = TokenRequest {
        assertion: Assertion::new(uto(), rur(), at(NOW), &Counting(3))
            .sign(&key(1))
            .unwrap(),
        details: details(),
    };
    let form = request.to_form().unwrap();
    assert_eq!(TokenRequest::from_form(&form), Ok(request));
}

#[test]
fn the_vectors_hold() {
    let text = include_str!("../vectors/token/token.json");
    let vector: Value = serde_json::from_str(text).unwrap();
    assert_eq!(vector, vectors());
}

/// Everything in the vector file, recomputed; print it with `PIUX_PRINT_VECTORS=1`.
fn vectors() -> Value {
    let opening = Opening::draw("case", "C-1", &Counting(1)).unwrap();
    let assertion = Assertion::new(uto(), rur(), at(NOW), &Counting(3));
    let token = access_token();
    let value = json!({
        "expect": "success",
        "comment": "Every seed is one byte repeated 32 times; salts and names count upwards from their first byte.",
        "commitment": {"opening": opening, "commitment": opening.commitment()},
        "assertion": {"seed": 1, "claims": assertion, "jws": assertion.sign(&key(1)).unwrap()},
        "access_token": {"seed": 2, "jkt": key(1).key_id(), "claims": token, "jws": token.sign(&key(2)).unwrap()},
        "form": String::from_utf8(TokenRequest {
            assertion: assertion.sign(&key(1)).unwrap(), details: details(),
        }.to_form().unwrap()).unwrap(),
    });
    if std::env::var_os("PIUX_PRINT_VECTORS").is_some() {
        println!("{}", serde_json::to_string_pretty(&value).unwrap());
    }
    value
}

#[test]
fn an_opening_opens_only_what_was_committed_to() {
    let opening = Opening::draw("case", "C-1", &Counting(1)).unwrap();
    assert!(opening.opens(&opening.commitment()));
    let other = Opening::draw("case", "C-2", &Counting(1)).unwrap();
    assert!(!other.opens(&opening.commitment()));
    let resalted = Opening::draw("case", "C-1", &Counting(2)).unwrap();
    assert!(!resalted.opens(&opening.commitment()));
    assert_eq!(format!("{opening:?}"), "Opening(..)");
    assert!(Opening::draw("case", &"x".repeat(65_536), &Counting(1)).is_err());
}

proptest! {
    #[test]
    fn openings_of_different_label_and_value_never_meet(a in ".{0,20}", b in ".{0,20}", c in ".{0,20}", d in ".{0,20}") {
        prop_assume!((&a, &b) != (&c, &d));
        let first = Opening::draw(&a, &b, &Counting(1)).unwrap();
        let second = Opening::draw(&c, &d, &Counting(1)).unwrap();
        prop_assert_ne!(first.commitment(), second.commitment());
    }

    #[test]
    fn an_opening_writes_and_reads_back(label in ".{0,20}", value in ".{0,200}") {
        let opening = Opening::draw(&label, &value, &Counting(9)).unwrap();
        let text = serde_json::to_vec(&opening).unwrap();
        prop_assert_eq!(strict_json::<Opening>(&text, 10_000), Ok(opening));
    }
}
