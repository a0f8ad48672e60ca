//! An answer that was changed, cut, exchanged or proved under another key opens nothing.

use piux_protocol::blind::{EpochSeed, LookupAnswer, OpenError, evaluate};
use piux_protocol::signature::{HttpRequest, HttpResponse};
use piux_protocol::vocabulary::sha256;
use piux_tests::{Clerk, Prepared, Traveller, World, person};
use std::collections::BTreeSet;

struct Asked {
    prepared: Prepared,
    request: HttpRequest,
    response: HttpResponse,
}

impl Asked {
    /// How many people the answer shows.
    fn opens(&self, answer: &LookupAnswer) -> Result<usize, OpenError> {
        let digest = sha256(&self.prepared.body);
        let opened = self.prepared.query.open(answer, &digest, &self.prepared.descriptor)?;
        let people: BTreeSet<_> = opened.iter().map(|row| row.handle).collect();
        Ok(people.len())
    }

    fn answer(&self) -> LookupAnswer {
        LookupAnswer::decode(&self.response.body).unwrap()
    }
}

async fn asks(clerk: &Clerk) -> Asked {
    let prepared = clerk
        .prepares(&clerk.details(), &person("TESTMANN", "ERIKA", "1984-02-29"))
        .await;
    let request = clerk.signs(&prepared);
    let response = clerk.sends(&request).await;
    assert_eq!(response.status, 200);
    Asked {
        prepared,
        request,
        response,
    }
}

async fn erika() -> (World, Clerk) {
    let (world, clerk) = World::of_one_and_a_clerk().await;
    world
        .unit("RUR")
        .loads(&[Traveller::new("TESTMANN", "ERIKA", "1984-02-29")])
        .await;
    (world, clerk)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_true_answer_is_proved_and_opens() {
    let (_world, clerk) = erika().await;
    let asked = asks(&clerk).await;
    assert!(clerk.proves(&asked.request, &asked.response));
    assert_eq!(asked.opens(&asked.answer()).unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_part_of_a_signed_answer_can_change() {
    let (_world, clerk) = erika().await;
    let asked = asks(&clerk).await;
    for name in [
        "content-type",
        "content-digest",
        "piux-promise",
        "signature-input",
        "signature",
    ] {
        let mut changed = asked.response.clone();
        let header = changed.headers.iter_mut().find(|(header, _)| header == name).unwrap();
        let middle = header.1.len() / 2;
        let letter = if &header.1[middle..=middle] == "a" { "b" } else { "a" };
        header.1.replace_range(middle..=middle, letter);
        assert!(!clerk.proves(&asked.request, &changed), "{name}");
        let mut cut = asked.response.clone();
        cut.headers.retain(|(header, _)| header != name);
        assert!(!clerk.proves(&asked.request, &cut), "without {name}");
    }
    let (mut status, mut body, mut short) = (asked.response.clone(), asked.response.clone(), asked.response.clone());
    status.status = 201;
    body.body[100] ^= 1;
    short.body.truncate(short.body.len() - 16);
    for changed in [status, body, short] {
        assert!(!clerk.proves(&asked.request, &changed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_another_question_is_none() {
    let (_world, clerk) = erika().await;
    let (one, other) = (asks(&clerk).await, asks(&clerk).await);
    assert!(
        !clerk.proves(&one.request, &other.response),
        "signed for the other request"
    );
    assert_eq!(one.opens(&other.answer()), Err(OpenError::OtherRequest));
    let mut renamed = other.answer();
    (renamed.qid, renamed.req_hash) = (one.answer().qid, one.answer().req_hash);
    assert!(matches!(one.opens(&renamed), Err(OpenError::Proof { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shorter_or_longer_list_of_rows_is_refused() {
    let (_world, clerk) = erika().await;
    let asked = asks(&clerk).await;
    let mut short = asked.answer();
    short.segments[1].rows.pop();
    assert!(matches!(asked.opens(&short), Err(OpenError::Rows(_))));
    let mut without = asked.answer();
    without.segments.pop();
    assert_eq!(asked.opens(&without), Err(OpenError::Segments));
    for cut in [1, 16, 200] {
        assert!(LookupAnswer::decode(&asked.response.body[..asked.response.body.len() - cut]).is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_under_another_key_than_the_published_one_is_refused() {
    let (_world, clerk) = erika().await;
    let asked = asks(&clerk).await;
    let request = asked.prepared.query.request();
    let random = piux_node::keys::SystemRandom;
    let mut proved_anew = asked.answer();
    for (segment, asked) in proved_anew.segments.iter_mut().zip(&request.segments) {
        let key = EpochSeed::draw(&random).key(request.purpose, segment.class);
        let evaluated = evaluate(&key, &key.public_key(), &asked.elements, &random).unwrap();
        (segment.evaluated, segment.proof) = evaluated;
    }
    assert!(matches!(asked.opens(&proved_anew), Err(OpenError::Proof { .. })));
}
