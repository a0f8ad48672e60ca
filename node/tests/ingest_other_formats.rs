//! PNRGOV XML, JSON manifests, CSV and NDJSON: public samples kept outside of the repository
//! (`shared/samples`) with what each of them says written down by hand, and invented exports that
//! must mean the same in every format. Skipped loudly where the samples are not there.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "shared/folder.rs"]
mod folder;
#[path = "shared/words.rs"]
mod words;

use folder::shared;
use piux_node::ingest::model::{BookingKind, Kind, Role};
use piux_node::ingest::{Decoded, Format, Mapping, decode, read, resume_mapped};
use piux_protocol::vocabulary::Timestamp;
use proptest::prelude::*;
use std::path::Path;
use words::told;

fn received() -> Timestamp {
    "2026-03-04T20:00:00.000Z".parse().unwrap()
}

fn sample(name: &str) -> Option<Vec<u8>> {
    shared(&format!("samples/{name}")).map(|file| std::fs::read(file).unwrap())
}

fn mapped(mapping: &str, bytes: &[u8]) -> Decoded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/mapping").join(mapping);
    let mapping = Mapping::read(&path).unwrap_or_else(|error| panic!("{error}"));
    let mut all = Decoded::default();
    let mut take = |part| {
        all.absorb(part);
        Ok::<_, std::io::Error>(())
    };
    resume_mapped(&mut &*bytes, &mapping, received(), 0, &mut take).unwrap();
    all
}

fn rules(decoded: &Decoded) -> Vec<&'static str> {
    decoded.findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn a_pnr_in_a_namespace_under_a_foreign_root_is_read_whole() {
    let Some(bytes) = sample("pnrgov-xml/saberls-test_pnr-iata2007ns.xml") else {
        return;
    };
    let all = decode(&bytes, None, received());
    assert_eq!(
        all.bookings.iter().map(told).collect::<Vec<_>>(),
        [
            "ENT:00A234B | ENT1234 2024-01-01 LHR-WAW | KOWALSKA/ANNA 2002-12-30 BA5345321:POL; \
          KOWALSKI/ADAM 2022-12-30 ZC9038023:POL; KOWALSKI/JAN 2002-12-30 AB1324659:POL"
        ]
    );
    assert_eq!((all.travellers_read, all.rejected, rules(&all)), (3, 0, vec![]));
    let booking = &all.bookings[0];
    assert_eq!(
        booking
            .travellers
            .iter()
            .map(|t| t.kind == Kind::Child)
            .collect::<Vec<_>>(),
        [false, true, false]
    );
    assert_eq!(booking.created.unwrap().to_string(), "2024-01-01");
    assert_eq!(
        booking.travellers[0].documents[0].expiry.unwrap().to_string(),
        "2027-08-30"
    );
    // Every passenger tag is a traveller and every document text a document.
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(all.travellers_read, text.matches("<Passenger ").count());
    let documents: usize = booking.travellers.iter().map(|t| t.documents.len()).sum();
    assert_eq!(documents, text.matches("<Text>/P/").count());
}

#[test]
fn a_pnr_with_country_names_blanks_in_dates_and_a_wrong_count_is_read_whole() {
    let Some(bytes) = sample("pnrgov-xml/tenacity-596-synthetic-abridged.xml") else {
        return;
    };
    let all = decode(&bytes, None, received());
    assert_eq!(
        all.bookings.iter().map(told).collect::<Vec<_>>(),
        [
            " | AY715 2021-10-08 HEL-SVO | Weimer/Paige SECOND_NAME 2018-07-05 12884:DEU; Weimer/Emily SECOND_NAME 2010-08-16"
        ]
    );
    // The locator has four digits, and one passenger is announced where two are told.
    assert_eq!(rules(&all), ["field.locator", "envelope.passengers"]);
    assert_eq!((all.travellers_read, all.rejected), (2, 0));
    assert_eq!(
        all.text_withheld
            .iter()
            .map(|(kind, n)| (*kind, *n))
            .collect::<Vec<_>>(),
        [("SSR", 1)]
    );
    let booking = &all.bookings[0];
    assert_eq!(booking.flights[0].dep_local.unwrap().to_string(), "2021-10-08T06:49:48");
    let paige = &booking.travellers[0];
    assert_eq!(paige.nationalities[0].code.as_deref(), Some("DEU"));
    assert_eq!(paige.bags.as_ref().unwrap().tags, ["AA12884"]);
    assert_eq!(
        (
            paige.frequent_flyer[0].number.as_str(),
            paige.contacts.len(),
            paige.tickets.len()
        ),
        ("12884", 1, 0)
    );
    let agency = booking.agency.as_ref().unwrap();
    assert_eq!((agency.office.as_str(), agency.country.as_str()), ("Madrid", "ESP"));
    assert!(!serde_json::to_string(booking).unwrap().contains("MADDOX"));
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(all.travellers_read, text.matches("<Passenger ").count());
}

#[test]
fn a_manifest_of_pseudonymous_passengers_gives_its_flight_and_no_names() {
    let Some(bytes) = sample("api-json/ukho-drt-voyage-manifest.json") else {
        return;
    };
    let all = mapped("uk-manifest.toml", &bytes);
    assert_eq!(
        all.bookings.iter().map(told).collect::<Vec<_>>(),
        [
            " | FR3631 2016-03-02 BRE-STN | unnamed",
            " | FR3631 2016-03-02 BRE-STN | unnamed"
        ]
    );
    // Both say the type of a document and no number.
    assert_eq!(rules(&all), ["field.document", "field.document"]);
    assert_eq!((all.travellers_read, all.rejected), (2, 0));
    let [one, two] = all.bookings.as_slice() else {
        panic!("two bookings")
    };
    assert_eq!((one.kind, one.travellers[0].role), (BookingKind::Api, Role::Passenger));
    assert_eq!(one.travellers[0].nationalities[0].code.as_deref(), Some("MAR"));
    assert!(two.travellers[0].nationalities.is_empty());
    assert_eq!(one.flights[0].status.as_deref(), Some("boarded"));
    assert_eq!(one.flights[0].arr_local.unwrap().to_string(), "2016-03-02T07:30:00");
    assert_ne!(one.provenance.source_id, two.provenance.source_id);
}

const TABLE: &str = "recordType,passengerId,action,carrier,flightNumber,etdLocalDate,etdLocalTime,flightOrigin,flightDestination,recordLocator,dateBooked,passengerType,lastName,firstName,middleName,gender,dob,nationality,documentType,documentNumber,issuanceCountry,expirationDate,phone,frequentFlyer,seat,bagCount,bagTags,riskScore\r\n\
D,9001,NEW,UT,0451,03/05/2026,07:10,UTA,RUB,QF7K2M,01/11/2026,P,QUILLFEATHER,ORSOLYA,MAE,FEMALE,02/29/1984,\"UTO,GBR\",P,UT8842177,UTO,06/11/2031,+44 7700 900123,UT:70011223,11D,2,UT1 UT2,0.7\r\n\
D,9001,NEW,,,,,,,,,P,,,,,,,V,V55501,NZ,,,,,,,\r\n\
D,9002,NEW,UT,0451,03/05/2026,07:10,UTA,RUB,QF7K2M,01/11/2026,C,QUILLFEATHER,BRAM,,MALE,13/40/1981,NULL,P,UT8842178,UTO,06/11/2031,,,,,,\r\n\
SUMMARY,2,,,,,,,,,,,,,,,,,,,,,,,,,,\r\n";

#[test]
fn a_table_of_a_targeting_system_is_read_by_its_mapping() {
    let all = mapped("gtas-like.toml", TABLE.as_bytes());
    assert_eq!(
        all.bookings.iter().map(told).collect::<Vec<_>>(),
        [
            "UT:QF7K2M | UT451 2026-03-05 UTA-RUB | QUILLFEATHER/ORSOLYA MAE 1984-02-29 UT8842177:UTO V55501:NZL; \
          QUILLFEATHER/BRAM UT8842178:UTO"
        ]
    );
    // The score is read by nobody, the second person was born on no day, the last row is no traveller.
    assert_eq!(rules(&all), ["csv.column_unknown", "field.date", "mapping.skipped"]);
    assert_eq!((all.travellers_read, all.rejected), (2, 0));
    let one = &all.bookings[0].travellers[0];
    assert_eq!(
        (
            one.nationalities.len(),
            one.seats[0].number.as_str(),
            one.contacts.len()
        ),
        (2, "11D", 1)
    );
    assert_eq!(
        (
            one.bags.as_ref().unwrap().tags.len(),
            one.frequent_flyer[0].programme.as_str()
        ),
        (2, "UT")
    );
    assert_eq!(all.bookings[0].travellers[1].role, Role::Crew);
    let place = all.findings[1].position;
    assert_eq!((place.message, place.segment), (4, 17));
    assert!(!format!("{:?}", all.findings).contains("QUILL"));
}

#[test]
fn a_manifest_at_check_in_and_at_doors_closed_says_which() {
    let manifest = |event: &str| {
        format!(
            "{{\"EventCode\":\"{event}\",\"CarrierCode\":\"UT\",\"VoyageNumber\":\"451\",\"VoyageNumberTrailingLetter\":\"A\",\"DeparturePortCode\":\"UTA\",\"ArrivalPortCode\":\"RUB\",\
             \"ScheduledDateOfDeparture\":\"2026-03-05\",\"ScheduledTimeOfDeparture\":\"07:10:00\",\"PassengerList\":[{{\"PoavKey\":\"k1\",\"PersonType\":\"C\",\"InTransitFlag\":\"N\",\
             \"Surname\":\"QUILL\",\"DateOfBirth\":\"1984-02-29\",\"DocumentType\":\"P\",\"DocumentNumber\":\"X1\",\"DocumentIssuingCountryCode\":\"UTO\",\"NationalityCountryCode\":\"UTO\"}}]}}"
        )
    };
    for (event, status) in [("CI", "checked_in"), ("DC", "boarded"), ("XX", "XX")] {
        let all = mapped("uk-manifest.toml", manifest(event).as_bytes());
        assert_eq!(rules(&all), [""; 0]);
        assert_eq!(
            told(&all.bookings[0]),
            " | UT451A 2026-03-05 UTA-RUB | QUILL/ 1984-02-29 X1:UTO"
        );
        let booking = &all.bookings[0];
        assert_eq!(
            (booking.flights[0].status.as_deref(), booking.travellers[0].role),
            (Some(status), Role::Crew)
        );
        assert_eq!(booking.travellers[0].checked_in, status != "XX");
    }
}

/// An invented person on an invented flight, as the profile says them.
type Fields = Vec<(&'static str, String)>;

fn fields() -> impl Strategy<Value = Fields> {
    let name = "[A-ZÄÖÜ][A-Z' \"-]{0,8}[A-Z]";
    let who = (name, name, 1930i16..2026, 1i8..=12, 1i8..=28, "[FMX]");
    let paper = ("[A-Z0-9]{6,9}", prop_oneof!["UTO", "GBR", "THA"], "[PIV]");
    let trip = (1u32..9999, "[A-Z]{3}", "[A-Z]{3}", "[A-Z0-9]{6}", 1i8..=28);
    (who, paper, trip, 0u32..1000).prop_map(|(who, paper, trip, id)| {
        vec![
            ("src", "utopia".to_owned()),
            ("src_id", format!("r{id}")),
            ("flight.carrier", "UT".to_owned()),
            ("flight.number", trip.0.to_string()),
            ("flight.date", format!("2026-03-{:02}", trip.4)),
            ("flight.dep", trip.1),
            ("flight.arr", trip.2),
            ("booking.locator", trip.3),
            ("booking.created", "2026-01-11".to_owned()),
            ("person.surname", who.0),
            ("person.given", who.1),
            ("person.dob", format!("{:04}-{:02}-{:02}", who.2, who.3, who.4)),
            ("person.sex", who.5),
            ("docs.number", paper.0),
            ("docs.issuer", paper.1),
            ("docs.type", paper.2),
        ]
    })
}

fn csv(people: &[Fields], separator: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
    writer.write_record(people[0].iter().map(|(path, _)| path)).unwrap();
    for person in people {
        writer.write_record(person.iter().map(|(_, text)| text)).unwrap();
    }
    writer.into_inner().unwrap()
}

fn objects(people: &[Fields]) -> Vec<serde_json::Value> {
    let object = |person: &Fields| {
        let mut object = serde_json::json!({"docs": [{}]});
        for (path, text) in person {
            match path.split_once('.') {
                None => object[*path] = text.as_str().into(),
                Some(("docs", name)) => object["docs"][0][name] = text.as_str().into(),
                Some((group, name)) => object[group][name] = text.as_str().into(),
            }
        }
        object
    };
    people.iter().map(object).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_person_is_the_same_in_every_format(people in proptest::collection::vec(fields(), 1..6), separator in prop_oneof![Just(b','), Just(b';'), Just(b'\t')]) {
        let lines = objects(&people);
        let ndjson: Vec<_> = lines.iter().map(|line| format!("{line}\n")).collect();
        let from_lines = decode(ndjson.concat().as_bytes(), None, received());
        let from_table = decode(&csv(&people, separator), None, received());
        let from_array = decode(serde_json::Value::from(lines).to_string().as_bytes(), None, received());
        prop_assert_eq!(rules(&from_lines), Vec::<&str>::new());
        prop_assert!(from_lines.bookings == from_table.bookings, "table");
        prop_assert!(from_lines.bookings == from_array.bookings, "array");
        for person in &people {
            let said = |path: &str| person.iter().find(|(known, _)| *known == path).unwrap().1.clone();
            let found = from_lines.bookings.iter().flat_map(|booking| &booking.travellers).any(|traveller| {
                let known = traveller.documents.iter().any(|document| document.number == said("docs.number"));
                known && traveller.birth_date.is_some_and(|date| date.to_string() == said("person.dob") || !traveller.other_birth_dates.is_empty())
            });
            prop_assert!(found);
        }
    }

    #[test]
    fn a_stream_in_pieces_says_what_the_file_says(people in proptest::collection::vec(fields(), 1..4), size in 1usize..64) {
        for (bytes, format) in [(csv(&people, b','), Format::Csv), (serde_json::Value::from(objects(&people)).to_string().into_bytes(), Format::Json)] {
            let whole = decode(&bytes, Some(format), received());
            let mut pieces = Decoded::default();
            let mut ends = Vec::new();
            let mut input = std::io::BufReader::with_capacity(size, bytes.as_slice());
            read::<std::io::Error>(&mut input, Some(format), received(), &mut |part| {
                ends.push(part.position_end);
                pieces.absorb(part);
                Ok(())
            }).unwrap();
            prop_assert!(whole.bookings == pieces.bookings);
            prop_assert!(ends.is_sorted());
            prop_assert_eq!(*ends.last().unwrap(), bytes.len() as u64);
        }
    }
}

#[test]
fn reading_is_resumed_after_the_last_unit_that_was_taken() {
    let line = |n: u32| {
        format!(
            "{{\"flight\":{{\"carrier\":\"UT\",\"number\":\"{n}\"}},\"booking\":{{\"locator\":\"AAAAA{n}\"}},\"person\":{{\"surname\":\"QUILL\"}}}}\n"
        )
    };
    let text: String = (1..6).map(line).collect();
    let mut ends = Vec::new();
    read::<std::io::Error>(&mut text.as_bytes(), Some(Format::Ndjson), received(), &mut |part| {
        ends.push(part.position_end);
        Ok(())
    })
    .unwrap();
    let mut rest = Vec::new();
    piux_node::ingest::resume::<std::io::Error>(
        &mut text.as_bytes(),
        Some(Format::Ndjson),
        received(),
        ends[2],
        &mut |part| {
            rest.extend(
                part.bookings
                    .into_iter()
                    .map(|booking| booking.locators[0].locator.clone()),
            );
            Ok(())
        },
    )
    .unwrap();
    assert_eq!(rest, ["AAAAA4", "AAAAA5"]);
}

#[test]
fn what_is_lost_is_kept_for_quarantine_and_can_be_decoded_again() {
    let table = "flight.carrier,flight.number,person.surname\nUT,1,QUILL\n,,ROOK\n";
    let all = decode(table.as_bytes(), None, received());
    let [lost] = all.lost.as_slice() else {
        panic!("one lost")
    };
    let again = decode(&lost.content, Some(Format::Csv), received());
    assert_eq!((again.rejected, rules(&again)), (1, vec!["structure.no_flight"]));
    let push = "<IATA_PNRGOV_NotifRQ><FlightLeg CarrierCode=\"UT\" FlightNumber=\"1\" DepartureDateTime=\"2026-03-05\"/><PNRs>\
                <PNR><Passenger RPH=\"1\"><Surname>QUILL</Surname></Passenger></PNR></PNRs></IATA_PNRGOV_NotifRQ>";
    let all = decode(push.as_bytes(), None, received());
    let [lost] = all.lost.as_slice() else {
        panic!("one lost")
    };
    let again = decode(&lost.content, Some(Format::Xml), received());
    assert_eq!((again.rejected, rules(&again)), (1, vec!["structure.no_locator"]));
    assert!(!format!("{all:?}").contains("QUILL"));
}
