//! All questions about one person together tell a partner at most the bits agreed; size tells nothing.

use piux_protocol::vocabulary::Scope;
use piux_tests::{Traveller, World, person};

#[tokio::test(flavor = "multi_thread")]
async fn a_narrow_window_counts_and_beyond_the_budget_nothing_is_sent() {
    let world = World::of_two_agreed_on(|text| text.replace("leak_bits = 8 ", "leak_bits = 2 ")).await;
    let rur = world.unit("RUR");
    let crowd = |surname: &str, many: u8| -> Vec<Traveller> {
        let one = |n| {
            let given = char::from(b'A' + n).to_string().repeat(3);
            Traveller::new(surname, &given, "1984-02-29").booked_under(&format!("{}{n}", &surname[..5]))
        };
        (0..many).map(one).collect()
    };
    // Seven and ten: sizes are estimates, and one more or less must not pass a power of two.
    rur.loads(&crowd("SAMPLE", 7)).await;
    world.clock().advance(60 * 86_400);
    rur.loads(&crowd("TESTMANN", 10)).await;
    let asks = |window: &str| {
        let asking = world.unit("UTO").asks("RUR").about("NOBODY/JOHANNA/1990-06-15");
        let window = window.parse().unwrap();
        asking.but(move |question| question.window = window).asks()
    };
    let half = asks("2026Q3..2026Q3").await;
    assert_eq!(
        (half.outcome(), &half.json["leak_bits"]),
        ("no-hit", &1.into()),
        "{}",
        half.text
    );
    let other = asks("2026Q2..2026Q2").await;
    assert_eq!((other.outcome(), other.exit), ("refused", 1), "{}", other.text);
    assert_eq!(other.clauses(), ["F-LEAK"]);
    let again = asks("2026Q3..2026Q3").await;
    assert_eq!(
        again.outcome(),
        "no-hit",
        "what is known already tells nothing new: {}",
        again.text
    );
    let stranger = world.unit("UTO").asks("RUR").about("ANOTHER/PERSON/1990-06-15");
    let stranger = stranger.but(|question| question.window = "2026Q2..2026Q2".parse().unwrap());
    assert_eq!(stranger.asks().await.outcome(), "no-hit", "a budget is one person's");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_name_and_five_leave_and_return_in_the_same_size() {
    let (world, clerk) = World::of_one_and_a_clerk().await;
    world
        .unit("RUR")
        .loads(&[Traveller::new("SUHARTO", "", "1984-02-29")])
        .await;
    for scope in [Scope::Tight, Scope::Full] {
        let mut details = clerk.details();
        (details.scope, details.classes) = (scope, scope.segments().to_vec());
        let mut sizes = Vec::new();
        for (surname, given) in [("SUHARTO", ""), ("TESTMANN HERRERA", "ERIKA MARIA JOSEFINE")] {
            let prepared = clerk.prepares(&details, &person(surname, given, "1984-02-29")).await;
            let response = clerk.sends(&clerk.signs(&prepared)).await;
            assert_eq!(response.status, 200);
            sizes.push((prepared.body.len(), response.body.len()));
        }
        assert_eq!(sizes[0], sizes[1], "{scope}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_of_a_plan_is_sent_whatever_the_first_answer_says() {
    let world = World::of_two().await;
    let erika = Traveller::new("TESTMANN", "ERIKA", "1984-02-29").with_passport("UTO", "L898902C3");
    world.unit("RUR").loads(&[erika]).await;
    let mut sent = Vec::new();
    for (person, document) in [
        ("TESTMANN/ERIKA/1984-02-29", "UTO:L898902C3"),
        ("NOBODY/JOHANNA/1990-06-15", "UTO:X0000017"),
    ] {
        let asking = world.unit("UTO").asks("RUR").about(person).with_document(document);
        let answer = asking.asks().await;
        sent.push((answer.requests(), answer.json["classes_tried"].clone()));
    }
    assert_eq!(sent[0].0, sent[1].0);
}
