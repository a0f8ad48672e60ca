//! A name spelt otherwise is found and graded; what strangers share is counted and no hit.

use piux_tests::{Traveller, World};

/// UTO and RUR; RUR holds these travellers.
async fn holding(travellers: &[Traveller]) -> World {
    let world = World::of_two().await;
    world.unit("RUR").loads(travellers).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spelling_variant_is_found_and_graded() {
    let world = holding(&[Traveller::new("TCHAIKOVSKY", "ALEXEI DMITRIEVICH", "1971-10-23")]).await;
    let asking = world
        .unit("UTO")
        .asks("RUR")
        .about("CHAIKOVSKI/ALEKSEJ DMITRIYEVIC/1971-10-23");
    let answer = asking.asks().await;
    assert_eq!((answer.outcome(), answer.hits().len()), ("hit", 1), "{}", answer.text);
    assert!(["possible", "strong"].contains(&answer.grade()), "{}", answer.text);
    assert!(
        answer.classes().contains(&"PK") && !answer.classes().contains(&"NX"),
        "{}",
        answer.text
    );
    assert!(answer.reasons().contains("spelt alike"), "{}", answer.text);
    assert_eq!(answer.json["hits"][0]["needs_human_review"], true);
    assert!(answer.json["hits"][0]["expected"].as_f64().unwrap() < 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_a_passport_cannot_print_are_found() {
    let world = holding(&[Traveller::new("MUELLERSOEN", "JOERG HANS", "1970-11-05")]).await;
    let answer = world
        .unit("UTO")
        .asks("RUR")
        .about("Müllersön/Jörg-Hans/1970-11-05")
        .asks()
        .await;
    assert_eq!(answer.outcome(), "hit", "{}", answer.text);
    assert!(answer.classes().contains(&"NX"), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_birth_date_with_day_and_month_swapped_is_found() {
    let world = holding(&[Traveller::new("TESTMANN", "ERIKA", "1984-02-11")]).await;
    let answer = world
        .unit("UTO")
        .asks("RUR")
        .about("TESTMANN/ERIKA/1984-11-02")
        .asks()
        .await;
    assert_eq!(
        (answer.outcome(), answer.classes()),
        ("hit", vec!["DS"]),
        "{}",
        answer.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_found_under_another_birth_date_and_the_conflict_is_named() {
    let world = holding(&[Traveller::new("TESTMANN", "ERIKA", "1984-02-29").with_passport("UTO", "L898902C3")]).await;
    let asking = world.unit("UTO").asks("RUR").about("NOBODY/JOHANNA/1990-06-15");
    let answer = asking.with_document("UTO:L898902C3").asks().await;
    assert_eq!((answer.outcome(), answer.hits().len()), ("hit", 1), "{}", answer.text);
    assert_eq!((answer.grade(), answer.requests()), ("possible", 2), "{}", answer.text);
    assert!(answer.reasons().contains("stolen, reused, mistyped"), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_spelling_or_birth_date_of_the_same_person_may_be_given() {
    let world = holding(&[Traveller::new("TESTMANN", "ERIKA", "1984-02-29")]).await;
    let asking = world.unit("UTO").asks("RUR").about("SAMPLE/JOHANNA/1990-06-15");
    let answer = asking.about("TESTMANN/ERIKA/1984-02-29").asks().await;
    assert_eq!((answer.outcome(), answer.hits().len()), ("hit", 1), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_number_is_possible_at_best() {
    let erika = Traveller::new("TESTMANN", "ERIKA", "1984-02-29").with_phone("+447700900123");
    let world = holding(&[erika]).await;
    let asking = world.unit("UTO").asks("RUR").against_terrorism();
    let answer = asking.with_phone("+44 7700 900123").asks().await;
    assert_eq!(
        (answer.outcome(), answer.classes()),
        ("hit", vec!["PHONE"]),
        "{}",
        answer.text
    );
    assert_eq!(answer.grade(), "possible");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nine_people_share_names_none_of_them() {
    let nine: Vec<Traveller> = (1..=9_u8)
        .map(|n| {
            let traveller = Traveller::new(&"ABCDEFGHIJ"[..usize::from(n)], "ERIKA", &format!("1984-02-1{n}"));
            let traveller = traveller.booked_under(&format!("K8WQ2{n}"));
            traveller.with_phone("+447700900123")
        })
        .collect();
    let world = holding(&nine).await;
    let asking = world.unit("UTO").asks("RUR").against_terrorism();
    let answer = asking.with_phone("+447700900123").asks().await;
    assert_eq!((answer.outcome(), answer.exit), ("no-hit", 0), "{}", answer.text);
    assert_eq!(answer.json["crowded"], 1, "{}", answer.text);
    assert!(
        answer.not_searched().contains("shared by too many people"),
        "{}",
        answer.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_found_by_name_and_by_document_is_one_hit() {
    let erika = Traveller::new("TESTMANN", "ERIKA", "1984-02-29").with_passport("UTO", "L898902C3");
    let world = holding(&[erika, Traveller::new("TESTMANN", "ERIK", "1984-02-29")]).await;
    let asking = world.unit("UTO").asks("RUR").about("TESTMANN/ERIKA/1984-02-29");
    let answer = asking.with_document("UTO:L898902C3").asks().await;
    assert_eq!(answer.requests(), 2);
    let with_document = answer.json["hits"].as_array().unwrap().iter();
    let with_document = with_document.filter(|hit| hit["classes"].to_string().contains("DOC"));
    assert_eq!(with_document.count(), 1, "{}", answer.text);
}
