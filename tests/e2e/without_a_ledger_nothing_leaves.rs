//! A node that cannot write its ledger answers nobody, says so, and goes on when the disk is repaired.

use piux_protocol::vocabulary::Timestamp;
use piux_tests::{Traveller, World, person, problem_of};
use std::path::Path;

/// Puts a file where the ledger keeps its keys of the day: the next day cannot begin.
fn break_ledger(dir: &Path) {
    let keys = dir.join("ledger/keyring");
    std::fs::rename(&keys, dir.join("ledger/keyring-aside")).unwrap();
    std::fs::write(&keys, b"in the way").unwrap();
}

fn repair_ledger(dir: &Path) {
    let keys = dir.join("ledger/keyring");
    std::fs::remove_file(&keys).unwrap();
    std::fs::rename(dir.join("ledger/keyring-aside"), keys).unwrap();
}

fn before_midnight(world: &World) {
    let evening: Timestamp = "2026-06-15T23:59:40.000Z".parse().unwrap();
    world.clock().set(evening);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_gets_no_answer_and_the_node_is_not_ready() {
    let (mut world, clerk) = World::of_one_and_a_clerk().await;
    before_midnight(&world);
    assert_eq!(
        clerk.wire().gets(&format!("{}/readyz", world.unit("RUR").ops())).await,
        200
    );
    let subject = person("TESTMANN", "ERIKA", "1984-02-29");
    let prepared = clerk.prepares(&clerk.details(), &subject).await;
    break_ledger(world.unit("RUR").dir());
    world.clock().advance(30);
    for _ in 0..2 {
        let response = clerk.sends(&clerk.signs(&prepared)).await;
        assert_eq!(
            (response.status, problem_of(&response).0.as_str()),
            (503, "ledger-unavailable")
        );
        assert_eq!(response.header("signature"), None);
    }
    assert_eq!(
        clerk.wire().gets(&format!("{}/readyz", world.unit("RUR").ops())).await,
        503
    );

    world.unit_mut("RUR").stop().await;
    repair_ledger(world.unit("RUR").dir());
    world.unit_mut("RUR").start().await;
    let again = clerk.prepares(&clerk.details(), &subject).await;
    assert_eq!(clerk.sends(&clerk.signs(&again)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn we_neither_ask_nor_load_unrecorded() {
    let world = World::of_two().await;
    before_midnight(&world);
    let uto = world.unit("UTO");
    let asked = world.unit("RUR").ledger(1).await[0]["index"].as_u64().unwrap();
    break_ledger(uto.dir());
    world.clock().advance(30);
    let error = uto
        .asks("RUR")
        .about("TESTMANN/ERIKA/1984-02-29")
        .tries()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("ledger cannot be written"), "{error}");
    let file = world.outside("late.ndjson");
    std::fs::write(&file, Traveller::new("TESTMANN", "ERIKA", "1984-02-29").line()).unwrap();
    let load = piux_node::command::Command::Ingest {
        paths: vec![file],
        format: None,
    };
    assert!(uto.tries(load).await.is_err());
    let after = world.unit("RUR").ledger(10).await;
    assert!(
        after
            .iter()
            .all(|entry| entry["index"].as_u64().unwrap() <= asked || entry["leaf"]["k"] != "exch.query.in")
    );
}
