#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]
use crate::ingest::model::{Capture, ContactOwner, Function, Role};
use crate::ingest::{Decoded, Format, decode};
use proptest::prelude::*;

fn read(text: &[u8]) -> Decoded {
    decode(text, Some(Format::Ndjson), "2026-03-04T20:00:00.000Z".parse().unwrap())
}

fn rules(decoded: &Decoded) -> Vec<&'static str> {
    decoded.findings.iter().map(|finding| finding.rule).collect()
}

const FULL: &str = r#"{"src":"utopia","src_id":"r1","ver":7,"op":"upsert","seen_at":"2026-03-01T08:00:00Z",
"flight":{"carrier":"ut","number":451,"suffix":"A","date":"2026-03-05","dep":"uta","arr":"RUB","dep_local":"2026-03-05T07:10:00","arr_local":"2026-03-05T09:00:00","op_carrier":"RU","op_number":"0077"},
"booking":{"system":"1A","locator":"FAM1LY","created":"2026-01-11T10:00:00Z","locators":["UT:K8WQ2Z",{"system":"1G","locator":"GGG123","created":"2026-01-12"}]},
"person":{"role":"transit","kind":"adult","surname":"ROOKWOOD","given":"TAMSIN","second":"MAE","title":"MS","sex":"F","dob":"1988-07","nat":["GBR","NZ"],"birth_place":"PORT UTOPIA","residence":"UTO"},
"docs":[{"type":"P","number":"550011226","issuer":"GBR","expiry":"2032-11-12","issued":"2022-11-12","verified":true},{"type":"V","number":"V1","issuer":"RUR"}],
"contacts":[{"kind":"email","value":"t@example.org"},{"kind":"phone","value":"020 7946 0000","holder":"agency"}],
"pay":[{"kind":"CC","vendor":"VI","bin":"411111","last4":"1111","exp":"1130","token":"tok_abc"}],
"ff":[{"prog":"UT","num":"70011223"}],"seat":"012A","bags":{"n":2,"kg":34.5,"tags":["UT004512"]},
"agency":{"iata":"99999992","office":"PUTO123","country":"UTO"},"status":"checked_in"}"#;

#[test]
fn a_flight_that_is_told_in_words_is_kept_and_remarked() {
    let told = FULL.replace('\n', "");
    for (code, words) in [
        ("\"ut\"", "\"Utopia Air\""),
        ("\"uta\"", "\"U\""),
        ("\"RUB\"", "\"Ruritania\""),
    ] {
        let read = read(told.replacen(code, words, 1).as_bytes());
        assert_eq!(
            (read.bookings.len(), rules(&read)),
            (1, vec!["field.flight"]),
            "{words}"
        );
    }
}

#[test]
fn every_field_of_the_profile_finds_its_place() {
    let all = read(FULL.replace('\n', "").as_bytes());
    assert_eq!((all.travellers_read, rules(&all)), (1, vec![]));
    let booking = &all.bookings[0];
    let from = &booking.provenance;
    assert_eq!(
        (
            from.sender.as_str(),
            from.source_id.as_deref(),
            from.control_ref.as_str()
        ),
        ("utopia", Some("r1"), "7")
    );
    assert_eq!(from.prepared.unwrap().to_string(), "2026-03-01");
    let flight = &booking.flights[0];
    assert_eq!((flight.designator().as_str(), flight.board.as_str()), ("UT451A", "UTA"));
    assert_eq!(flight.dep_local.unwrap().to_string(), "2026-03-05T07:10:00");
    assert_eq!(flight.operating.as_ref().unwrap().number.as_deref(), Some("77"));
    let locators: Vec<_> = booking
        .locators
        .iter()
        .map(|l| (l.system.as_str(), l.created.unwrap().to_string()))
        .collect();
    assert_eq!(
        locators,
        [
            ("1A", "2026-01-11".to_owned()),
            ("UT", "2026-01-11".to_owned()),
            ("1G", "2026-01-12".to_owned())
        ]
    );
    let one = &booking.travellers[0];
    assert_eq!(
        (one.role, one.names[0].given.as_str(), one.names[0].title.as_deref()),
        (Role::TransitPassenger, "TAMSIN MAE", Some("MS"))
    );
    assert_eq!(
        (
            one.birth_date.unwrap().to_string().as_str(),
            one.nationalities.len(),
            one.documents.len()
        ),
        ("1988-07", 2, 2)
    );
    assert_eq!(one.documents[0].issued.unwrap().to_string(), "2022-11-12");
    assert_eq!(
        (one.capture, one.checked_in, one.seats[0].number.as_str()),
        (Some(Capture::Verified), true, "12A")
    );
    assert_eq!(one.residence.as_ref().unwrap().code.as_deref(), Some("UTO"));
    let bags = one.bags.as_ref().unwrap();
    assert_eq!((bags.pieces, bags.weight_kg), (Some(2), Some(34)));
    assert_eq!(booking.contacts[0].owner, ContactOwner::Agency);
    assert_eq!(
        (
            booking.payments[0].bin6.as_deref(),
            booking.agency.as_ref().unwrap().iata.as_str()
        ),
        (Some("411111"), "99999992")
    );
    assert_eq!(all.text_withheld.get("pay.token"), Some(&1));
    assert!(!serde_json::to_string(booking).unwrap().contains("tok_abc"));
}

#[test]
fn an_unknown_member_is_an_error_and_its_line_is_kept() {
    let line = br#"{"flight":{"carrier":"UT","number":"1","gate":"7"},"person":{"surname":"QUILL","meal":"MOML"},"docs":[{"number":"X1","colour":"red"}],"x":1}"#;
    let all = read(line);
    assert_eq!(rules(&all), ["field.unknown"; 4]);
    assert_eq!((all.bookings.len(), all.rejected), (1, 0));
}

#[test]
fn a_wrong_value_costs_its_field_and_not_its_traveller() {
    let line = br#"{"op":"delete","flight":{"carrier":"UT","number":"1","date":"31/12/2026"},"person":{"surname":"QUILL","sex":"woman","dob":"1984-02-30","nat":"Narnia","role":"pilot","title":["DR"]},"docs":[{"type":"P"}],"contacts":[{"kind":"fax","value":"1"}],"bags":{"n":"many"}}"#;
    let all = read(line);
    let mut told = rules(&all);
    told.sort_unstable();
    assert_eq!(
        told,
        [
            "field.bags",
            "field.contact",
            "field.country",
            "field.date",
            "field.date",
            "field.document",
            "field.operation",
            "field.role",
            "field.sex",
            "field.type"
        ]
    );
    assert_eq!((all.travellers_read, all.rejected), (1, 0));
}

#[test]
fn a_line_without_a_flight_or_without_sense_is_one_traveller_rejected() {
    let text = b"{\"person\":{\"surname\":\"QUILL\"}}\n{\"flight\":\n[1]\n\n{\"flight\":{\"carrier\":\"UT\",\"number\":\"1\"}}";
    let all = read(text);
    assert_eq!(rules(&all), ["structure.no_flight", "syntax.json", "syntax.json"]);
    assert_eq!((all.travellers_read, all.rejected, all.messages), (4, 3, 4));
    assert_eq!(all.findings[1].position.message, 2);
    assert_eq!(all.findings[1].position.offset, 31);
}

#[test]
fn an_endless_line_is_refused_and_the_next_one_loads() {
    let mut text = vec![b'{'; 3_000_000];
    text.extend_from_slice(b"\n{\"flight\":{\"carrier\":\"UT\",\"number\":\"1\"}}\n");
    let all = read(&text);
    assert_eq!((rules(&all), all.bookings.len()), (vec!["limit.line"], 1));
}

#[test]
fn lines_of_another_character_set_are_read() {
    let all = read(b"{\"flight\":{\"carrier\":\"UT\",\"number\":\"1\"},\"person\":{\"surname\":\"MU\xD1OZ\"}}");
    assert_eq!(rules(&all), ["syntax.charset"]);
    assert_eq!(all.bookings[0].travellers[0].names[0].surname, "MUÑOZ");
}

#[test]
fn a_cancellation_is_not_joined_to_what_it_cancels() {
    let one = r#"{"flight":{"carrier":"UT","number":"1"},"booking":{"locator":"AAAAA1"},"person":{"surname":"QUILL"}}"#;
    let two = one.replacen('{', "{\"op\":\"cancel\",", 1);
    let all = read(format!("{one}\n{two}\n").as_bytes());
    let functions: Vec<_> = all.bookings.iter().map(|booking| booking.function).collect();
    assert_eq!(functions, [Function::Upsert, Function::Cancel]);
}

proptest! {
    #[test]
    fn no_bytes_stop_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let all = read(&bytes);
        let stored: usize = all.bookings.iter().map(|booking| booking.travellers.len()).sum();
        prop_assert_eq!(all.travellers_read, stored + all.rejected);
    }

    #[test]
    fn no_json_stops_the_reader(text in r#"(\{|\}|\[|\]|"flight"|"person"|"docs"|"nat"|"number"|:|,|1|null|"x"){0,40}"#) {
        let _ = read(text.as_bytes());
    }
}
