//! Public sample messages, kept outside of the repository (`shared/samples`): what each of them
//! says, written down by hand. Skipped loudly where the samples are not there.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "ingest_samples/counts.rs"]
mod counts;
#[path = "ingest_samples/expectations.rs"]
mod expectations;
#[path = "shared/folder.rs"]
mod folder;
#[path = "shared/words.rs"]
mod words;

use folder::shared;
use piux_node::ingest::edifact::segments;
use piux_node::ingest::model::{Function, Notice};
use piux_node::ingest::model::{ResponseKind, Verdict};
use piux_node::ingest::{Booking, Decoded, decode};
use piux_protocol::vocabulary::Timestamp;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use words::{leg, told};

fn samples() -> Option<PathBuf> {
    shared("samples")
}

fn all(samples: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for folder in ["paxlst", "pnrgov"] {
        for entry in std::fs::read_dir(samples.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{folder}/{}", path.file_stem().unwrap().to_str().unwrap());
            files.push((name, std::fs::read(&path).unwrap()));
        }
    }
    files.sort();
    files
}

fn read(bytes: &[u8]) -> Decoded {
    decode(bytes, None, "2013-05-30T12:00:00.000Z".parse::<Timestamp>().unwrap())
}

#[test]
fn every_sample_says_what_a_person_reads_in_it() {
    let Some(samples) = samples() else { return };
    let files = all(&samples);
    let mut wrong = Vec::new();
    for (name, expected) in expectations::ALL {
        let (_, bytes) = files
            .iter()
            .find(|(file, _)| file == name)
            .unwrap_or_else(|| panic!("no sample {name}"));
        let decoded = read(bytes);
        let read: Vec<_> = decoded.bookings.iter().map(told).collect();
        if read != *expected || decoded.rejected != 0 {
            wrong.push(format!(
                "{name} ({} rejected)\n  read     {read:#?}\n  expected {expected:#?}",
                decoded.rejected
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(expectations::ALL.len() + 1, counts::COUNTS.len());
}

/// Every message file is counted, and every count is that of the message.
#[test]
fn every_sample_holds_what_was_counted_by_hand() {
    let Some(samples) = samples() else { return };
    let files = all(&samples);
    let mut wrong = Vec::new();
    for (name, bytes) in &files {
        let Some(counts::Count(_, travellers, documents, flights, cancelled, purged)) =
            counts::COUNTS.iter().find(|count| count.0 == name)
        else {
            wrong.push(format!("{name} is not counted"));
            continue;
        };
        let expected = (*travellers, *documents, *flights, *cancelled, *purged);
        let decoded = read(bytes);
        if tally(&decoded) != expected || decoded.rejected != 0 {
            wrong.push(format!("{name}: read {:?}, expected {expected:?}", tally(&decoded)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(files.len(), counts::COUNTS.len());
}

fn tally(decoded: &Decoded) -> (usize, usize, usize, usize, u64) {
    let travellers = || decoded.bookings.iter().flat_map(|booking| &booking.travellers);
    let legs: BTreeSet<_> = decoded
        .bookings
        .iter()
        .flat_map(|booking| &booking.flights)
        .map(leg)
        .collect();
    let cancelled = decoded
        .bookings
        .iter()
        .filter(|booking| booking.function == Function::Cancel);
    (
        travellers().count(),
        travellers().map(|one| one.documents.len()).sum(),
        legs.len(),
        cancelled.count(),
        decoded.sensitive_removed.values().sum(),
    )
}

#[test]
fn an_answer_of_an_authority_is_read_passenger_by_passenger_and_gives_no_traveller() {
    let Some(samples) = samples() else { return };
    for (name, flight, passengers) in counts::ANSWERS {
        let decoded = read(&std::fs::read(samples.join(format!("{name}.edi"))).unwrap());
        let [response] = decoded.responses.as_slice() else {
            panic!("{name}: one response")
        };
        assert_eq!(
            (response.kind, response.flights.as_slice()),
            (ResponseKind::Passengers, &[(*flight).to_owned()][..])
        );
        let told: Vec<_> = response
            .answers
            .iter()
            .map(|one| {
                format!(
                    "{} {} {}",
                    one.locator.as_deref().unwrap(),
                    one.carrier_ref.as_deref().unwrap(),
                    one.code
                )
            })
            .collect();
        assert_eq!(told, *passengers, "{name}");
        let refused = passengers.iter().filter(|one| one.ends_with("1Z")).count();
        assert_eq!(
            (response.count(Verdict::NoBoard), response.count(Verdict::Board)),
            (refused, passengers.len() - refused)
        );
        assert_eq!(
            (decoded.travellers_read, decoded.bookings.len(), decoded.rejected),
            (0, 0, 0),
            "{name}"
        );
    }
    assert_eq!(
        std::fs::read_dir(samples.join("cusres")).unwrap().count(),
        counts::ANSWERS.len()
    );
}

/// Every list and push among the samples is answered, and both tokenizers can read the answer.
#[test]
fn every_sample_can_be_acknowledged() {
    let Some(samples) = samples() else { return };
    for (name, bytes) in all(&samples) {
        let decoded = read(&bytes);
        let at = "2013-05-30T12:00:00.000Z".parse().unwrap();
        let answers = decoded.acknowledgements("UTOPIU", at);
        assert_eq!(answers.len(), decoded.messages, "{name}");
        for answer in answers {
            assert!(
                edifact_rs::from_bytes(answer.as_bytes()).all(|segment| segment.is_ok()),
                "{name}"
            );
            let back = read(answer.as_bytes());
            let rules: Vec<_> = back.findings.iter().map(|finding| finding.rule).collect();
            assert_eq!(rules, ["message.response"], "{name}: {answer}");
        }
    }
}

#[test]
fn every_name_segment_of_a_passenger_list_is_a_traveller() {
    let Some(samples) = samples() else { return };
    for (name, bytes) in all(&samples).into_iter().filter(|(name, _)| name.starts_with("paxlst")) {
        let listed = segments(&bytes).filter(|segment| {
            segment.tag() == "PDT" || (segment.tag() == "NAD" && ["FL", "FM"].contains(&segment.text(1, 0).as_ref()))
        });
        assert_eq!(read(&bytes).travellers_read, listed.count(), "{name}");
    }
}

#[test]
fn no_document_is_under_two_travellers_of_one_booking() {
    let Some(samples) = samples() else { return };
    for (name, bytes) in all(&samples).into_iter().filter(|(name, _)| name.starts_with("pnrgov")) {
        for booking in read(&bytes).bookings {
            let mut numbers: Vec<_> = booking
                .travellers
                .iter()
                .flat_map(|t| &t.documents)
                .map(|d| &d.number)
                .collect();
            let count = numbers.len();
            numbers.sort();
            numbers.dedup();
            assert_eq!(numbers.len(), count, "{name}");
        }
    }
}

/// One list of the corpus changes what another one said; none cancels.
#[test]
fn the_only_notice_among_the_samples_is_a_change() {
    let Some(samples) = samples() else { return };
    for (name, bytes) in all(&samples) {
        let notice = (name == "paxlst/astra-iapi-cn-4").then_some(Notice::Change);
        assert!(
            read(&bytes).bookings.iter().all(|booking| booking.notice == notice),
            "{name}"
        );
    }
}

#[test]
fn every_part_of_a_list_knows_its_place_and_the_total() {
    let Some(samples) = samples() else { return };
    let files = all(&samples);
    for (part, last) in [(1, false), (2, false), (3, true)] {
        let name = format!("paxlst/astra-multipart-02B-part{part}");
        let decoded = read(&files.iter().find(|(file, _)| *file == name).unwrap().1);
        let push = decoded.bookings[0].push.clone().unwrap();
        assert_eq!(
            (push.part, push.last, push.total),
            (Some(part), last, Some(5)),
            "{name}"
        );
    }
}

#[test]
fn meals_are_counted_and_agency_phones_are_the_agencys() {
    let Some(samples) = samples() else { return };
    let files = all(&samples);
    let file = |name: &str| read(&files.iter().find(|(file, _)| file == name).unwrap().1);
    assert_eq!(file("pnrgov/gtas-loader-pnr1").sensitive_removed.get("AVML"), Some(&5));
    let split = file("pnrgov/gtas-loader-pnr_split");
    for agency in ["5716005820", "5716005830"] {
        let shown = |booking: &Booking| {
            booking
                .elements(&booking.travellers[0])
                .remove("pnr.05_contact")
                .unwrap_or_default()
        };
        assert!(
            split
                .bookings
                .iter()
                .all(|booking| !shown(booking).to_string().contains(agency)),
            "{agency}"
        );
    }
    assert_eq!(split.bookings[1].split[0].locator, "ZLMXXX");
}

#[test]
fn a_sample_cut_or_changed_anywhere_loses_nobody_silently() {
    let Some(samples) = samples() else { return };
    for (name, bytes) in all(&samples) {
        let rounds = if bytes.len() > 10_000 { 8 } else { 48 };
        for round in 0..rounds {
            balanced(&name, &bytes[..bytes.len() * round / rounds]);
            let mut changed = bytes.clone();
            let at = (round * 7919 + 13) % changed.len();
            changed[at] = [b'\'', b'+', b':', b'?', 0, 0xE2, b'/', b'U'][round % 8];
            balanced(&name, &changed);
        }
    }
}

fn balanced(name: &str, bytes: &[u8]) {
    let decoded = read(bytes);
    let stored: usize = decoded.bookings.iter().map(|booking| booking.travellers.len()).sum();
    assert_eq!(decoded.travellers_read, stored + decoded.rejected, "{name}");
}
