//! Invented traffic: what is written is what a decoder reads.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use jiff::civil::date;
use piux_node::ingest::model::Function;
use piux_node::ingest::{Decoded, Traveller, decode};
use piux_node::synth::{Feed, Parcel, Rates, Recipe, Summary, parcels, write};
use piux_protocol::vocabulary::Timestamp;
use std::collections::BTreeMap;

fn recipe(seed: u64, travellers: u64, rates: Rates) -> Recipe {
    Recipe {
        seed,
        travellers,
        first_day: date(2026, 11, 1),
        feeds: Feed::ALL.into_iter().collect(),
        rates,
    }
}

fn read(parcel: &Parcel) -> Decoded {
    let received: Timestamp = "2026-12-24T00:00:00.000Z".parse().unwrap();
    decode(&parcel.bytes, None, received)
}

/// Locator, surname, given names, birth date, documents: sorted, so that two lists compare.
type Line = (String, String, String, Option<String>, Option<String>);

fn written(parcel: &Parcel) -> Vec<Line> {
    let line = |truth: &piux_node::synth::Truth| {
        (
            truth.locator.clone(),
            truth.written.surname.clone(),
            truth.written.given.clone(),
            truth.written_birth.map(|birth| birth.to_string()),
            truth.written_document.clone(),
        )
    };
    let mut lines: Vec<Line> = parcel.truths.iter().map(line).collect();
    lines.sort();
    lines
}

fn decoded(found: &Decoded) -> Vec<Line> {
    let mut lines = Vec::new();
    for booking in &found.bookings {
        let locator = booking
            .locators
            .first()
            .map(|locator| locator.locator.clone())
            .unwrap_or_default();
        lines.extend(booking.travellers.iter().map(|traveller| line(&locator, traveller)));
    }
    lines.sort();
    lines
}

fn line(locator: &str, traveller: &Traveller) -> Line {
    assert!(traveller.documents.len() <= 1 && traveller.other_birth_dates.is_empty());
    let name = &traveller.names[0];
    let document = traveller.documents.first().map(|document| {
        let issuer = document.issuer.as_ref().unwrap().code.clone().unwrap();
        format!("{issuer}:{}", document.number)
    });
    let birth = traveller.birth_date.map(|birth| birth.to_string());
    (
        locator.to_owned(),
        name.surname.clone(),
        name.given.clone(),
        birth,
        document,
    )
}

#[test]
fn every_traveller_of_every_feed_is_read_as_written() {
    let mut people = BTreeMap::<Feed, usize>::new();
    for (feed, parcel) in parcels(&recipe(7, 1_500, Rates::default())) {
        let found = read(&parcel);
        assert_eq!(decoded(&found), written(&parcel), "{feed:?} {}", parcel.name);
        assert_eq!(found.rejected, 0, "{feed:?} {}", parcel.name);
        assert_eq!(found.travellers_read, parcel.truths.len());
        assert_eq!(
            found.sensitive_removed, parcel.summary.sensitive,
            "{feed:?} {}",
            parcel.name
        );
        *people.entry(feed).or_default() += parcel.truths.len();
    }
    assert_eq!(people.len(), 4);
    assert!(people.values().all(|people| *people > 1_000), "{people:?}");
}

#[test]
fn clean_traffic_gives_no_finding() {
    for (feed, parcel) in parcels(&recipe(11, 600, Rates::NONE)) {
        let found = read(&parcel);
        let rules: Vec<_> = found.findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, [""; 0], "{feed:?} {}", parcel.name);
        assert_eq!(found.messages as u64, parcel.summary.messages);
    }
}

#[test]
fn canceled_bookings_are_told_by_an_update() {
    let mut canceled = 0;
    for (feed, parcel) in parcels(&recipe(3, 900, Rates::default())) {
        let found = read(&parcel);
        let told = found
            .bookings
            .iter()
            .filter(|booking| booking.function == Function::Cancel);
        let told = told.count() as u64;
        assert_eq!(told, parcel.summary.cancellations, "{feed:?} {}", parcel.name);
        canceled += told;
    }
    assert!(canceled > 0);
}

#[test]
fn the_same_seed_writes_the_same_bytes_and_another_seed_other_ones() {
    let bytes = |seed| -> Vec<Vec<u8>> {
        let parcels = parcels(&recipe(seed, 200, Rates::default()));
        parcels.map(|(_, parcel)| parcel.bytes).collect()
    };
    assert_eq!(bytes(5), bytes(5));
    assert_ne!(bytes(5), bytes(6));
}

#[test]
fn a_folder_holds_the_files_and_the_truth_and_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = recipe(9, 300, Rates::default());
    let sums = write(folder.path(), &recipe).unwrap();
    let mut expected = BTreeMap::<Feed, Summary>::new();
    let mut lines = 0;
    for (feed, parcel) in parcels(&recipe) {
        let path = folder.path().join(feed.word()).join(&parcel.name);
        assert_eq!(std::fs::read(&path).unwrap(), parcel.bytes);
        lines += parcel.truths.len();
        expected.entry(feed).or_default().add(&parcel.summary);
    }
    assert_eq!(sums, expected);
    let truth = std::fs::read_to_string(folder.path().join("truth.ndjson")).unwrap();
    assert_eq!(truth.lines().count(), lines);
    assert!(write(folder.path(), &recipe).is_err());
}
