//! A suspended agreement answers nothing more, in the middle of an epoch and of a question.

use piux_node::command::Command;
use piux_tests::{Traveller, World, person, problem_of};

#[tokio::test(flavor = "multi_thread")]
async fn neither_new_nor_begun_questions_are_answered() {
    let (world, clerk) = World::of_one_and_a_clerk().await;
    let (rur, subject) = (world.unit("RUR"), person("TESTMANN", "ERIKA", "1984-02-29"));
    let prepared = clerk.prepares(&clerk.details(), &subject).await;
    let spare = clerk.token(&clerk.details()).await;
    rur.suspends(&clerk.agreement).await;
    let inactive = ("agreement-inactive".to_owned(), vec!["F-INACTIVE".to_owned()]);
    let begun = clerk.sends(&clerk.signs(&prepared)).await;
    assert_eq!((begun.status, problem_of(&begun)), (403, inactive.clone()));
    assert_eq!(clerk.refused_token(&clerk.details()).await, inactive);
    let epochs = clerk
        .sends(&clerk.signs_get(&format!("/v1/epochs/{}", clerk.agreement), &spare))
        .await;
    assert_eq!((epochs.status, problem_of(&epochs)), (403, inactive.clone()));
    rur.does(Command::AgreementActivate {
        id: clerk.agreement.clone(),
    })
    .await;
    let again = clerk.prepares(&clerk.details(), &subject).await;
    assert_eq!(
        clerk.sends(&clerk.signs(&again)).await.status,
        200,
        "resumed, it answers again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_outlives_a_restart() {
    let (mut world, clerk) = World::of_one_and_a_clerk().await;
    world.unit("RUR").suspends(&clerk.agreement).await;
    world.unit_mut("RUR").restart().await;
    assert_eq!(clerk.refused_token(&clerk.details()).await.0, "agreement-inactive");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_released_before_is_handed_out_any_more() {
    let world = World::of_two().await;
    let (uto, rur) = (world.unit("UTO"), world.unit("RUR"));
    rur.loads(&[Traveller::new("TESTMANN", "ERIKA", "1984-02-29")]).await;
    let hit = uto.asks("RUR").about("TESTMANN/ERIKA/1984-02-29").asks().await.hit();
    let pending = uto.follows_up(&hit, &["api.names"]).await;
    assert_eq!(pending.json["status"], "pending", "{}", pending.text);
    rur.suspends(&"UTO-RUR-2026".parse().unwrap()).await;
    let held = uto.does(Command::ReceivedList).await;
    assert_eq!(held["received"][0]["status"], "pending");
    let again = uto.follows_up(&hit, &["api.names"]).await;
    assert_eq!((again.json["status"].as_str(), again.exit), (Some("refused"), 1));
    assert_eq!(again.json["clauses"][0]["id"], "F-INACTIVE");
}
