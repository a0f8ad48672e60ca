//! Whoever changes any part a signature covers is answered like a stranger, and nothing is recorded.

use piux_protocol::signature::HttpRequest;
use piux_tests::{Clerk, World, person, problem_of};

type Change = fn(&mut HttpRequest);

const CHANGES: &[(&str, Change)] = &[
    ("body", |request| flip(request.body.last_mut().unwrap())),
    ("content-digest", |request| {
        edit(request, "content-digest", |value| {
            value.replacen("sha-256=:", "sha-256=:A", 1)
        })
    }),
    ("content-digest of another algorithm", |request| {
        edit(request, "content-digest", |value| value.replace("sha-256", "sha-512"));
    }),
    ("content-type", |request| {
        edit(request, "content-type", |_| "application/octet-stream".to_owned())
    }),
    ("authorization", |request| {
        edit(request, "authorization", |value| value.replacen('.', "A.", 1))
    }),
    ("no authorization", |request| remove(request, "authorization")),
    ("created", |request| parameter(request, "created")),
    ("expires", |request| parameter(request, "expires")),
    ("nonce", |request| {
        edit(request, "signature-input", |value| next_letter(&value, "nonce=\""))
    }),
    ("keyid", |request| {
        edit(request, "signature-input", |value| next_letter(&value, "keyid=\""))
    }),
    ("tag", |request| {
        edit(request, "signature-input", |value| {
            value.replace("piux-request", "piux-response")
        })
    }),
    ("component left out", |request| {
        edit(request, "signature-input", |value| {
            value.replace(" \"authorization\"", "")
        });
    }),
    ("component added", |request| {
        edit(request, "signature-input", |value| {
            value.replace("\"@method\"", "\"@method\" \"@authority\"")
        });
    }),
    ("order of components", |request| {
        edit(request, "signature-input", |value| {
            value.replace("\"@method\" \"@target-uri\"", "\"@target-uri\" \"@method\"")
        });
    }),
    ("signature", |request| {
        edit(request, "signature", |value| next_letter(&value, "piux=:"))
    }),
    ("label", |request| {
        edit(request, "signature", |value| value.replace("piux=", "other="))
    }),
    ("no signature", |request| remove(request, "signature")),
    ("no signature-input", |request| remove(request, "signature-input")),
    ("content-type twice", |request| repeat(request, "content-type")),
    ("authorization twice", |request| repeat(request, "authorization")),
    ("content-digest twice", |request| repeat(request, "content-digest")),
    ("signature twice", |request| repeat(request, "signature")),
    ("idempotency-key added", |request| {
        request
            .headers
            .push(("idempotency-key".to_owned(), "\"AAAAAAAAAAAAAAAAAAAAAA\"".to_owned()));
    }),
];

fn flip(byte: &mut u8) {
    *byte ^= 1;
}

fn edit(request: &mut HttpRequest, name: &str, change: impl Fn(String) -> String) {
    let header = request.headers.iter_mut().find(|(header, _)| header == name).unwrap();
    let changed = change(header.1.clone());
    assert_ne!(changed, header.1, "the change of {name} changes nothing");
    header.1 = changed;
}

fn remove(request: &mut HttpRequest, name: &str) {
    request.headers.retain(|(header, _)| header != name);
}

fn repeat(request: &mut HttpRequest, name: &str) {
    let again = request
        .headers
        .iter()
        .find(|(header, _)| header == name)
        .unwrap()
        .clone();
    request.headers.push(again);
}

/// A time one second later.
fn parameter(request: &mut HttpRequest, name: &str) {
    edit(request, "signature-input", |value| {
        let (before, rest) = value.split_once(&format!("{name}=")).unwrap();
        let (number, after) = rest.split_once(';').unwrap();
        format!("{before}{name}={};{after}", number.parse::<i64>().unwrap() + 1)
    });
}

/// Another letter in the place of the first after `mark`.
fn next_letter(value: &str, mark: &str) -> String {
    let (before, rest) = value.split_once(mark).unwrap();
    let letter = if rest.starts_with('A') { 'B' } else { 'A' };
    format!("{before}{mark}{letter}{}", &rest[1..])
}

async fn signed_lookup(clerk: &Clerk) -> HttpRequest {
    let prepared = clerk
        .prepares(&clerk.details(), &person("TESTMANN", "ERIKA", "1984-02-29"))
        .await;
    clerk.signs(&prepared)
}

async fn entries(world: &World) -> u64 {
    world.unit("RUR").ledger(1).await[0]["index"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_to_a_signed_request_is_taken() {
    let (world, clerk) = World::of_one_and_a_clerk().await;
    let request = signed_lookup(&clerk).await;
    let before = entries(&world).await;
    for (name, change) in CHANGES {
        let mut changed = request.clone();
        change(&mut changed);
        let response = clerk.sends(&changed).await;
        let (slug, _) = problem_of(&response);
        let expected = ["bad-signature", "unknown-sender", "malformed"];
        assert!(expected.contains(&slug.as_str()), "{name}: {slug}");
        assert!([400, 401].contains(&response.status), "{name}: {}", response.status);
        assert_eq!(
            response.header("signature"),
            None,
            "{name}: strangers get nothing signed"
        );
    }
    assert_eq!(
        entries(&world).await,
        before + 1,
        "only the reading of the ledger was recorded"
    );
    assert_eq!(clerk.sends(&request).await.status, 200, "what was signed is still good");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_holds_for_one_method_and_one_target() {
    let (world, clerk) = World::of_one_and_a_clerk().await;
    let request = signed_lookup(&clerk).await;
    let url = world.unit("RUR").url();
    for target in [
        format!("{url}/v1/lookups?x=1"),
        format!("{url}/v1/disclosures"),
        format!("{url}/oauth/token"),
    ] {
        let response = clerk.wire().send_to(&target, &request).await;
        assert_eq!(
            (response.status, problem_of(&response).0.as_str()),
            (401, "bad-signature"),
            "{target}"
        );
    }
    let mut put = request.clone();
    put.method = "PUT".to_owned();
    clerk.resigns(&mut put);
    put.method = "POST".to_owned();
    let response = clerk.sends(&put).await;
    assert_eq!(
        (response.status, problem_of(&response).0.as_str()),
        (401, "bad-signature")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_long_is_not_read() {
    let (_world, clerk) = World::of_one_and_a_clerk().await;
    let granted = clerk.token(&clerk.details()).await;
    let request = clerk.signs_post("/v1/lookups", vec![b' '; 64 * 1024 + 1], &granted);
    let response = clerk.sends(&request).await;
    assert_eq!((response.status, problem_of(&response).0.as_str()), (413, "too-large"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_body_that_is_no_lookup_is_malformed() {
    let (_world, clerk) = World::of_one_and_a_clerk().await;
    let prepared = clerk
        .prepares(&clerk.details(), &person("TESTMANN", "ERIKA", "1984-02-29"))
        .await;
    let text = String::from_utf8(prepared.body.clone()).unwrap();
    let bodies = [
        "{}".to_owned(),
        text.replacen('{', "{\"extra\":1,", 1),
        text.replacen("\"v\":1", "\"v\":2", 1),
        text.clone() + " x",
        text.replacen("\"purpose\":", "\"purpose\":\"serious_crime\",\"purpose\":", 1),
    ];
    for body in bodies {
        assert_ne!(body, text);
        let request = clerk.signs_post("/v1/lookups", body.into_bytes(), &prepared.granted);
        let response = clerk.sends(&request).await;
        assert_eq!((response.status, problem_of(&response).0.as_str()), (400, "malformed"));
        assert!(
            clerk.proves(&request, &response),
            "a partner's mistake is answered signed"
        );
    }
    assert_eq!(
        clerk.sends(&clerk.signs(&prepared)).await.status,
        200,
        "a mistake costs no token"
    );
}
