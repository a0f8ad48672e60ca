//! A record that may not be found is, on the wire, a record that does not exist.

use piux_protocol::signature::HttpResponse;
use piux_tests::{Clerk, Traveller, World, person};

/// Seven months: longer than the six for which records are found without more.
const SEVEN_MONTHS: i64 = 214 * 86_400;

fn shape(response: &HttpResponse) -> (u16, Vec<(String, usize)>, usize) {
    let mut headers: Vec<_> = response
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), value.len()))
        .collect();
    headers.sort();
    (response.status, headers, response.body.len())
}

/// The response to a question about a person born on one day, and how many people it shows.
async fn answer(clerk: &Clerk, surname: &str) -> (HttpResponse, usize) {
    let prepared = clerk
        .prepares(&clerk.details(), &person(surname, "ERIKA", "1984-02-29"))
        .await;
    let request = clerk.signs(&prepared);
    let response = clerk.sends(&request).await;
    assert!(clerk.proves(&request, &response));
    let answer = piux_protocol::blind::LookupAnswer::decode(&response.body).unwrap();
    let digest = piux_protocol::vocabulary::sha256(&prepared.body);
    let opened = prepared.query.open(&answer, &digest, &prepared.descriptor).unwrap();
    let people: std::collections::BTreeSet<_> = opened.iter().map(|row| row.handle).collect();
    (response, people.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_record_a_missing_one_and_a_hit_have_one_shape() {
    let world = World::of(&["RUR"]).await;
    let rur = world.unit("RUR");
    rur.loads(&[Traveller::new("FORMERLY", "ERIKA", "1984-02-29")]).await;
    world.clock().advance(SEVEN_MONTHS);
    rur.loads(&[Traveller::new("TESTMANN", "ERIKA", "1984-02-29")]).await;
    let clerk = world.clerk(|text| text).await;
    let (found, hits) = answer(&clerk, "TESTMANN").await;
    assert_eq!((found.status, hits), (200, 1));
    let (old, old_hits) = answer(&clerk, "FORMERLY").await;
    let (none, none_hits) = answer(&clerk, "NEVERHERE").await;
    assert_eq!((old_hits, none_hits), (0, 0));
    assert_eq!(shape(&old), shape(&none));
    assert_eq!(shape(&old), shape(&found));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_reads_no_hit_for_an_old_record() {
    let world = World::of(&["UTO", "RUR"]).await;
    world
        .unit("RUR")
        .loads(&[Traveller::new("FORMERLY", "ERIKA", "1984-02-29").with_passport("UTO", "L898902C3")])
        .await;
    world.clock().advance(SEVEN_MONTHS);
    world.agrees(|text| text).await;
    let asking = world
        .unit("UTO")
        .asks("RUR")
        .about("FORMERLY/ERIKA/1984-02-29")
        .with_document("UTO:L898902C3");
    assert_eq!(asking.asks().await.outcome(), "no-hit");
}
