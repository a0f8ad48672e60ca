//! A node's folder is open once; the second who tries is told what to do.

use piux_node::node::OpenError;
use piux_tests::World;

#[tokio::test(flavor = "multi_thread")]
async fn the_second_opener_is_told_and_changes_nothing() {
    let mut world = World::of(&["UTO"]).await;
    let before = world.unit("UTO").ledger(1).await[0]["index"].as_u64().unwrap();
    let error = world.unit("UTO").open_at_once().unwrap_err();
    assert!(matches!(error, OpenError::Locked(_)), "{error}");
    assert!(
        error.to_string().contains("use the running node, or stop it first"),
        "{error}"
    );
    let after = world.unit("UTO").ledger(1).await[0]["index"].as_u64().unwrap();
    assert_eq!(after, before + 1);
    world.unit_mut("UTO").stop().await;
    assert!(world.unit("UTO").open().await.is_ok(), "a stopped node lets go");
}
