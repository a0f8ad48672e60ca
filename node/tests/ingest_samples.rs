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

use piux_node::ingest::cusres::{ResponseKind, Verdict};
use piux_node::ingest::edifact::{Element, segments};
use piux_node::ingest::model::{Flight, Function, Kind, Notice};
use piux_node::ingest::{Booking, Decoded, Traveller, decode};
use piux_protocol::vocabulary::Timestamp;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn samples() -> Option<PathBuf> {
    let told = std::env::var_os("PIUX_SHARED").map(|shared| PathBuf::from(shared).join("samples"));
    let above = || {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|dir| dir.join("shared/samples"))
            .find(|dir| dir.is_dir())
    };
    let found = told.filter(|dir| dir.is_dir()).or_else(above);
    if found.is_none() {
        eprintln!(
            "SKIPPED: no shared/samples above the repository and no PIUX_SHARED: the sample messages are not tested"
        );
    }
    found
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

/// `system:locator, .. | flight, .. | traveller; ..`
fn told(booking: &Booking) -> String {
    let locators: Vec<_> = booking
        .locators
        .iter()
        .map(|l| format!("{}:{}", l.system, l.locator))
        .collect();
    let flights: Vec<_> = booking.flights.iter().map(leg).collect();
    let travellers: Vec<_> = booking.travellers.iter().map(person).collect();
    format!(
        "{} | {} | {}",
        locators.join(", "),
        flights.join(", "),
        travellers.join("; ")
    )
}

fn leg(flight: &Flight) -> String {
    let date = flight.dep_date.map_or("undated".to_owned(), |date| date.to_string());
    format!("{} {date} {}-{}", flight.designator(), flight.board, flight.off)
}

/// `infant of 0: SURNAME/GIVEN birth number:issuer ..`
fn person(traveller: &Traveller) -> String {
    let mut words = Vec::new();
    if traveller.kind == Kind::Infant {
        words.push(format!(
            "infant of {}:",
            traveller.companion.map_or("nobody".to_owned(), |at| at.to_string())
        ));
    }
    let name = traveller.names.first();
    words.push(name.map_or("unnamed".to_owned(), |name| format!("{}/{}", name.surname, name.given)));
    words.extend(traveller.birth_date.map(|date| date.to_string()));
    for document in &traveller.documents {
        let issuer = document
            .issuer
            .as_ref()
            .and_then(|issuer| issuer.code.as_deref())
            .unwrap_or_default();
        words.push(format!("{}:{issuer}", document.number));
    }
    words.join(" ")
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

/// An element with `:` and `*` put back: under syntax version 4 the other tokenizer takes `*` for
/// a repetition separator where no `UNA` says so, and sender names contain it.
fn ours_written(element: Element<'_>) -> String {
    let one = |occurrence: Element<'_>| occurrence.components().collect::<Vec<_>>().join(":");
    element.occurrences().map(one).collect::<Vec<_>>().join("*")
}

fn theirs_written(element: &edifact_rs::Element<'_>) -> String {
    let words = std::iter::once(&element.components).chain(&element.repeats);
    let one = |occurrence: &edifact_rs::Components<'_>| {
        occurrence
            .iter()
            .map(|(text, _)| text.to_string())
            .collect::<Vec<_>>()
            .join(":")
    };
    words.map(one).collect::<Vec<_>>().join("*")
}

/// Where `edifact-rs` accepts a file, it reads the same segments, elements and components.
#[test]
fn the_tokenizer_agrees_with_another_one() {
    let Some(samples) = samples() else { return };
    let plain = |text: &str| text.chars().filter(|c| !c.is_ascii_control()).collect::<String>();
    let mut agreed = 0;
    for (name, bytes) in all(&samples)
        .into_iter()
        .filter(|(_, bytes)| !bytes.windows(3).any(|w| w == "\u{2019}".as_bytes()))
    {
        let Ok(theirs) = edifact_rs::from_bytes(&bytes).collect::<Result<Vec<_>, _>>() else {
            continue;
        };
        let ours: Vec<_> = segments(&bytes).collect();
        assert_eq!(ours.len(), theirs.len(), "{name}");
        for (our, their) in ours.iter().zip(&theirs) {
            assert_eq!(our.tag(), their.tag, "{name}");
            let mine: Vec<_> = our.elements().map(|element| plain(&ours_written(element))).collect();
            let other: Vec<_> = their
                .elements
                .iter()
                .map(|element| plain(&theirs_written(element)))
                .collect();
            assert_eq!(mine, other, "{name} at {}", our.offset());
        }
        agreed += 1;
    }
    eprintln!("{agreed} samples read alike");
    assert!(agreed >= 40);
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
