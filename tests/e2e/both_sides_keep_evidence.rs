//! After a question each side can prove to anybody what was asked, answered and recorded.

use piux_node::command::Command;
use piux_node::ledger::verify;
use piux_node::node::verifier_file;
use piux_protocol::receipt::Receipt;
use piux_tests::{Traveller, World};

#[tokio::test(flavor = "multi_thread")]
async fn the_receipt_proves_the_exchange_and_its_promise_is_kept_in_the_partners_ledger() {
    let world = World::of_two().await;
    let (uto, rur) = (world.unit("UTO"), world.unit("RUR"));
    rur.loads(&[Traveller::new("TESTMANN", "ERIKA", "1984-02-29")]).await;
    let answer = uto.asks("RUR").about("TESTMANN/ERIKA/1984-02-29").asks().await;
    let request = answer.json["receipt"].as_str().unwrap().parse().unwrap();
    let kept = uto.does(Command::Receipt { request }).await;
    let receipt = Receipt::from_json(kept.to_string().as_bytes()).unwrap();
    let proven = receipt.verify(&receipt.roots().unwrap()).unwrap();
    assert_eq!(
        (proven.requester, proven.responder, proven.status),
        (uto.id(), rur.id(), 200)
    );
    assert_eq!(proven.request_digest, Some(request));
    let leaf = proven.promise.unwrap().leaf.to_string();
    let recorded = rur.ledger(100).await;
    let entry = recorded.iter().find(|entry| entry["hash"] == leaf.as_str()).unwrap();
    assert_eq!(entry["leaf"]["k"], "exch.answer.out");
    assert_eq!(entry["leaf"]["peer"], "urn:piux:unit:UTO");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_receipt_proves_nothing() {
    let world = World::of_two().await;
    let answer = world
        .unit("UTO")
        .asks("RUR")
        .about("TESTMANN/ERIKA/1984-02-29")
        .asks()
        .await;
    let request = answer.json["receipt"].as_str().unwrap().parse().unwrap();
    let kept = world.unit("UTO").does(Command::Receipt { request }).await;
    let receipt = Receipt::from_json(kept.to_string().as_bytes()).unwrap();
    let roots = receipt.roots().unwrap();
    for half in ["request", "response"] {
        for line in 0..kept[half]["covered"].as_array().unwrap().len() {
            let mut changed = kept.clone();
            let text = changed[half]["covered"][line]
                .as_str()
                .unwrap()
                .replacen(": ", ": x", 1);
            changed[half]["covered"][line] = text.into();
            let outcome = Receipt::from_json(changed.to_string().as_bytes()).and_then(|receipt| receipt.verify(&roots));
            assert!(outcome.is_err(), "{half}, line {line}");
        }
    }
    let others = [piux_protocol::vocabulary::Digest([1; 32]), roots[1]];
    assert!(receipt.verify(&others).is_err(), "an unknown root vouches for nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_ledgers_verify_with_the_key_in_their_folders() {
    let mut world = World::of_two().await;
    world
        .unit("UTO")
        .asks("RUR")
        .about("TESTMANN/ERIKA/1984-02-29")
        .asks()
        .await;
    for state in ["UTO", "RUR"] {
        world.unit_mut(state).stop().await;
        let dir = world.unit(state).dir();
        let verifier = std::fs::read_to_string(verifier_file(dir))
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        let report = verify(&dir.join("ledger"), &verifier, None).unwrap();
        assert!(report.ok && report.size > 5, "{report:?}");
    }
}
