//! A lookup that asks more finely, in another epoch or by other classes than granted gets nothing.

use piux_protocol::signature::HttpResponse;
use piux_protocol::vocabulary::{Class, Scope};
use piux_tests::{Clerk, Prepared, World, person, problem_of};

async fn prepared() -> (World, Clerk, Prepared) {
    let (world, clerk) = World::of_one_and_a_clerk().await;
    let prepared = clerk
        .prepares(&clerk.details(), &person("TESTMANN", "ERIKA", "1984-02-29"))
        .await;
    (world, clerk, prepared)
}

fn is_refused(response: &HttpResponse, status: u16, slug: &str) {
    assert_eq!((response.status, problem_of(response).0.as_str()), (status, slug));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_finer_than_published_tells_too_much() {
    let (_world, clerk, mut prepared) = prepared().await;
    prepared.descriptor.bits += 1;
    let subject = person("TESTMANN", "ERIKA", "1984-02-29");
    prepared.body = clerk
        .blinds(&clerk.details(), &prepared.descriptor, &subject)
        .1
        .to_body();
    is_refused(&clerk.sends(&clerk.signs(&prepared)).await, 403, "leak-budget");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_epoch_that_never_was_or_is_over_is_unknown() {
    let (world, clerk, mut prepared) = prepared().await;
    let subject = person("TESTMANN", "ERIKA", "1984-02-29");
    let first = prepared.descriptor.clone();
    prepared.descriptor.epoch = 99;
    prepared.body = clerk
        .blinds(&clerk.details(), &prepared.descriptor, &subject)
        .1
        .to_body();
    is_refused(&clerk.sends(&clerk.signs(&prepared)).await, 409, "epoch-unknown");
    world.clock().advance(8 * 86_400);
    let mut late = clerk.prepares(&clerk.details(), &subject).await;
    assert_eq!(late.descriptor.epoch, first.epoch + 1, "a new epoch began");
    late.body = clerk.blinds(&clerk.details(), &first, &subject).1.to_body();
    is_refused(&clerk.sends(&clerk.signs(&late)).await, 409, "epoch-unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_left_out_of_the_token_cannot_be_searched() {
    let (_world, clerk, mut prepared) = prepared().await;
    let mut details = clerk.details();
    details.classes = vec![Class::Doc];
    prepared.granted = clerk.token(&details).await;
    is_refused(&clerk.sends(&clerk.signs(&prepared)).await, 403, "class-not-allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_the_purpose_does_not_have_is_not_granted() {
    let (_world, clerk, _) = prepared().await;
    let mut details = clerk.details();
    details.scope = Scope::Contact;
    assert_eq!(clerk.refused_token(&details).await.0, "class-not-allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lookup_under_another_version_than_its_token_is_refused() {
    let (_world, clerk, mut prepared) = prepared().await;
    let mut details = clerk.details();
    details.agreement_version.0[0] ^= 1;
    let subject = person("TESTMANN", "ERIKA", "1984-02-29");
    prepared.body = clerk.blinds(&details, &prepared.descriptor, &subject).1.to_body();
    is_refused(&clerk.sends(&clerk.signs(&prepared)).await, 401, "token-invalid");
}
