#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]
use crate::ingest::{Decoded, Format, Mapping, decode, resume_mapped};
use proptest::prelude::*;

const MANIFEST: &str = r#"format = "piux-mapping/1"
source = "json"
list = "People.List"
[fields]
"flight.carrier" = "/Voyage.Carrier"
"flight.number" = { columns = ["/Voyage.Number", "/Voyage.Letter"], join = "" }
"person.surname" = "Name.Family"
"docs[1].number" = { column = "Papers.1.No", optional = true }
"docs[2].number" = { column = "Papers.2.No", optional = true }
"#;

fn mapped(text: &[u8]) -> Decoded {
    let mapping = Mapping::parse("m", MANIFEST).unwrap();
    let mut all = Decoded::default();
    resume_mapped::<std::io::Error>(
        &mut &*text,
        &mapping,
        "2026-03-04T20:00:00.000Z".parse().unwrap(),
        0,
        &mut |part| {
            all.absorb(part);
            Ok(())
        },
    )
    .unwrap();
    all
}

fn rules(decoded: &Decoded) -> Vec<&'static str> {
    decoded.findings.iter().map(|finding| finding.rule).collect()
}

const ONE: &str = r#"{"Voyage":{"Carrier":"UT","Number":451,"Letter":"A"},"People":{"List":[
 {"Name":{"Family":"QUILL"},"Papers":[{"No":"X1"},{"No":"V1"}]},{"Name":{"Family":"ROOK"}}]}}"#;

#[test]
fn a_manifest_gives_its_flight_to_every_traveller_it_lists() {
    for text in [ONE.to_owned(), format!("[{ONE}]"), format!("\u{FEFF}{ONE}\n")] {
        let all = mapped(text.as_bytes());
        assert_eq!((rules(&all), all.travellers_read), (vec![], 2));
        assert_eq!(all.bookings[0].flights[0].designator(), "UT451A");
        assert_eq!(all.bookings[0].travellers[0].documents.len(), 2);
        assert_eq!(all.bookings[1].travellers[0].names[0].surname, "ROOK");
    }
    assert_eq!(mapped(format!("{ONE}\n{ONE}").as_bytes()).travellers_read, 4);
}

#[test]
fn manifests_are_resumed_after_any_traveller_that_was_taken() {
    let text = format!("[{ONE},{ONE},{ONE}]");
    let mapping = Mapping::parse("m", MANIFEST).unwrap();
    let from = |after| {
        let mut parts = Vec::new();
        let mut input = text.as_bytes();
        let received = "2026-03-04T20:00:00.000Z".parse().unwrap();
        resume_mapped::<std::io::Error>(&mut input, &mapping, received, after, &mut |part| {
            parts.push((part.position_end, part.bookings));
            Ok(())
        })
        .unwrap();
        parts
    };
    let all = from(0);
    assert_eq!(all.len(), 6);
    assert!(all.is_sorted_by(|one, next| one.0 < next.0));
    for (at, (end, _)) in all.iter().enumerate() {
        assert!(from(*end) == all[at + 1..], "after {at}");
    }
}

#[test]
fn an_array_of_the_profile_needs_no_mapping() {
    let text = br#"[{"flight":{"carrier":"UT","number":"1"},"person":{"surname":"A"}},
        {"flight":{"carrier":"UT","number":"1"},"person":{"surname":"]}\"{"}}]"#;
    assert_eq!(Format::detect(text), Some(Format::Json));
    let all = decode(text, None, "2026-03-04T20:00:00.000Z".parse().unwrap());
    assert_eq!((rules(&all), all.travellers_read), (vec![], 2));
}

#[test]
fn a_broken_element_is_one_rejected_and_the_next_one_loads() {
    let all = mapped(format!("[{{\"Voyage\" 7}},17,{{\"a\":1}},{ONE}]").as_bytes());
    assert_eq!(rules(&all), ["syntax.json", "syntax.json", "json.no_list"]);
    assert_eq!((all.travellers_read, all.rejected), (5, 3));
}

#[test]
fn nesting_without_end_is_refused() {
    let mut text = vec![b'['; 1_000_000];
    text.extend_from_slice(b"\n");
    let all = mapped(&text);
    assert_eq!((rules(&all), all.rejected), (vec!["limit.depth"], 1));
}

proptest! {
    #[test]
    fn no_text_stops_the_reader(text in r#"[\[\]{}",:0-9a \\n]{0,80}"#) {
        let all = mapped(text.as_bytes());
        let stored: usize = all.bookings.iter().map(|booking| booking.travellers.len()).sum();
        prop_assert_eq!(all.travellers_read, stored + all.rejected);
        let _ = decode(text.as_bytes(), Some(Format::Json), "2026-03-04T20:00:00.000Z".parse().unwrap());
    }
}
