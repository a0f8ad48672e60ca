//! Only whoever opened a row of an answer can follow it up, for the same purpose, and once.

use piux_protocol::blind::LookupAnswer;
use piux_protocol::message::disclosure::{ClassHit, DisclosureRequest, Grounds, ProvenHit};
use piux_protocol::message::{DISCLOSURES_PATH, IDEMPOTENCY_HEADER};
use piux_protocol::signature::HttpResponse;
use piux_protocol::vocabulary::{Action, ElementId, HitProof, Purpose, QueryId, Salt, sha256};
use piux_tests::{Clerk, Traveller, World, person, problem_of};

async fn a_hit() -> (World, Clerk, DisclosureRequest) {
    let (world, clerk) = World::of_one_and_a_clerk().await;
    world
        .unit("RUR")
        .loads(&[Traveller::new("TESTMANN", "ERIKA", "1984-02-29")])
        .await;
    let prepared = clerk
        .prepares(&clerk.details(), &person("TESTMANN", "ERIKA", "1984-02-29"))
        .await;
    let response = clerk.sends(&clerk.signs(&prepared)).await;
    let answer = LookupAnswer::decode(&response.body).unwrap();
    let opened = prepared
        .query
        .open(&answer, &sha256(&prepared.body), &prepared.descriptor)
        .unwrap();
    let details = clerk.details();
    let request = DisclosureRequest {
        salt: Salt([3; 16]),
        hit: ProvenHit {
            qid: answer.qid,
            handle: opened[0].handle,
            hits: vec![ClassHit {
                class: opened[0].class,
                hit: opened[0].hit,
            }],
        },
        agreement: details.agreement,
        agreement_version: details.agreement_version,
        purpose: details.purpose,
        elements: vec![ElementId::new("api.names").unwrap()],
        grounds: Grounds {
            offence: details.offence,
            basis: details.basis,
            case: "2026/117".to_owned(),
            reasons: "suspected courier".to_owned(),
            orders: Vec::new(),
        },
    };
    (world, clerk, request)
}

async fn asks(clerk: &Clerk, request: &DisclosureRequest, key: Option<&str>) -> HttpResponse {
    let mut details = clerk.details();
    (details.actions, details.purpose) = (vec![Action::Disclose], request.purpose);
    details.offence = request.grounds.offence;
    let granted = clerk.token(&details).await;
    let mut signed = clerk.signs_post(DISCLOSURES_PATH, serde_json::to_vec(request).unwrap(), &granted);
    if let Some(key) = key {
        signed.headers.push((IDEMPOTENCY_HEADER.to_owned(), key.to_owned()));
        clerk.resigns(&mut signed);
    }
    clerk.sends(&signed).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_proof_is_refused_alike() {
    let (_world, clerk, request) = a_hit().await;
    let mut forged = vec![request.clone(), request.clone(), request.clone(), request.clone()];
    forged[0].hit.hits[0].hit = HitProof([1; 16]);
    forged[1].hit.qid = QueryId([1; 16]);
    forged[2].hit.handle.0[0] ^= 1;
    (forged[3].purpose, forged[3].grounds.offence) =
        (Purpose::TerroristOffences, piux_protocol::vocabulary::Offence::Ter);
    let mut bodies = Vec::new();
    for request in &forged {
        let response = asks(&clerk, request, None).await;
        assert_eq!(
            (response.status, problem_of(&response).0.as_str()),
            (403, "hit-proof-invalid")
        );
        bodies.push(response.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "nobody learns what was wrong");
    assert_eq!(
        asks(&clerk, &request, None).await.status,
        202,
        "the true proof is taken"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_is_one_request() {
    let (world, clerk, mut request) = a_hit().await;
    let key = Some("\"AAAAAAAAAAAAAAAAAAAAAA\"");
    for _ in 0..2 {
        assert_eq!(asks(&clerk, &request, key).await.status, 202);
    }
    let waiting = world.unit("RUR").does(piux_node::command::Command::RequestsList).await;
    assert_eq!(waiting["requests"].as_array().unwrap().len(), 1);
    request.grounds.reasons = "another thing altogether".to_owned();
    let response = asks(&clerk, &request, key).await;
    assert_eq!(
        (response.status, problem_of(&response).0.as_str()),
        (422, "idempotency-conflict")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hit_can_be_followed_up_only_while_its_keys_live() {
    let (world, clerk, request) = a_hit().await;
    world.clock().advance(15 * 86_400);
    let response = asks(&clerk, &request, None).await;
    assert_eq!(
        (response.status, problem_of(&response).0.as_str()),
        (403, "hit-proof-invalid")
    );
}
