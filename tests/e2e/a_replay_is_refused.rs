//! A signed request is answered once, whatever happens to the node in between.

use piux_protocol::signature::HttpRequest;
use piux_tests::{Clerk, Prepared, World, person, problem_of};

async fn asked_once() -> (World, Clerk, Prepared, HttpRequest) {
    let (world, clerk) = World::of_one_and_a_clerk().await;
    let prepared = clerk
        .prepares(&clerk.details(), &person("TESTMANN", "ERIKA", "1984-02-29"))
        .await;
    let request = clerk.signs(&prepared);
    assert_eq!(clerk.sends(&request).await.status, 200);
    (world, clerk, prepared, request)
}

async fn is_refused_as(clerk: &Clerk, request: &HttpRequest, status: u16, slug: &str) {
    let response = clerk.sends(request).await;
    assert_eq!((response.status, problem_of(&response).0.as_str()), (status, slug));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_are_answered_once() {
    let (world, clerk, _, request) = asked_once().await;
    let response = clerk.sends(&request).await;
    assert_eq!((response.status, problem_of(&response).0.as_str()), (409, "replayed"));
    assert!(clerk.proves(&request, &response), "a partner's refusal is signed");
    assert_eq!(world.unit("RUR").ledger(2).await[1]["leaf"]["k"], "exch.deny");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_forgets_no_request() {
    let (mut world, clerk, _, request) = asked_once().await;
    world.unit_mut("RUR").restart().await;
    is_refused_as(&clerk, &request, 409, "replayed").await;
    world.clock().advance(59);
    is_refused_as(&clerk, &request, 409, "replayed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_request_is_out_of_time_and_so_is_one_of_the_future() {
    let (world, clerk, prepared, request) = asked_once().await;
    world.clock().advance(61);
    is_refused_as(&clerk, &request, 400, "clock-skew").await;
    let early = clerk.signs(&prepared);
    world.clock().advance(-11);
    is_refused_as(&clerk, &early, 400, "clock-skew").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_serves_one_request_also_when_it_is_signed_anew() {
    let (_world, clerk, prepared, _) = asked_once().await;
    is_refused_as(&clerk, &clerk.signs(&prepared), 401, "token-invalid").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_before_a_restart_is_not_taken() {
    let (mut world, clerk) = World::of_one_and_a_clerk().await;
    let prepared = clerk
        .prepares(&clerk.details(), &person("TESTMANN", "ERIKA", "1984-02-29"))
        .await;
    world.clock().advance(1);
    world.unit_mut("RUR").restart().await;
    is_refused_as(&clerk, &clerk.signs(&prepared), 401, "token-invalid").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_ends_after_five_minutes() {
    let (world, clerk) = World::of_one_and_a_clerk().await;
    let prepared = clerk
        .prepares(&clerk.details(), &person("TESTMANN", "ERIKA", "1984-02-29"))
        .await;
    world.clock().advance(301);
    is_refused_as(&clerk, &clerk.signs(&prepared), 401, "token-invalid").await;
}
