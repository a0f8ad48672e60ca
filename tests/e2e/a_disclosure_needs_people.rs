//! Data leave only for a proven hit, after an officer and an independent authority said yes.

use piux_node::command::{Command, Report};
use piux_node::node::NodeError;
use piux_policy::order::{Order, OrderDecision};
use piux_protocol::receipt::Receipt;
use piux_protocol::vocabulary::Digest;
use piux_tests::{Traveller, World, authority_key, morning};
use serde_json::Value;

const WANTED: &[&str] = &["pnr.04_names", "api.document", "pnr.14_seat"];

async fn a_hit_followed_up() -> (World, Value) {
    let world = World::of_two().await;
    let erika = Traveller::new("TESTMANN", "ERIKA", "1984-02-29").with_passport("UTO", "L898902C3");
    world.unit("RUR").loads(&[erika]).await;
    let hit = world
        .unit("UTO")
        .asks("RUR")
        .about("TESTMANN/ERIKA/1984-02-29")
        .asks()
        .await
        .hit();
    let report = world.unit("UTO").follows_up(&hit, WANTED).await;
    assert_eq!(
        (report.json["status"].as_str(), report.exit),
        (Some("pending"), 0),
        "{}",
        report.text
    );
    let waiting = world.unit("RUR").does(Command::RequestsList).await;
    let requests = waiting["requests"].as_array().unwrap().clone();
    assert_eq!(requests.len(), 1);
    (world, requests[0].clone())
}

fn order(request: &Value, signer: &str, decision: OrderDecision, valid_s: i64) -> String {
    let order = Order {
        v: 1,
        request: request["id"].as_str().unwrap().to_owned(),
        request_digest: request["digest"].as_str().unwrap().parse().unwrap(),
        agreement: request["agreement"].as_str().unwrap().parse().unwrap(),
        decision,
        decided_at: morning(),
        valid_until: morning().plus_seconds(valid_s),
        authority: Digest([0; 32]),
        reference: "12 Gs 345/26".to_owned(),
    };
    order.sign(&authority_key(signer)).to_json()
}

async fn approve(world: &World, request: &Value, officer: &str, order: Option<String>) -> Result<Report, NodeError> {
    let id = request["id"].as_str().unwrap().to_owned();
    world
        .unit("RUR")
        .tries(Command::RequestsApprove {
            id,
            officer: officer.to_owned(),
            order,
        })
        .await
}

async fn received(world: &World) -> Value {
    world.unit("UTO").does(Command::ReceivedList).await["received"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn with_both_approvals_exactly_the_elements_asked_for_arrive() {
    let (world, request) = a_hit_followed_up().await;
    assert_eq!(request["missing"], serde_json::json!(["officer", "independent"]));
    let half = approve(&world, &request, "officer Brand", None).await.unwrap();
    assert_eq!(half.json["missing"], serde_json::json!(["independent"]));
    assert_eq!(received(&world).await["status"], "pending");
    let order = order(&request, "RUR", OrderDecision::Approve, 3600);
    let whole = approve(&world, &request, "officer Brand", Some(order)).await.unwrap();
    assert_eq!(
        (whole.json["status"].as_str(), whole.exit),
        (Some("released"), 0),
        "{}",
        whole.text
    );
    let held = received(&world).await;
    assert_eq!(held["status"], "released");
    assert_eq!(held["needs_human_review"], true);
    let show = Command::ReceivedShow {
        id: request["id"].as_str().unwrap().to_owned(),
        reason: "the case".to_owned(),
    };
    let shown = world.unit("UTO").does(show).await;
    let elements = shown["elements"].as_object().unwrap();
    assert!(elements["pnr.04_names"].to_string().contains("TESTMANN"), "{shown}");
    assert!(elements.keys().all(|id| WANTED.contains(&id.as_str())), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_released_is_gone_when_its_time_is_over() {
    let (world, request) = a_hit_followed_up().await;
    let order = order(&request, "RUR", OrderDecision::Approve, 3600);
    approve(&world, &request, "officer Brand", Some(order)).await.unwrap();
    assert_eq!(received(&world).await["status"], "released");
    world.clock().advance(366 * 86_400);
    assert_eq!(
        world.unit("UTO").does(Command::ReceivedList).await["received"],
        serde_json::json!([])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_authority_of_the_agreement_can_order_and_only_this_request() {
    let (world, request) = a_hit_followed_up().await;
    let mut other = request.clone();
    other["digest"] = Digest([1; 32]).to_string().into();
    let orders = [
        order(&request, "UTO", OrderDecision::Approve, 3600),
        order(&other, "RUR", OrderDecision::Approve, 3600),
        order(&request, "RUR", OrderDecision::Approve, 0),
        "{}".to_owned(),
    ];
    for order in orders {
        assert!(approve(&world, &request, "officer Brand", Some(order)).await.is_err());
    }
    assert_eq!(received(&world).await["status"], "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authority_may_refuse() {
    let (world, request) = a_hit_followed_up().await;
    let order = order(&request, "RUR", OrderDecision::Refuse, 3600);
    let refused = approve(&world, &request, "officer Brand", Some(order)).await.unwrap();
    assert_eq!((refused.json["status"].as_str(), refused.exit), (Some("refused"), 1));
    let held = received(&world).await;
    assert_eq!(
        (held["status"].as_str(), held["clauses"][0]["id"].as_str()),
        (Some("refused"), Some("H-AUTHORITY"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_may_refuse_and_the_reason_stays_here() {
    let (world, request) = a_hit_followed_up().await;
    let refuse = Command::RequestsRefuse {
        id: request["id"].as_str().unwrap().to_owned(),
        officer: "officer Brand".to_owned(),
        reason: "no link to the case".to_owned(),
    };
    world.unit("RUR").does(refuse).await;
    let held = received(&world).await;
    assert_eq!(
        (held["status"].as_str(), held["clauses"][0]["id"].as_str()),
        (Some("refused"), Some("H-OFFICER"))
    );
    assert!(!held.to_string().contains("no link"));
    assert!(
        approve(&world, &request, "officer Brand", None).await.is_err(),
        "what is refused stays refused"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pending_request_survives_restarts_of_both() {
    let (mut world, request) = a_hit_followed_up().await;
    for state in ["UTO", "RUR"] {
        world.unit_mut(state).restart().await;
    }
    let order = order(&request, "RUR", OrderDecision::Approve, 3600);
    approve(&world, &request, "officer Brand", Some(order)).await.unwrap();
    assert_eq!(received(&world).await["status"], "released");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_element_the_agreement_does_not_release_is_refused_at_once() {
    let (world, _) = a_hit_followed_up().await;
    let hit = world
        .unit("UTO")
        .asks("RUR")
        .about("TESTMANN/ERIKA/1984-02-29")
        .asks()
        .await
        .hit();
    let report = world.unit("UTO").follows_up(&hit, &["pnr.06_payment"]).await;
    assert_eq!(
        (report.json["status"].as_str(), report.exit),
        (Some("refused"), 1),
        "{}",
        report.text
    );
    assert!(
        report.json["clauses"].to_string().contains("F-ELEMENT"),
        "{}",
        report.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_release_leaves_a_receipt_that_verifies() {
    let (world, request) = a_hit_followed_up().await;
    let order = order(&request, "RUR", OrderDecision::Approve, 3600);
    approve(&world, &request, "officer Brand", Some(order)).await.unwrap();
    assert_eq!(received(&world).await["status"], "released");
    let receipts = std::fs::read_dir(world.unit("UTO").dir().join("receipts")).unwrap();
    for file in receipts {
        let receipt = Receipt::from_json(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
        receipt.verify(&receipt.roots().unwrap()).unwrap();
    }
}
