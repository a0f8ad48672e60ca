//! What the signature profile refuses (SPEC.md 2).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use piux_protocol::signature::base::{Component, Message, signature_base};
use piux_protocol::signature::{
    HttpRequest, HttpResponse, SignatureError, SigningKey, parse_request, sign_request, sign_response, verify_response,
};
use piux_protocol::vocabulary::{Nonce, Timestamp};
use proptest::prelude::*;

const NOW: i64 = 1_795_287_731;

fn now() -> Timestamp {
    Timestamp::from_seconds(NOW)
}

fn requester() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

fn responder() -> SigningKey {
    SigningKey::from_seed(&[2; 32])
}

fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn plain_request() -> HttpRequest {
    HttpRequest {
        method: "POST".to_owned(),
        target_uri: "https://piu.uto.example/v1/lookups".to_owned(),
        headers: headers(&[("Content-Type", "application/json"), ("Authorization", "Bearer abc")]),
        body: br#"{"v":1}"#.to_vec(),
    }
}

fn signed_request() -> HttpRequest {
    let mut request = plain_request();
    sign_request(&mut request, &requester(), now(), 60, Nonce([3; 16])).unwrap();
    request
}

fn answered() -> (HttpResponse, HttpRequest) {
    let request = signed_request();
    let mut response = HttpResponse {
        status: 200,
        headers: headers(&[
            ("content-type", "application/vnd.piux.lookup"),
            ("piux-promise", "leaf=1"),
        ]),
        body: b"answer".to_vec(),
    };
    sign_response(&mut response, &responder(), &request, now(), Nonce([4; 16])).unwrap();
    (response, request)
}

fn accept(request: HttpRequest) -> Result<(), SignatureError> {
    accept_at(request, now())
}

fn accept_at(request: HttpRequest, now: Timestamp) -> Result<(), SignatureError> {
    parse_request(request)?
        .verify(&requester().verifying_key(), now)
        .map(|_| ())
}

fn accept_answer(response: &HttpResponse, request: &HttpRequest) -> Result<(), SignatureError> {
    verify_response(response, request, &responder().verifying_key(), now()).map(|_| ())
}

/// Rewrites the value of one header.
fn edit(headers: &mut [(String, String)], name: &str, change: impl Fn(&str) -> String) {
    let (_, value) = headers
        .iter_mut()
        .find(|(other, _)| other.eq_ignore_ascii_case(name))
        .unwrap();
    *value = change(value);
}

/// Signs any list of components with any parameters, as a careless or hostile sender would.
fn signed_over(mut request: HttpRequest, list: &[&str], parameters: &str) -> HttpRequest {
    request.headers.retain(|(name, _)| !name.starts_with("signature"));
    let quoted: Vec<_> = list.iter().map(|name| format!("\"{name}\"")).collect();
    let input = format!("({}){parameters}", quoted.join(" "));
    let components: Vec<_> = list.iter().map(|name| Component::named(name)).collect();
    let base = signature_base(Message::Request(&request), &components, &input).unwrap();
    let signature = {
        use base64::{Engine, engine::general_purpose::STANDARD};
        STANDARD.encode(requester().sign(base.as_bytes()))
    };
    request
        .headers
        .push(("signature-input".to_owned(), format!("piux={input}")));
    request
        .headers
        .push(("signature".to_owned(), format!("piux=:{signature}:")));
    request
}

fn parameters() -> Vec<String> {
    vec![
        format!(";created={NOW}"),
        format!(";expires={}", NOW + 60),
        format!(";nonce=\"{}\"", Nonce([3; 16])),
        format!(";keyid=\"{}\"", requester().key_id()),
        ";tag=\"piux-request\"".to_owned(),
    ]
}

const LIST: [&str; 5] = [
    "@method",
    "@target-uri",
    "content-type",
    "content-digest",
    "authorization",
];

#[test]
fn a_signed_request_is_accepted_and_tells_what_was_proved() {
    let signed = parse_request(signed_request()).unwrap();
    assert_eq!(signed.key_id(), requester().key_id());
    let verified = signed.verify(&requester().verifying_key(), now()).unwrap();
    assert_eq!((verified.nonce(), verified.created()), (Nonce([3; 16]), now()));
    assert_eq!(verified.body(), plain_request().body);
    assert!(
        verified
            .covered()
            .starts_with("\"@method\": POST\n\"@target-uri\": https://piu.uto.example/v1/lookups\n")
    );
    assert_eq!(
        requester()
            .verifying_key()
            .verify(verified.covered().as_bytes(), verified.signature()),
        Ok(())
    );
}

#[test]
fn parameters_are_accepted_in_any_order_as_received() {
    let request = signed_request();
    let mut backwards = parameters();
    backwards.reverse();
    assert_eq!(accept(signed_over(request.clone(), &LIST, &backwards.concat())), Ok(()));
    assert_eq!(
        accept(signed_over(request, &LIST, &parameters().concat().replace(";n", "; n"))),
        Ok(())
    );
}

#[test]
fn an_absent_repeated_or_unknown_parameter_is_refused() {
    for left_out in 0..5 {
        let mut fewer = parameters();
        fewer.remove(left_out);
        let request = signed_over(signed_request(), &LIST, &fewer.concat());
        assert_eq!(accept(request), Err(SignatureError::Parameters));
        let mut twice = parameters();
        twice.push(twice[left_out].clone());
        assert_eq!(
            accept(signed_over(signed_request(), &LIST, &twice.concat())),
            Err(SignatureError::Malformed)
        );
    }
    let request = signed_over(signed_request(), &LIST, &(parameters().concat() + ";alg=\"ed25519\""));
    assert_eq!(accept(request), Err(SignatureError::Parameters));
}

#[test]
fn a_life_of_more_than_a_minute_is_refused() {
    let mut long = parameters();
    long[1] = format!(";expires={}", NOW + 61);
    assert_eq!(
        accept(signed_over(signed_request(), &LIST, &long.concat())),
        Err(SignatureError::Parameters)
    );
    let mut request = plain_request();
    let refused = sign_request(&mut request, &requester(), now(), 61, Nonce([3; 16]));
    assert_eq!(refused, Err(SignatureError::Parameters));
}

#[test]
fn the_window_runs_from_sixty_seconds_before_to_ten_after() {
    for (later, expected) in [
        (-11, Err(SignatureError::Window)),
        (-10, Ok(())),
        (60, Ok(())),
        (61, Err(SignatureError::Window)),
    ] {
        assert_eq!(
            accept_at(signed_request(), now().plus_seconds(later)),
            expected,
            "{later} s"
        );
    }
    let mut short = plain_request();
    sign_request(&mut short, &requester(), now(), 5, Nonce([3; 16])).unwrap();
    assert_eq!(accept_at(short, now().plus_seconds(6)), Err(SignatureError::Window));
}

#[test]
fn a_tag_of_the_other_direction_is_refused() {
    let tag = parameters().concat().replace("piux-request", "piux-response");
    assert_eq!(
        accept(signed_over(signed_request(), &LIST, &tag)),
        Err(SignatureError::Parameters)
    );
}

#[test]
fn a_request_without_what_its_list_covers_cannot_be_signed() {
    for name in ["Content-Type", "Authorization"] {
        let mut request = plain_request();
        request.headers.retain(|(other, _)| other != name);
        if name == "Authorization" {
            request.body.clear();
        }
        let refused = sign_request(&mut request, &requester(), now(), 60, Nonce([3; 16]));
        assert_eq!(refused, Err(SignatureError::Absent));
    }
}

#[test]
fn an_unsigned_request_is_told_apart() {
    assert_eq!(accept(plain_request()), Err(SignatureError::Unsigned));
}

#[test]
fn every_covered_part_of_a_request_is_protected() {
    let changes: [fn(&mut HttpRequest); 8] = [
        |request| request.method = "PUT".to_owned(),
        |request| request.target_uri.push('/'),
        |request| request.target_uri = request.target_uri.replace("uto", "rur"),
        |request| request.body.push(b' '),
        |request| request.body.clear(),
        |request| edit(&mut request.headers, "content-type", |_| "application/xml".to_owned()),
        |request| edit(&mut request.headers, "authorization", |value| value.to_uppercase()),
        |request| request.headers.push(("idempotency-key".to_owned(), "\"1\"".to_owned())),
    ];
    for (position, change) in changes.into_iter().enumerate() {
        let mut request = signed_request();
        change(&mut request);
        assert!(accept(request).is_err(), "change {position}");
    }
}

#[test]
fn a_swapped_body_is_refused_with_its_digest_swapped_too() {
    let mut request = signed_request();
    request.body = b"{}".to_vec();
    assert_eq!(accept(request.clone()), Err(SignatureError::Digest));
    edit(&mut request.headers, "content-digest", |_| {
        piux_protocol::signature::content_digest(b"{}")
    });
    assert_eq!(accept(request), Err(SignatureError::Invalid));
}

#[test]
fn a_body_that_lost_its_digest_does_not_pass_for_a_request_without_body() {
    let mut request = plain_request();
    request.method = "GET".to_owned();
    request.body.clear();
    sign_request(&mut request, &requester(), now(), 60, Nonce([3; 16])).unwrap();
    assert_eq!(accept(request.clone()), Ok(()));
    request.body = b"{}".to_vec();
    assert_eq!(accept(request), Err(SignatureError::Components));
}

#[test]
fn another_digest_algorithm_beside_sha_256_is_refused() {
    let mut request = signed_request();
    edit(&mut request.headers, "content-digest", |value| {
        format!("{value}, sha-512=:AAAA:")
    });
    let request = signed_over(request, &LIST, &parameters().concat());
    assert_eq!(accept(request), Err(SignatureError::Malformed));
}

#[test]
fn a_second_signature_is_refused() {
    for name in ["signature", "signature-input"] {
        let mut request = signed_request();
        edit(&mut request.headers, name, |value| {
            format!("{value}, {}", value.replace("piux=", "other="))
        });
        assert_eq!(accept(request), Err(SignatureError::Malformed));
        let mut request = signed_request();
        let again = request.headers.iter().find(|(other, _)| other == name).unwrap().clone();
        request.headers.push(again);
        assert_eq!(accept(request), Err(SignatureError::Repeated));
    }
}

#[test]
fn another_key_with_the_same_name_is_refused() {
    let signed = parse_request(signed_request()).unwrap();
    assert_eq!(
        signed.verify(&responder().verifying_key(), now()).map(|_| ()),
        Err(SignatureError::Key)
    );
    let named_otherwise = parameters()
        .concat()
        .replace(&requester().key_id().to_string(), &responder().key_id().to_string());
    let request = signed_over(signed_request(), &LIST, &named_otherwise);
    let signed = parse_request(request).unwrap();
    assert_eq!(
        signed.verify(&responder().verifying_key(), now()).map(|_| ()),
        Err(SignatureError::Invalid)
    );
}

#[test]
fn a_response_belongs_to_one_request_only() {
    let (response, request) = answered();
    assert_eq!(accept_answer(&response, &request), Ok(()));
    let mut other = plain_request();
    sign_request(&mut other, &requester(), now(), 60, Nonce([9; 16])).unwrap();
    assert_eq!(accept_answer(&response, &other), Err(SignatureError::Invalid));
    let changes: [fn(&mut HttpRequest); 4] = [
        |request| request.method = "PUT".to_owned(),
        |request| request.target_uri.push('/'),
        |request| {
            edit(&mut request.headers, "content-digest", |_| {
                piux_protocol::signature::content_digest(b"")
            })
        },
        |request| {
            edit(&mut request.headers, "signature-input", |value| {
                value.replace("piux-request", "other")
            })
        },
    ];
    for change in changes {
        let mut changed = request.clone();
        change(&mut changed);
        assert_eq!(accept_answer(&response, &changed), Err(SignatureError::Invalid));
    }
}

#[test]
fn every_covered_part_of_a_response_is_protected() {
    let changes: [fn(&mut HttpResponse); 7] = [
        |response| response.status = 202,
        |response| response.body.push(0),
        |response| edit(&mut response.headers, "content-type", |_| "text/plain".to_owned()),
        |response| edit(&mut response.headers, "piux-promise", |_| "leaf=2".to_owned()),
        |response| response.headers.retain(|(name, _)| name != "piux-promise"),
        |response| response.headers.push(("piux-promise".to_owned(), "leaf=1".to_owned())),
        |response| {
            response
                .headers
                .push(("content-type".to_owned(), "text/plain".to_owned()))
        },
    ];
    for (position, change) in changes.into_iter().enumerate() {
        let (mut response, request) = answered();
        change(&mut response);
        assert!(accept_answer(&response, &request).is_err(), "change {position}");
    }
}

#[test]
fn a_response_can_be_signed_again_in_place_of_itself() {
    let (mut response, request) = answered();
    sign_response(&mut response, &responder(), &request, now(), Nonce([5; 16])).unwrap();
    assert_eq!(accept_answer(&response, &request), Ok(()));
}

#[test]
fn a_line_break_cannot_be_smuggled_into_the_base() {
    let mut request = plain_request();
    edit(&mut request.headers, "content-type", |_| {
        "a\n\"authorization\": Bearer b".to_owned()
    });
    let refused = sign_request(&mut request, &requester(), now(), 60, Nonce([3; 16]));
    assert_eq!(refused, Err(SignatureError::Malformed));
}

#[test]
fn a_message_does_not_print_its_content() {
    assert_eq!(format!("{:?}", plain_request()), "HttpRequest(POST, 7 bytes)");
}

/// A header text near enough to a real one to get past the first checks.
fn odd_header() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,80}",
        "piux=[a-z():;\"=@, 0-9-]{0,80}",
        Just("piux=()".to_owned()),
        Just("piux=(\"@method\";req)".to_owned()),
        Just("piux=(1);created=999999999999999".to_owned()),
    ]
}

proptest! {
    #[test]
    fn any_other_order_or_choice_of_components_is_refused(
        list in prop::sample::subsequence(LIST.to_vec(), 0..=5).prop_shuffle()
    ) {
        prop_assume!(list != LIST);
        let request = signed_over(signed_request(), &list, &parameters().concat());
        prop_assert_eq!(accept(request), Err(SignatureError::Components));
    }

    #[test]
    fn a_repeated_component_is_refused(repeated in 0_usize..5, position in 0_usize..=5) {
        let mut list = LIST.to_vec();
        list.insert(position, LIST[repeated]);
        let request = signed_over(signed_request(), &list, &parameters().concat());
        prop_assert_eq!(accept(request), Err(SignatureError::Components));
    }

    #[test]
    fn a_covered_header_that_is_doubled_or_gone_is_refused(position in any::<prop::sample::Index>(), doubled: bool) {
        let mut request = signed_request();
        let position = position.index(request.headers.len());
        if doubled {
            let header = request.headers[position].clone();
            request.headers.push(header);
        } else {
            request.headers.remove(position);
        }
        prop_assert!(accept(request).is_err());
    }

    #[test]
    fn a_change_of_one_byte_anywhere_is_refused(
        part in 0_usize..4, position in any::<prop::sample::Index>(), flip in 1_u8..128
    ) {
        let mut request = signed_request();
        let flip_in = |text: &str| {
            let mut bytes = text.as_bytes().to_vec();
            let position = position.index(bytes.len());
            bytes[position] ^= flip;
            String::from_utf8(bytes).unwrap_or_default()
        };
        match part {
            0 => request.method = flip_in(&request.method),
            1 => request.target_uri = flip_in(&request.target_uri),
            2 => {
                let position = position.index(request.body.len());
                request.body[position] ^= flip;
            }
            _ => {
                let header = position.index(request.headers.len());
                request.headers[header].1 = flip_in(&request.headers[header].1);
            }
        }
        prop_assert!(accept(request).is_err());
    }

    #[test]
    fn a_change_of_one_byte_of_the_response_is_refused(
        position in any::<prop::sample::Index>(), flip in 1_u8..128
    ) {
        let (mut response, request) = answered();
        let header = position.index(response.headers.len());
        let mut bytes = response.headers[header].1.clone().into_bytes();
        let position = position.index(bytes.len());
        bytes[position] ^= flip;
        response.headers[header].1 = String::from_utf8(bytes).unwrap_or_default();
        prop_assert!(accept_answer(&response, &request).is_err());
    }

    #[test]
    fn nothing_makes_reading_a_request_panic(
        method in "\\PC{0,10}", uri in "\\PC{0,40}", input in odd_header(), signature in odd_header(),
        digest in odd_header(), body in prop::collection::vec(any::<u8>(), 0..20)
    ) {
        let request = HttpRequest {
            method,
            target_uri: uri,
            headers: headers(&[
                ("content-type", "application/json"), ("content-digest", &digest), ("authorization", "x"),
                ("signature-input", &input), ("signature", &signature),
            ]),
            body,
        };
        prop_assert!(accept(request).is_err());
    }
}
