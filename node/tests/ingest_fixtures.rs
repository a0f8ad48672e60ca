//! Our own invented messages, each trap of the formats by name.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "ingest_fixtures/acknowledgements.rs"]
mod acknowledgements;
#[path = "ingest_fixtures/lists.rs"]
mod lists;
#[path = "ingest_fixtures/purge.rs"]
mod purge;
#[path = "ingest_fixtures/pushes.rs"]
mod pushes;
#[path = "ingest_fixtures/same.rs"]
mod same;

use piux_node::ingest::model::{BookingKind, ContactOwner, DocumentClass, Function, Kind, Role, Sex};
use piux_node::ingest::{Booking, Decoded, Severity, Traveller, decode};
use piux_protocol::vocabulary::Timestamp;
use proptest::prelude::*;

const LIST: &[u8] = include_bytes!("fixtures/list-two-legs.edi");
const PUSH: &[u8] = include_bytes!("fixtures/push-family.edi");
const CANCEL: &[u8] = include_bytes!("fixtures/push-update-cancel.edi");
const EXPORT: &[u8] = include_bytes!("fixtures/export.ndjson");

fn read(bytes: &[u8]) -> Decoded {
    decode(bytes, None, "2026-03-04T20:00:00.000Z".parse::<Timestamp>().unwrap())
}

/// An interchange with one message: its type, access reference, part, and segments.
fn interchange(kind: &str, access: &str, part: &str, body: &str) -> Vec<u8> {
    let header = format!("UNH+M1+{kind}+{access}+{part}'");
    let segments = body.matches('\'').count() + 2;
    format!("UNB+UNOA:4+UTAIR+UTOPIU+260304:0915+CTRL77'{header}{body}UNT+{segments}+M1'UNZ+1+CTRL77'").into_bytes()
}

fn rules(decoded: &Decoded) -> Vec<&'static str> {
    decoded.findings.iter().map(|finding| finding.rule).collect()
}

fn legs(booking: &Booking) -> Vec<String> {
    let date = |flight: &piux_node::ingest::model::Flight| flight.dep_date.unwrap().to_string();
    booking
        .flights
        .iter()
        .map(|f| format!("{} {} {}-{}", f.designator(), date(f), f.board, f.off))
        .collect()
}

fn numbers(traveller: &Traveller) -> Vec<&str> {
    traveller
        .documents
        .iter()
        .map(|document| document.number.as_str())
        .collect()
}

#[test]
fn a_passenger_list_gives_travellers_crew_and_paired_legs() {
    let list = read(LIST);
    assert_eq!((list.messages, list.travellers_read, list.rejected), (1, 3, 0));
    assert_eq!(rules(&list), [""; 0]);
    let [family, crew] = list.bookings.as_slice() else {
        panic!("two bookings")
    };
    assert_eq!(legs(family), ["UT451 2026-03-05 UTA-RUB", "UT451 2026-03-05 RUB-NKW"]);
    assert_eq!(family.locators[0].locator, "QF7K2M");
    assert_eq!((family.travellers.len(), crew.travellers[0].role), (2, Role::Crew));
    assert_eq!(crew.travellers[0].names[0].surname, "O'DOYLE-MBEKI");
    assert_eq!(crew.travellers[0].names[0].given, "SÉAMUS");
    assert_eq!(
        crew.travellers[0].documents[0].expiry.unwrap().to_string(),
        "2031-06-11"
    );
    assert_eq!(list.text_withheld.get("FTX"), Some(&1));
}

#[test]
fn every_field_of_a_listed_passenger_finds_its_place() {
    let list = read(LIST);
    let one = &list.bookings[0].travellers[0];
    assert_eq!(
        (one.names[0].surname.as_str(), one.names[0].given.as_str()),
        ("QUILLFEATHER", "ORSOLYA MAE")
    );
    assert_eq!(one.birth_date.unwrap().to_string(), "1984-02-29");
    assert_eq!(one.sex, Some(Sex::F));
    assert_eq!(numbers(one), ["UT8842177", "V55501"]);
    assert_eq!(one.documents[0].expiry.unwrap().to_string(), "2031-06-11");
    assert_eq!(one.documents[1].issuer.as_ref().unwrap().code.as_deref(), Some("NZL"));
    assert_eq!(one.carrier_ref.as_deref(), Some("UT451001"));
    assert_eq!(one.seats[0].number, "11D");
    let bags = one.bags.as_ref().unwrap();
    assert_eq!((bags.pieces, bags.weight_kg, bags.tags.len()), (Some(2), Some(31), 2));
    let reach: Vec<_> = one.contacts.iter().map(|contact| contact.value.as_str()).collect();
    assert_eq!(
        reach,
        [
            "4 HARBOUR ROW, PORT UTOPIA, SOUTH, UT4 1ZZ, GBR",
            "+447700900123",
            "orsolya@example.org"
        ]
    );
}

#[test]
fn an_empty_document_gives_its_dates_to_nobody() {
    let list = read(LIST);
    let two = &list.bookings[0].travellers[1];
    assert!(two.documents.is_empty());
    assert_eq!(two.birth_date.unwrap().to_string(), "1981");
    assert_eq!(two.nationalities[0].code.as_deref(), Some("DEU"));
}

#[test]
fn an_infants_passport_is_the_infants_and_never_the_mothers() {
    let push = read(PUSH);
    let family = &push.bookings[0];
    let [mother, infant, _] = family.travellers.as_slice() else {
        panic!("three travellers")
    };
    assert_eq!(numbers(mother), ["550011226"]);
    assert_eq!(numbers(infant), ["550011227"]);
    assert_eq!((infant.kind, infant.companion), (Kind::Infant, Some(0)));
    assert_eq!(infant.birth_date.unwrap().to_string(), "2025-09-20");
    assert_eq!(mother.birth_date.unwrap().to_string(), "1988-07-01");
    assert_eq!(
        (mother.tickets.as_slice(), infant.tickets.as_slice()),
        (&["9991234567890".to_owned()][..], &["9991234567891".to_owned()][..])
    );
}

#[test]
fn an_infant_that_only_a_request_names_is_a_traveller_too() {
    let push = read(PUSH);
    let group = &push.bookings[1];
    let infant = group.travellers.last().unwrap();
    assert_eq!((infant.kind, infant.companion), (Kind::Infant, Some(1)));
    assert_eq!(infant.names[0].given, "HANA");
}

#[test]
fn one_document_written_with_two_country_codes_is_one() {
    let push = read(PUSH);
    let park = &push.bookings[1].travellers[1];
    assert_eq!(numbers(park), ["M20011223"]);
    assert_eq!(park.documents[0].issuer.as_ref().unwrap().code.as_deref(), Some("KOR"));
}

#[test]
fn name_forms_keep_their_origin_and_a_proven_title_comes_off() {
    let push = read(PUSH);
    let park = &push.bookings[1].travellers[1];
    let forms: Vec<_> = park
        .names
        .iter()
        .map(|name| (name.given.as_str(), name.title.as_deref()))
        .collect();
    assert_eq!(forms, [("SE JOON", None), ("SEJOON", Some("MR"))]);
    let given: Vec<_> = push.bookings[0]
        .travellers
        .iter()
        .map(|one| one.names.last().unwrap().given.as_str())
        .collect();
    assert_eq!(given, ["TAMSIN", "PEARL", "AMR"]);
}

#[test]
fn every_locator_is_kept_but_those_of_departure_control() {
    let push = read(PUSH);
    let known: Vec<_> = push.bookings[0]
        .locators
        .iter()
        .map(|l| format!("{}:{}", l.system, l.locator))
        .collect();
    assert_eq!(known, ["1A:FAM1LY", "UT:K8WQ2Z", "UT:K8WQ2Y"]);
    assert_eq!(push.bookings[0].created.unwrap().to_string(), "2026-01-11");
    assert_eq!(push.bookings[0].split[0].locator, "SPL1TT");
}

#[test]
fn flights_are_those_booked_and_not_those_of_hotels_or_history() {
    let push = read(PUSH);
    let family = &push.bookings[0];
    assert_eq!(legs(family), ["UT451 2026-03-05 UTA-RUB", "UT452 2026-03-05 RUB-NKW"]);
    let operating = family.flights[0].operating.as_ref().unwrap();
    assert_eq!(
        (operating.carrier.as_str(), operating.number.as_deref()),
        ("UX", Some("8451"))
    );
    assert_eq!(legs(&push.bookings[1]), ["UT451 2026-03-05 UTA-RUB"]);
}

#[test]
fn an_agencys_phone_is_nobodys_contact() {
    let push = read(PUSH);
    let family = &push.bookings[0];
    let owned = |owner| {
        family
            .contacts
            .iter()
            .filter(|c| c.owner == owner)
            .map(|c| c.value.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(owned(ContactOwner::Agency), ["02079460000"]);
    assert!(owned(ContactOwner::Passenger).contains(&"447700900456".to_owned()));
    let shown = family.elements(&family.travellers[0]);
    assert!(!shown["pnr.05_contact"].to_string().contains("02079460000"));
    assert!(shown["pnr.09_agency"].to_string().contains("02079460000"));
}

#[test]
fn sensitive_requests_are_counted_and_gone_from_history_too() {
    let push = read(PUSH);
    let counted: Vec<_> = push
        .sensitive_removed
        .iter()
        .map(|(code, n)| (code.as_str(), *n))
        .collect();
    assert_eq!(counted, [("KSML", 1), ("MOML", 1), ("WCHR", 1)]);
    let kept = serde_json::to_string(&push.bookings).unwrap();
    for gone in [
        "MOML",
        "KSML",
        "WCHR",
        "STAIRS",
        "QUIET ROW",
        "KEEP AN EYE",
        "4111111111111111",
        "OLD00001",
    ] {
        assert!(!kept.contains(gone), "{gone}");
    }
}

#[test]
fn a_booking_without_a_locator_is_counted_as_rejected() {
    let push = read(PUSH);
    assert_eq!((push.bookings.len(), push.rejected), (2, 1));
    let stored: usize = push.bookings.iter().map(|booking| booking.travellers.len()).sum();
    assert_eq!(push.travellers_read, stored + push.rejected);
    assert!(rules(&push).contains(&"structure.no_locator"));
}

#[test]
fn check_in_seats_and_bags_are_the_travellers() {
    let push = read(PUSH);
    let [mother, _, other] = push.bookings[0].travellers.as_slice() else {
        panic!("three travellers")
    };
    assert!(mother.checked_in && !other.checked_in);
    assert_eq!(
        (mother.seats[0].number.as_str(), mother.seats[0].flight),
        ("12A", Some(0))
    );
    assert_eq!(other.seats[0].number, "12B");
    assert_eq!(mother.bags.as_ref().unwrap().tags, ["6181026000001", "6181026000002"]);
    assert_eq!(other.documents[0].class, DocumentClass::Visa);
}

#[test]
fn an_empty_office_in_an_update_push_cancels() {
    let push = read(CANCEL);
    assert_eq!(push.bookings[0].function, Function::Cancel);
    assert_eq!(push.bookings[0].locators[0].locator, "GRP0UP");
}

#[test]
fn an_export_joins_the_flights_of_one_person_and_reports_a_broken_line() {
    let export = read(EXPORT);
    assert_eq!((export.messages, export.bookings.len(), export.rejected), (4, 2, 1));
    let family = &export.bookings[0];
    assert_eq!((family.kind, family.travellers.len()), (BookingKind::Pnr, 1));
    assert_eq!(legs(family), ["UT451 2026-03-05 UTA-RUB", "UT452 2026-03-05 RUB-NKW"]);
    let seats: Vec<_> = family.travellers[0]
        .seats
        .iter()
        .map(|s| (s.flight, s.number.as_str()))
        .collect();
    assert_eq!(seats, [(Some(0), "12A"), (Some(1), "3C")]);
    assert_eq!(family.travellers[0].contacts.len(), 1);
    assert_eq!(export.bookings[1].function, Function::Cancel);
    assert_eq!(
        export.bookings[1].travellers[0].birth_date.unwrap().to_string(),
        "1972-09"
    );
    let broken = export
        .findings
        .iter()
        .find(|finding| finding.rule == "syntax.json")
        .unwrap();
    assert_eq!((broken.position.message, broken.severity), (3, Severity::Error));
}

#[test]
fn elements_are_named_as_the_law_numbers_them() {
    let push = read(PUSH);
    let family = &push.bookings[0];
    let names: Vec<_> = family.elements(&family.travellers[0]).into_keys().collect();
    for expected in [
        "pnr.01_locator",
        "pnr.04_names",
        "pnr.17_travellers",
        "pnr.18_api",
        "pnr.19_history",
    ] {
        assert!(names.contains(&expected), "{expected}");
    }
    let list = read(LIST);
    let shown = list.bookings[0].elements(&list.bookings[0].travellers[0]);
    assert!(shown["api.document"].to_string().contains("UT8842177"));
    assert!(!shown.contains_key("pnr.04_names"));
}

#[test]
fn the_model_survives_being_written_and_read() {
    for bytes in [LIST, PUSH, CANCEL, EXPORT] {
        for booking in read(bytes).bookings {
            let text = serde_json::to_string(&booking).unwrap();
            assert!(serde_json::from_str::<Booking>(&text).unwrap() == booking);
        }
    }
}

#[test]
fn nothing_of_a_person_is_in_debug_output_or_findings() {
    for bytes in [LIST, PUSH, EXPORT] {
        let decoded = read(bytes);
        let shown = format!(
            "{decoded:?} {:?} {}",
            decoded.bookings,
            serde_json::to_string(&decoded.findings).unwrap()
        );
        for name in ["QUILLFEATHER", "ROOKWOOD", "TAMSIN", "550011226", "PARK", "1988"] {
            assert!(!shown.contains(name), "{name}");
        }
    }
}

/// The same message with other delimiters means the same.
#[test]
fn every_dialect_says_the_same() {
    let plain = read(CANCEL).bookings;
    let text = String::from_utf8(CANCEL.to_vec()).unwrap();
    for (advice, [component, element, terminator]) in [
        ("UNA:*.? $", [":", "*", "$"]),
        ("UNA:-.? *", [":", "-", "*"]),
        ("UNA:(.) -", [":", "(", "-"]),
    ] {
        let told = text
            .replace('+', element)
            .replace(':', component)
            .replace('\'', terminator);
        let read = read(format!("{advice}\n{told}").as_bytes());
        assert!(read.bookings == plain, "{advice}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_decoded_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = read(&bytes);
    }

    #[test]
    fn a_message_cut_or_changed_anywhere_loses_nobody_silently(
        which in 0usize..4, cut in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut bytes = [LIST, PUSH, CANCEL, EXPORT][which].to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        bytes.truncate(cut.index(bytes.len()) + 1);
        let decoded = read(&bytes);
        let stored: usize = decoded.bookings.iter().map(|booking| booking.travellers.len()).sum();
        prop_assert_eq!(decoded.travellers_read, stored + decoded.rejected);
    }

    #[test]
    fn no_sensitive_code_survives_wherever_it_stands(code in prop::sample::select(
        piux_node::ingest::sensitive::removed_codes().collect::<Vec<_>>()), line in 5usize..60) {
        let text = String::from_utf8(PUSH.to_vec()).unwrap();
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.insert(line.min(lines.len() - 3).max(10), format!("SSR+{code}:HK:1:UT:::::XYZZYPLUGH+::1'"));
        let decoded = read(lines.join("\n").as_bytes());
        prop_assert!(decoded.sensitive_removed.contains_key(code));
        let kept = serde_json::to_string(&decoded.bookings).unwrap();
        prop_assert!(!kept.contains("XYZZYPLUGH") && !kept.contains(code));
    }
}
