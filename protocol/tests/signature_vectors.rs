//! The signature base and the profile against vectors (RFC 9421 B.2.6, SPEC.md 2).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use base64::{Engine, engine::general_purpose::STANDARD};
use piux_protocol::signature::base::{Message, components, signature_base};
use piux_protocol::signature::structured_field::{Value, parse_dictionary};
use piux_protocol::signature::{
    HttpRequest, HttpResponse, SigningKey, VerifyingKey, parse_request, sign_request, sign_response, verify_response,
};
use piux_protocol::vocabulary::{Nonce, Timestamp, decode_base64url};
use serde_json::{Value as Json, json};
use std::path::PathBuf;

#[test]
fn rfc_9421_b_2_6_comes_out_byte_for_byte() {
    let vector = read("rfc9421-b26");
    let request = request_of(&vector["request"]);
    let field = format!("sig-b26={}", text(&vector["parameters"]));
    let members = parse_dictionary(&field).unwrap();
    let Value::List(list) = &members[0].value else {
        panic!("a list")
    };
    let base = signature_base(Message::Request(&request), &components(list).unwrap(), members[0].raw).unwrap();
    assert_eq!(base, text(&vector["base"]));

    let key = SigningKey::from_seed(&decode_base64url(text(&vector["seed"])).unwrap().try_into().unwrap());
    let published: VerifyingKey = serde_json::from_value(vector["jwk"].clone()).unwrap();
    assert_eq!(key.verifying_key(), published);
    let signature = key.sign(base.as_bytes());
    assert_eq!(STANDARD.encode(signature), text(&vector["signature"]));
    assert_eq!(published.verify(base.as_bytes(), &signature), Ok(()));
}

#[test]
fn the_profile_signs_exactly_like_its_vectors() {
    let fresh: Vec<Json> = plain_requests().into_iter().map(exchange).collect();
    let path = folder().join("profile.json");
    if std::env::var_os("PIUX_WRITE_VECTORS").is_some() {
        std::fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&fresh).unwrap())).unwrap();
    }
    assert_eq!(read("profile"), Json::Array(fresh));
}

#[test]
fn the_vectors_verify_as_written() {
    for vector in read("profile").as_array().unwrap() {
        let request = request_of(&vector["signed_request"]);
        let now: Timestamp = text(&vector["created"]).parse().unwrap();
        let key: VerifyingKey = serde_json::from_value(vector["requester_jwk"].clone()).unwrap();
        let verified = parse_request(request.clone()).unwrap().verify(&key, now).unwrap();
        assert_eq!(verified.covered(), text(&vector["request_base"]));
        assert_eq!(verified.request_hash().to_string(), text(&vector["request_hash"]));

        let response = response_of(&vector["signed_response"]);
        let key: VerifyingKey = serde_json::from_value(vector["responder_jwk"].clone()).unwrap();
        let answer = verify_response(&response, &request, &key, now).unwrap();
        assert_eq!(answer.covered(), text(&vector["response_base"]));
    }
}

/// One request for each component list, and the one with an idempotency key.
fn plain_requests() -> Vec<HttpRequest> {
    let json = ("content-type", "application/json");
    let token = ("authorization", "Bearer eyJ0eXAiOiJhdCtqd3QifQ.e30.AA");
    let key = ("idempotency-key", "\"5c1d\"");
    let body = r#"{"v":1,"salt":"AAECAwQFBgcICQoLDA0ODw"}"#;
    let request = |method: &str, path: &str, headers: &[(&str, &str)], body: &str| HttpRequest {
        method: method.to_owned(),
        target_uri: format!("https://piu.uto.example/{path}"),
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.as_bytes().to_vec(),
    };
    vec![
        request("POST", "v1/lookups", &[json, token], body),
        request("POST", "v1/disclosures", &[json, token, key], body),
        request(
            "POST",
            "oauth/token",
            &[("content-type", "application/x-www-form-urlencoded")],
            "grant_type=client_credentials",
        ),
        request("GET", "v1/epochs/UTO-RUR-2026", &[token], ""),
    ]
}

/// A request and its response, signed with fixed keys, nonces and time.
fn exchange(mut request: HttpRequest) -> Json {
    let (requester, responder) = (SigningKey::from_seed(&[1; 32]), SigningKey::from_seed(&[2; 32]));
    let created = Timestamp::from_seconds(1_795_287_731);
    sign_request(&mut request, &requester, created, 60, Nonce([3; 16])).unwrap();
    let mut response = HttpResponse {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/vnd.piux.lookup".to_owned())],
        body: b"answer".to_vec(),
    };
    if request.target_uri.ends_with("lookups") {
        response
            .headers
            .push(("piux-promise".to_owned(), "leaf=:AAAA:".to_owned()));
    }
    sign_response(&mut response, &responder, &request, created, Nonce([4; 16])).unwrap();
    let verified = parse_request(request.clone())
        .unwrap()
        .verify(&requester.verifying_key(), created)
        .unwrap();
    let answer = verify_response(&response, &request, &responder.verifying_key(), created).unwrap();
    json!({
        "requester_seed": hex::encode([1; 32]), "requester_jwk": requester.verifying_key(),
        "responder_seed": hex::encode([2; 32]), "responder_jwk": responder.verifying_key(),
        "created": created,
        "request_base": verified.covered(), "request_hash": verified.request_hash(),
        "response_base": answer.covered(),
        "signed_request": {
            "method": request.method, "target_uri": request.target_uri, "headers": request.headers,
            "body": String::from_utf8(request.body.clone()).unwrap(),
        },
        "signed_response": {
            "status": response.status, "headers": response.headers,
            "body": String::from_utf8(response.body.clone()).unwrap(),
        },
    })
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors/signature")
}

fn read(name: &str) -> Json {
    let path = folder().join(name).with_extension("json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap()
}

fn headers_of(value: &Json) -> Vec<(String, String)> {
    serde_json::from_value(value.clone()).unwrap()
}

fn request_of(value: &Json) -> HttpRequest {
    HttpRequest {
        method: text(&value["method"]).to_owned(),
        target_uri: text(&value["target_uri"]).to_owned(),
        headers: headers_of(&value["headers"]),
        body: text(&value["body"]).as_bytes().to_vec(),
    }
}

fn response_of(value: &Json) -> HttpResponse {
    HttpResponse {
        status: u16::try_from(value["status"].as_u64().unwrap()).unwrap(),
        headers: headers_of(&value["headers"]),
        body: text(&value["body"]).as_bytes().to_vec(),
    }
}
