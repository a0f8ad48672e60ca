//! A traveller a partner holds is found by document, by name in any order, and nobody else is.

use piux_tests::{Traveller, World};

async fn two_units_and_erika() -> World {
    let world = World::of_two().await;
    let erika = Traveller::new("TESTMANN", "ERIKA MARIA", "1984-02-29").with_passport("UTO", "L898902C3");
    let loaded = world.unit("RUR").loads(&[erika.booked_under("K8WQ2Z")]).await;
    assert_eq!(loaded["travellers"]["stored"], 1);
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_and_a_full_name_are_a_strong_hit() {
    let world = two_units_and_erika().await;
    let asking = world.unit("UTO").asks("RUR").about("TESTMANN/ERIKA MARIA/1984-02-29");
    let answer = asking.with_document("UTO:L898902C3").asks().await;
    assert_eq!((answer.outcome(), answer.exit), ("hit", 0), "{}", answer.text);
    assert_eq!((answer.grade(), answer.hits().len()), ("strong", 1), "{}", answer.text);
    assert_eq!(answer.classes().get(..2), Some(["DOC", "NX"].as_slice()));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_found_in_any_order() {
    let world = two_units_and_erika().await;
    let answer = world
        .unit("UTO")
        .asks("RUR")
        .about("MARIA/TESTMANN ERIKA/1984-02-29")
        .asks()
        .await;
    assert_eq!((answer.outcome(), answer.hits().len()), ("hit", 1), "{}", answer.text);
    assert!(answer.classes().contains(&"NX"), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_found_without_a_name() {
    let world = two_units_and_erika().await;
    let answer = world
        .unit("UTO")
        .asks("RUR")
        .with_document("UTO:L898902C3")
        .asks()
        .await;
    assert_eq!((answer.outcome(), answer.grade()), ("hit", "strong"), "{}", answer.text);
    assert_eq!(answer.classes(), ["DOC"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locator_is_found_where_the_purpose_allows_it() {
    let world = two_units_and_erika().await;
    let asking = world
        .unit("UTO")
        .asks("RUR")
        .against_terrorism()
        .with_locator("UT:K8WQ2Z:2026-06");
    let answer = asking.asks().await;
    assert_eq!(
        (answer.outcome(), answer.classes()),
        ("hit", vec!["LOC"]),
        "{}",
        answer.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_is_found() {
    let world = two_units_and_erika().await;
    for (person, document) in [
        ("TESTMANN/ERIKA MARIA/1984-03-01", None),
        ("SAMPLE/JOHANNA/1984-02-29", None),
        ("SAMPLE/JOHANNA/1984-02-29", Some("UTO:L898902C4")),
    ] {
        let asking = world.unit("UTO").asks("RUR").about(person);
        let answer = match document {
            Some(document) => asking.with_document(document).asks().await,
            None => asking.asks().await,
        };
        assert_eq!((answer.outcome(), answer.exit), ("no-hit", 0), "{}", answer.text);
    }
}
