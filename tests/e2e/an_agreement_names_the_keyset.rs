//! Questions are derived by the keyset the agreement names, or not asked at all.

use piux_protocol::identifier::KEYSET;
use piux_tests::World;

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
