//! What was granted or evaluated for one purpose is useless for another.

use piux_protocol::blind::{LookupAnswer, Query};
use piux_protocol::signature::HttpResponse;
use piux_protocol::vocabulary::{Action, sha256};
use piux_tests::{Clerk, Traveller, World, person, problem_of};

async fn erika() -> (World, Clerk) {
    let (world, clerk) = World::of_one_and_a_clerk().await;
    world
        .unit("RUR")
        .loads(&[Traveller::new("TESTMANN", "ERIKA", "1984-02-29")])
        .await;
    (world, clerk)
}

fn is_token_invalid(response: &HttpResponse) {
    assert_eq!(
        (response.status, problem_of(response).0.as_str()),
        (401, "token-invalid")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_purpose_is_refused() {
    let (_world, clerk) = erika().await;
    let mut prepared = clerk
        .prepares(&clerk.details(), &person("TESTMANN", "ERIKA", "1984-02-29"))
        .await;
    prepared.granted = clerk.token(&clerk.details_against_terrorism()).await;
    is_token_invalid(&clerk.sends(&clerk.signs(&prepared)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_to_disclose_is_none_to_look_up() {
    let (_world, clerk) = erika().await;
    let mut prepared = clerk
        .prepares(&clerk.details(), &person("TESTMANN", "ERIKA", "1984-02-29"))
        .await;
    let mut details = clerk.details();
    details.actions = vec![Action::Disclose];
    prepared.granted = clerk.token(&details).await;
    is_token_invalid(&clerk.sends(&clerk.signs(&prepared)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_altered_token_is_refused() {
    let (_world, clerk) = erika().await;
    let mut prepared = clerk
        .prepares(&clerk.details(), &person("TESTMANN", "ERIKA", "1984-02-29"))
        .await;
    let token = prepared.granted.access_token.clone();
    let parts: Vec<&str> = token.split('.').collect();
    let claims = String::from_utf8(piux_protocol::vocabulary::decode_base64url(parts[1]).unwrap()).unwrap();
    let wider = claims.replace("serious_crime", "terrorist_offences");
    assert_ne!(wider, claims);
    prepared.granted.access_token = [parts[0], &piux_protocol::vocabulary::base64url(wider), parts[2]].join(".");
    is_token_invalid(&clerk.sends(&clerk.signs(&prepared)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evaluation_for_one_purpose_opens_no_row_of_another() {
    let (_world, clerk) = erika().await;
    let (crime, terror) = (clerk.details(), clerk.details_against_terrorism());
    let of_crime = clerk.prepares(&crime, &person("TESTMANN", "ERIKA", "1984-02-29")).await;
    let response = clerk.sends(&clerk.signs(&of_crime)).await;
    let evaluated = LookupAnswer::decode(&response.body).unwrap();

    // The same blinded elements, asked for the other purpose.
    let mut secret = serde_json::to_value(&of_crime.query).unwrap();
    secret["question"]["purpose"] = "terrorist_offences".into();
    let twin: Query = serde_json::from_value(secret).unwrap();
    let mut of_terror = clerk
        .prepares(&terror, &person("TESTMANN", "ERIKA", "1984-02-29"))
        .await;
    of_terror.body = twin.request().to_body();
    let response = clerk.sends(&clerk.signs(&of_terror)).await;
    assert_eq!(response.status, 200);
    let rows = LookupAnswer::decode(&response.body).unwrap();
    let digest = sha256(&of_terror.body);
    assert!(
        !twin.open(&rows, &digest, &of_terror.descriptor).unwrap().is_empty(),
        "for its own purpose it opens"
    );

    let mut mixed = rows.clone();
    for (segment, other) in mixed.segments.iter_mut().zip(&evaluated.segments) {
        (segment.evaluated, segment.proof) = (other.evaluated.clone(), other.proof);
    }
    assert!(
        twin.open(&mixed, &digest, &of_terror.descriptor).is_err(),
        "the proof is of another key"
    );
    let opened = of_crime.query.open(&mixed, &digest, &of_terror.descriptor).unwrap();
    assert_eq!(opened.len(), 0, "the evaluation opens no row of the other purpose");
}
