//! Questions are derived by the keyset the agreement names, or not asked at all.

use piux_node::command::Command;
use piux_protocol::identifier::{KEYSET, Keyset};
use piux_tests::{Traveller, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_keyset_nobody_holds_is_refused_by_both_sides() {
    let world = World::of_two_agreed_on(|text| text.replace(KEYSET, "keyset-of-tomorrow")).await;
    let answer = world
        .unit("UTO")
        .asks("RUR")
        .about("TESTMANN/ERIKA/1984-02-29")
        .asks()
        .await;
    assert_eq!((answer.outcome(), answer.exit), ("refused", 1));
    assert_eq!(answer.clauses(), ["urn:piux:problem:keyset-mismatch"]);
    let world = World::of(&["RUR"]).await;
    let clerk = world.clerk(|text| text.replace(KEYSET, "keyset-of-tomorrow")).await;
    assert_eq!(clerk.refused_token(&clerk.details()).await.0, "keyset-mismatch");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_keyset_serves_while_an_agreement_names_it() {
    let world = World::of_two_agreed_on(|text| text.replace(KEYSET, Keyset::Exact.id())).await;
    let rur = world.unit("RUR");
    rur.loads(&[Traveller::new("TESTMANN", "ERIKA", "1984-02-29")]).await;
    let asking = world.unit("UTO").asks("RUR").about("ERIKA/TESTMANN/1984-02-29");
    assert_eq!(
        asking.asks().await.clauses(),
        ["urn:piux:problem:keyset-mismatch"],
        "no index, no silent miss"
    );
    rur.does(Command::StoreReindex {
        keyset: Keyset::Exact.to_string(),
    })
    .await;
    world.clock().advance(86_401);
    let found = world
        .unit("UTO")
        .asks("RUR")
        .about("ERIKA/TESTMANN/1984-02-29")
        .asks()
        .await;
    assert_eq!(
        (found.outcome(), found.classes()),
        ("hit", vec!["NX"]),
        "{}",
        found.text
    );
    let variant = world
        .unit("UTO")
        .asks("RUR")
        .about("TESTMAN/ERICA/1984-02-29")
        .asks()
        .await;
    assert_eq!(
        variant.outcome(),
        "no-hit",
        "the older keyset knows exact names only: {}",
        variant.text
    );
}
