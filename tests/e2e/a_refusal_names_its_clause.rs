//! Whoever is refused a token learns which clause refused, signed by the unit that refuses.

use piux_protocol::token::AuthorizationDetails;
use piux_protocol::vocabulary::{Basis, Class, Declaration, Digest, Offence, Purpose, Scope};
use piux_tests::{World, problem_of};

type Change = fn(&mut AuthorizationDetails);

const REFUSED: &[(&str, &str, Change)] = &[
    ("purpose-refused", "F-PURPOSE-CLOSED", |details| {
        details.purpose = Purpose::BorderControl
    }),
    ("purpose-refused", "F-OFFENCE", |details| details.offence = Offence::A06),
    ("purpose-refused", "F-OFFENCE", |details| details.offence = Offence::Ter),
    ("purpose-refused", "F-REASONED", |details| {
        without(details, Declaration::CaseSpecific)
    }),
    ("purpose-refused", "F-AIR-LINK", |details| {
        without(details, Declaration::AirLink)
    }),
    ("purpose-refused", "F-GRAVITY", |details| {
        without(details, Declaration::Gravity)
    }),
    ("purpose-refused", "F-SPONTANEOUS", |details| {
        details.basis = Basis::Pnr9_1
    }),
    ("purpose-refused", "F-EMERGENCY", |details| {
        details.basis = Basis::Pnr9_4
    }),
    ("purpose-refused", "F-BASIS", |details| details.basis = Basis::Pnr10),
    ("purpose-refused", "F-SEARCH-SCOPE", |details| {
        (details.classes, details.scope) = (vec![Class::Loc], Scope::Contact);
    }),
    ("agreement-version", "F-VERSION", |details| {
        details.agreement_version = Digest([9; 32])
    }),
];

fn without(details: &mut AuthorizationDetails, declaration: Declaration) {
    details.declares.retain(|declared| *declared != declaration);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refused_purpose_cites_the_law_and_is_recorded() {
    let (world, clerk) = World::of_one_and_a_clerk().await;
    for (slug, clause, change) in REFUSED {
        let mut details = clerk.details();
        change(&mut details);
        let (kind, clauses) = clerk.refused_token(&details).await;
        assert_eq!(&kind, slug, "{clause}: {clauses:?}");
        assert!(
            clauses.iter().any(|id| id == clause),
            "{clause} is not among {clauses:?}"
        );
        let entry = &world.unit("RUR").ledger(2).await[1];
        assert_eq!(entry["leaf"]["dec"], "deny", "{clause}: {entry}");
        assert!(entry["leaf"]["cl"].to_string().contains(clause), "{clause}: {entry}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_of_others_is_not_even_confirmed_to_exist() {
    let (_world, clerk) = World::of_one_and_a_clerk().await;
    let mut details = clerk.details();
    details.agreement = "RUR-UTO-2026".parse().unwrap();
    assert_eq!(
        clerk.refused_token(&details).await,
        ("agreement-inactive".to_owned(), Vec::new())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn after_its_last_day_an_agreement_serves_nobody() {
    let world = World::of(&["RUR"]).await;
    let clerk = world
        .clerk(|text| text.replace("2027-06-15T00:00:00Z", "2026-06-16T00:00:00Z"))
        .await;
    clerk.token(&clerk.details()).await;
    world.clock().advance(86_400);
    let (kind, clauses) = clerk.refused_token(&clerk.details()).await;
    assert_eq!(
        (kind.as_str(), clauses),
        ("agreement-inactive", vec!["F-VALIDITY".to_owned()])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_day_ends_with_its_quota_and_a_restart_does_not_fill_it_again() {
    let mut world = World::of(&["RUR"]).await;
    let clerk = world
        .clerk(|text| {
            text.replace("queries_per_day = 2000", "queries_per_day = 2")
                .replace("urgent_reserve  = 200", "urgent_reserve  = 0")
        })
        .await;
    for _ in 0..2 {
        clerk.token(&clerk.details()).await;
    }
    let refused = ("quota-exceeded".to_owned(), vec!["F-QUOTA".to_owned()]);
    assert_eq!(clerk.refused_token(&clerk.details()).await, refused);
    world.unit_mut("RUR").restart().await;
    assert_eq!(clerk.refused_token(&clerk.details()).await, refused);
    world.clock().advance(86_400);
    clerk.token(&clerk.details()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_narrowed_to_the_classes_the_purpose_allows() {
    let (_world, clerk) = World::of_one_and_a_clerk().await;
    let mut details = clerk.details();
    details.classes = vec![Class::Doc, Class::Nx, Class::Loc];
    let granted = clerk.token(&details).await;
    assert_eq!(granted.details().classes, [Class::Doc, Class::Nx]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_told_so_and_leaves_no_trace() {
    let (world, clerk) = World::of_one_and_a_clerk().await;
    let before = world.unit("RUR").ledger(1).await[0]["index"].as_u64().unwrap();
    let granted = clerk.token(&clerk.details()).await;
    let mut request = clerk.signs_post("/v1/lookups", b"{}".to_vec(), &granted);
    let key = piux_protocol::signature::SigningKey::from_seed(&[200; 32]);
    let now = piux_tests::morning();
    let nonce = piux_protocol::vocabulary::Nonce([5; 16]);
    piux_protocol::signature::sign_request(&mut request, &key, now, 60, nonce).unwrap();
    let response = clerk.sends(&request).await;
    assert_eq!(
        (response.status, problem_of(&response).0.as_str()),
        (401, "unknown-sender")
    );
    assert_eq!(response.header("signature"), None);
    let after = world.unit("RUR").ledger(1).await[0]["index"].as_u64().unwrap();
    assert_eq!(after, before + 2, "one entry for the token, one for reading the ledger");
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_policy_refuses_before_anything_is_sent() {
    let world = World::of_two().await;
    let asking = world.unit("UTO").asks("RUR").about("TESTMANN/ERIKA/1984-02-29");
    let answer = asking.but(|question| question.declares.clear()).asks().await;
    assert_eq!((answer.outcome(), answer.exit), ("refused", 1));
    assert!(answer.clauses().contains(&"F-REASONED"), "{:?}", answer.clauses());
    assert!(answer.json["receipt"].is_null());
    let asked = world.unit("RUR").ledger(100).await;
    assert!(
        asked.iter().all(|entry| entry["leaf"]["k"] != "exch.query.in"),
        "the partner was not asked"
    );
}
