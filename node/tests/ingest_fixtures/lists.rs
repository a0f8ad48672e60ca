//! Every row of a passenger list, and what it becomes. All names and numbers are invented.

use super::{interchange, read, rules};
use piux_node::ingest::model::{Capture, DocumentClass, Function, Notice, Push, PushKind, ReferenceKind, Role};
use piux_node::ingest::{Booking, Decoded, Traveller};

const FLIGHT: &str = "TDT+20+UT451+++UT'LOC+125+UTA'DTM+189:2603050700:201'LOC+87+RUB'DTM+232:2603050910:201'";

/// A list in a message of its own: the `BGM` and everything after the flight.
fn list(begin: &str, persons: &str) -> Decoded {
    read(&interchange(
        "PAXLST:D:15B:UN:IATA",
        "UT451/260305",
        "",
        &format!("{begin}'{FLIGHT}{persons}"),
    ))
}

fn only(decoded: &Decoded) -> &Booking {
    let [booking] = decoded.bookings.as_slice() else {
        panic!("one booking, not {}", decoded.bookings.len())
    };
    booking
}

fn person(rows: &str) -> Traveller {
    only(&list("BGM+745", &format!("NAD+FL+++ROOKWOOD:TAMSIN'{rows}"))).travellers[0].clone()
}

#[test]
fn every_role_of_a_list_is_told_apart() {
    let all = list(
        "BGM+745",
        "NAD+FL+++A:A'NAD+FM+++B:B'NAD+DDU+++C:C'NAD+DDT+++D:D'NAD+ZZ+++E:E'ATT+2++F'",
    );
    let roles: Vec<_> = all.bookings.iter().map(|one| one.travellers[0].role).collect();
    assert_eq!(
        roles,
        [Role::Passenger, Role::Crew, Role::TransitPassenger, Role::TransitCrew]
    );
}

#[test]
fn cancellations_take_away_and_changes_do_not() {
    for (begin, function, notice) in [
        ("BGM+745", Function::Upsert, None),
        ("BGM+745+CP", Function::Upsert, Some(Notice::Change)),
        ("BGM+745+XR", Function::Cancel, Some(Notice::CancelReservation)),
        ("BGM+745+RP", Function::Cancel, Some(Notice::ReduceParty)),
        ("BGM+266+CF", Function::Upsert, Some(Notice::ChangeFlight)),
        ("BGM+266+CL", Function::Upsert, Some(Notice::Closed)),
    ] {
        let booking = list(begin, "NAD+FL+++ROOKWOOD:TAMSIN'RFF+AVF:QF7K2M'");
        let booking = only(&booking);
        assert_eq!((booking.function, booking.notice), (function, notice), "{begin}");
    }
}

#[test]
fn a_cancelled_flight_needs_nobody_listed() {
    let cancelled = list("BGM+266+XF", "");
    let booking = only(&cancelled);
    assert_eq!((booking.function, booking.travellers.len()), (Function::Cancel, 0));
    assert_eq!(booking.flights[0].designator(), "UT451");
}

#[test]
fn a_close_out_says_who_is_on_board() {
    for (begin, boarded) in [
        ("BGM+266+CLOB", Some(true)),
        ("BGM+266+CLNB", Some(false)),
        ("BGM+266+CL", None),
    ] {
        let decoded = list(begin, "NAD+FL+++ROOKWOOD:TAMSIN'");
        let booking = only(&decoded);
        assert_eq!(booking.travellers[0].boarded, boarded, "{begin}");
        let shown = booking.elements(&booking.travellers[0]);
        assert_eq!(shown.contains_key("pnr.10_status"), boarded.is_some());
    }
}

/// Neither a gate pass nor a master crew list is about anybody who travels: counted, and not loaded.
#[test]
fn who_does_not_travel_is_counted_and_not_loaded() {
    for (begin, rule) in [
        ("BGM+655", "message.gate_pass"),
        ("BGM+336+G", "message.master_crew_list"),
    ] {
        let decoded = list(begin, "NAD+FM+++ROOKWOOD:TAMSIN'NAD+FM+++ALBANESE:AMR'");
        assert_eq!(
            (decoded.bookings.len(), decoded.rejected, decoded.travellers_read),
            (0, 2, 2)
        );
        assert_eq!(rules(&decoded), [rule]);
    }
    let pseudo = "BGM+336'RFF+TN:X1'TDT+20+UTMCL'LOC+188+UTA'DTM+554:2603050700:201'NAD+FM+++ROOKWOOD:TAMSIN'";
    let decoded = read(&interchange("PAXLST:D:15B:UN:IATA", "UTMCL", "", pseudo));
    assert_eq!(
        (decoded.rejected, rules(&decoded)),
        (1, vec!["message.master_crew_list"])
    );
}

#[test]
fn the_list_says_which_part_of_what_it_is() {
    let decoded = list("BGM+745'RFF+TN:ABC99:::2", "NAD+FL+++ROOKWOOD:TAMSIN'CNT+42:9'");
    let booking = only(&decoded);
    let push = booking.push.as_ref().unwrap();
    assert_eq!(
        (push.kind, push.total, push.part, push.last),
        (PushKind::List, Some(9), None, true)
    );
    assert_eq!(push.flight.as_ref().unwrap().designator(), "UT451");
    assert_eq!(booking.provenance.source_id.as_deref(), Some("ABC99/2"));
    assert_eq!(rules(&decoded), ["envelope.cnt"]);
    let middle = interchange(
        "PAXLST:D:15B:UN:IATA",
        "UT451",
        "02",
        &format!("BGM+745'{FLIGHT}NAD+FL+++A:B'CNT+42:9'"),
    );
    let middle = read(&middle);
    let Some(Push { part, last, .. }) = only(&middle).push.clone() else {
        panic!("a push")
    };
    assert_eq!((part, last, rules(&middle).len()), (Some(2), false, 0));
}

#[test]
fn crew_is_counted_by_its_own_total() {
    let crew = "NAD+FM+++ROOKWOOD:TAMSIN'EMP+1+CR1:110:111'DOC+P+C1'CNT+41:1'";
    let decoded = list("BGM+250+C", crew);
    assert_eq!(rules(&decoded), [""; 0]);
    assert_eq!(only(&decoded).travellers[0].crew_function.as_deref(), Some("CR1"));
}

#[test]
fn places_of_a_person_keep_apart() {
    let one = person("LOC+22+RUB'LOC+174+UTO'LOC+178+UTA'LOC+179+NKW'LOC+180+:::PORT UTOPIA'LOC+91+FRA'");
    assert_eq!(one.cleared_at.as_deref(), Some("RUB"));
    assert_eq!(one.residence.unwrap().raw, "UTO");
    assert_eq!(
        (one.journey_from.as_deref(), one.journey_to.as_deref()),
        (Some("UTA"), Some("NKW"))
    );
    assert_eq!(one.birth_place.as_deref(), Some("PORT UTOPIA"));
    assert!(one.documents.is_empty());
}

#[test]
fn every_reference_of_a_person_finds_its_place() {
    let one = person("RFF+ABO:UT1'RFF+AEA:GOV1'RFF+CR:CUST1'RFF+AHN:NAT1'RFF+YZY:9991234567890C2'RFF+SEA:011D'");
    assert_eq!(one.carrier_ref.as_deref(), Some("UT1"));
    let references: Vec<_> = one
        .references
        .iter()
        .map(|one| (one.kind, one.value.as_str()))
        .collect();
    assert_eq!(
        references,
        [
            (ReferenceKind::Government, "GOV1"),
            (ReferenceKind::Customer, "CUST1"),
            (ReferenceKind::National, "NAT1")
        ]
    );
    assert_eq!(
        (one.tickets[0].as_str(), one.seats[0].number.as_str()),
        ("9991234567890", "11D")
    );
}

#[test]
fn baggage_is_read_in_both_ways_and_its_tags_written_out() {
    for rows in ["MEA+CT++:2'MEA+WT++KGM:31'", "MEA+CT++2'MEA+WT++KGM:31'"] {
        let bags = person(&format!("{rows}FTX+BAG+++UT004518:3'")).bags.unwrap();
        assert_eq!((bags.pieces, bags.weight_kg), (Some(2), Some(31)));
        assert_eq!(bags.tags, ["UT004518", "UT004519", "UT004520"]);
    }
}

#[test]
fn how_the_document_was_captured_is_kept() {
    for (row, capture) in [
        ("GEI+4+173'", Some(Capture::Verified)),
        ("GEI+4+174'", Some(Capture::NotVerified)),
        ("GEI+4+ZZZ'", Some(Capture::Other)),
        ("", None),
    ] {
        assert_eq!(person(row).capture, capture, "{row}");
    }
}

#[test]
fn kinds_of_documents_are_kept_even_unknown_ones() {
    let rows: String = ["P", "PT", "I", "AC", "IP", "V", "F", "T", "G", "QX"]
        .iter()
        .enumerate()
        .map(|(at, kind)| format!("DOC+{kind}:110:111+N{at}00'LOC+91+UTO'"))
        .collect();
    let classes: Vec<_> = person(&rows).documents.into_iter().map(|one| one.class).collect();
    let other = |code: &str| DocumentClass::Other(code.to_owned());
    assert_eq!(
        classes,
        [
            DocumentClass::Passport,
            DocumentClass::Passport,
            DocumentClass::Identity,
            DocumentClass::Identity,
            DocumentClass::Identity,
            DocumentClass::Visa,
            other("F"),
            other("T"),
            other("G"),
            other("QX"),
        ]
    );
}

#[test]
fn dates_are_read_in_every_form_and_swapped_ones_put_right() {
    for birth in [
        "329:840229",
        "329: 840229",
        "329:840229:101",
        "329:19840229:102",
        "329:8402290000:201",
    ] {
        let one = person(&format!("DTM+{birth}'"));
        assert_eq!(one.birth_date.unwrap().to_string(), "1984-02-29", "{birth}");
    }
    let swapped = person("DOC+P+X1'DTM+36:210611'DTM+182:310611'LOC+91+UTO'DTM+36:220101'");
    let document = &swapped.documents[0];
    assert_eq!(
        (
            document.issued.unwrap().to_string(),
            document.expiry.unwrap().to_string()
        ),
        ("2021-06-11".to_owned(), "2031-06-11".to_owned())
    );
}

#[test]
fn a_flight_number_that_begins_with_another_carriers_code_keeps_its_own_carrier() {
    let text = "BGM+745'TDT+20+ZX877+++XZ'LOC+125+UTA'DTM+189:2603050700:201'LOC+87+RUB'NAD+FL+++A:B'";
    let decoded = read(&interchange("PAXLST:D:15B:UN:IATA", "", "", text));
    assert_eq!(only(&decoded).flights[0].designator(), "XZ877");
    assert_eq!(rules(&decoded), ["field.carrier"]);
}

#[test]
fn an_overflight_is_a_flight_too() {
    let text = FLIGHT.replace("TDT+20", "TDT+34");
    let decoded = read(&interchange(
        "PAXLST:D:15B:UN:IATA",
        "",
        "",
        &format!("BGM+745'{text}NAD+FL+++A:B'"),
    ));
    assert_eq!(only(&decoded).flights[0].off, "RUB");
}

/// The form before UN/EDIFACT: one segment for each person.
#[test]
fn a_legacy_list_loses_an_impossible_date_and_nobody() {
    let body = "TDT++UT451+40+UT'LOC+5+XXUTA:50'DTM+136+260305+0700'LOC+8+XXRUB:50'UNS+D'\
                PDT+P/L1001:310611:GB+ROOKWOOD:TAMSIN::841329:F+PAX+XXUTA:XXRUB'";
    let decoded = read(&interchange("PAXLST:001:000:UT", "UT451", "01:C", body));
    let one = &only(&decoded).travellers[0];
    assert_eq!((one.birth_date, one.documents[0].number.as_str()), (None, "L1001"));
    assert_eq!(rules(&decoded), ["field.date", "message.legacy"]);
}
