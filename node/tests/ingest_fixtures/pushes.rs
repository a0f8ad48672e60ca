//! Every group of a push and every grammar of a request, and what they become. All invented.

use super::{interchange, legs, numbers, read, rules};
use piux_node::ingest::model::{ContactKind, ContactOwner, Function, Kind, PushKind, ReferenceKind, Sex};
use piux_node::ingest::{Booking, Decoded, Traveller};

const LEVEL0: &str = "MSG+:22'ORG+UT:UTA'TVL+050326:0700:0910+UTA+RUB+UT+451'";
const FLIGHT: &str = "TVL+050326:0700::0910+UTA+RUB+UT+451:Y'";

fn push(level0: &str, part: &str, bookings: &str) -> Decoded {
    read(&interchange(
        "PNRGOV:13:1:IA",
        "050326/0700/UT/451",
        part,
        &format!("{level0}{bookings}"),
    ))
}

fn one(booking: &str) -> Booking {
    let decoded = push(LEVEL0, "", &format!("SRC'RCI+1A:FAM1LY::110126:0439'{booking}"));
    let [booking] = decoded.bookings.as_slice() else {
        panic!("one booking, not {}", decoded.bookings.len())
    };
    booking.clone()
}

/// A mother, reference 1, and what is asked for her.
fn mother(requests: &str) -> Vec<Traveller> {
    one(&format!("TIF+ROOKWOOD:I+TAMSINMRS:A:1:1'{requests}{FLIGHT}")).travellers
}

fn request(code: &str, text: &str) -> String {
    format!("SSR+{code}:HK:1:UT:::::{text}+::1'")
}

#[test]
fn a_push_says_what_it_is_and_how_much_of_it_this_is() {
    for (level0, part, kind, ordinal, last) in [
        ("MSG+:22'", "", PushKind::Full, None, true),
        ("MSG+:22'", "01:C", PushKind::Full, Some(1), false),
        ("MSG+:141'", "02", PushKind::Update, Some(2), false),
        ("MSG+:141'", "03:F", PushKind::Update, Some(3), true),
    ] {
        let level0 = format!("{level0}ORG+UT:UTA'TVL+050326:0700:0910+UTA+RUB+UT+0451'EQN+7'");
        let decoded = push(&level0, part, "SRC'RCI+1A:FAM1LY'TIF+ROOKWOOD+TAMSINMRS:A:1'");
        let push = decoded.bookings[0].push.as_ref().unwrap();
        assert_eq!(
            (push.kind, push.total, push.part, push.last),
            (kind, Some(7), ordinal, last)
        );
        let flight = push.flight.as_ref().unwrap();
        assert_eq!((flight.designator().as_str(), flight.board.as_str()), ("UT451", "UTA"));
        assert_eq!(flight.dep_date.unwrap().to_string(), "2026-03-05");
        assert_eq!(rules(&decoded).contains(&"envelope.eqn"), ordinal.is_none());
    }
}

#[test]
fn an_empty_office_cancels_in_an_update_and_means_nothing_in_a_full_push() {
    let cancelled = |level0: &str, office: &str| {
        push(level0, "", &format!("SRC'RCI+1A:FAM1LY'{office}")).bookings[0].function == Function::Cancel
    };
    let update = LEVEL0.replace(":22", ":141");
    assert!(cancelled(&update, "ORG'"));
    assert!(cancelled(&update, "ORG++'"));
    assert!(!cancelled(&update, "ORG+1A:UTA'"));
    assert!(!cancelled(LEVEL0, "ORG'"));
}

#[test]
fn the_order_of_groups_may_be_broken() {
    let booking = one(
        "TIF+ROOKWOOD+TAMSINMRS:A:1'TKT+9991234567890:T:1'IFT+4:28::UT+CTCE TAMSIN..R//EXAMPLE.ORG'\
                       FTI+UT:70011223'REF+:UT77'TVL+050326:0700::0910+UTA+RUB+UT+451:Y'SSR+SEAT:HK:1:UT+12A::1'RPI+1+HK'",
    );
    let tamsin = &booking.travellers[0];
    assert_eq!(tamsin.contacts[0].value, "tamsin_r@example.org");
    assert_eq!(
        (tamsin.carrier_ref.as_deref(), tamsin.frequent_flyer.len()),
        (Some("UT77"), 1)
    );
    assert_eq!(booking.flights[0].status.as_deref(), Some("HK"));
}

#[test]
fn three_orders_of_dates_in_one_message_mean_three_things() {
    let booking = one(&format!(
        "DAT+700:040326:0718+710:120126:0900'TIF+ROOKWOOD+TAMSINMRS:A:1'\
         SSR+DOCS:HK:1:UT:::::/P/GBR/550011226/GBR/01JUL88/F/12NOV32/ROOKWOOD/TAMSIN+::1'{FLIGHT}"
    ));
    assert_eq!(booking.provenance.prepared.unwrap().to_string(), "2026-03-04");
    assert_eq!(booking.created.unwrap().to_string(), "2026-01-11");
    assert_eq!(booking.changed.unwrap().to_string(), "2026-03-04T07:18:00");
    assert_eq!(booking.ticketed.unwrap().to_string(), "2026-01-12");
    assert_eq!(booking.travellers[0].birth_date.unwrap().to_string(), "1988-07-01");
}

#[test]
fn an_arrival_without_its_date_is_of_the_day_of_departure() {
    let third = one("TIF+A+B:A:1'TVL+050326:2200:060326:0610+UTA+RUB+UT+451:Y'TVL+070326:1010:1422+RUB+NKW+UT+452:Y'");
    let arrivals: Vec<_> = third
        .flights
        .iter()
        .map(|one| one.arr_local.unwrap().to_string())
        .collect();
    assert_eq!(arrivals, ["2026-03-06T06:10:00", "2026-03-07T14:22:00"]);
}

#[test]
fn both_forms_of_a_codeshare_say_the_same() {
    let pair = one("TIF+A+B:A:1'TVL+050326:0700::0910+UTA+RUB+UT:UX+451:Y'TVL+++++8451:M'");
    let told = one("TIF+A+B:A:1'TVL+050326:0700::0910+UTA+RUB+UT:UX+451:Y'TRA+UX+8451:M'");
    assert!(pair.flights == told.flights);
    let operating = pair.flights[0].operating.as_ref().unwrap();
    assert_eq!(
        (operating.carrier.as_str(), operating.number.as_deref()),
        ("UX", Some("8451"))
    );
    assert_eq!(pair.flights.len(), 1);
}

#[test]
fn what_is_no_flight_is_none() {
    let booking = one(&format!(
        "TIF+A+B:A:1'{FLIGHT}TVL+++++ARNK'MSG+8'TVL+050326:1500:080326+RUB:INN++VN+6:R'"
    ));
    assert_eq!(legs(&booking), ["UT451 2026-03-05 UTA-RUB"]);
}

#[test]
fn a_split_links_and_never_merges() {
    let booking = one(&format!("TIF+A+B:A:1'{FLIGHT}EQN+1'RCI+UT:SPL1TT'"));
    assert_eq!(
        (booking.locators.len(), booking.split[0].locator.as_str()),
        (1, "SPL1TT")
    );
}

#[test]
fn history_is_counted_and_never_current() {
    let booking = one(&format!(
        "TIF+ROOKWOOD+TAMSINMRS:A:1'{FLIGHT}ABI+1+:UTARR+UTA++UT'DAT+ZT:110126:1010'SAC+++X'TIF+OLDNAME+TAMSINMRS:A:1'\
         RCI+1A:OLDLOC'TVL+040326:0700::0910+UTA+NKW+UT+451:Y'SAC+++X'SSR+SEAT:HK:1:UT+99F::1'\
         LTS+0/O/SR/SSR DOCSUTHK1 P/GB/OLDPASS1/GB/01JUL88/F/12NOV22/OLDNAME/TAMSIN'"
    ));
    let kept = serde_json::to_string(&booking).unwrap();
    for old in ["OLDNAME", "OLDLOC", "OLDPASS1", "99F", "NKW"] {
        assert!(!kept.contains(old), "{old}");
    }
    assert_eq!(booking.history_entries, 3);
}

#[test]
fn names_in_the_name_field_may_hold_a_title_only() {
    let travellers = one(&format!(
        "TIF+ATUVANMAI+MISS:A:1'TIF+YY+MOANMISS:A:2'TIF+TBA+C:A:3'TIF+SMALLGROUP:G'TIF+QUILL+AMR:A:4'{FLIGHT}"
    ))
    .travellers;
    let names: Vec<_> = travellers
        .iter()
        .map(|one| {
            one.names
                .first()
                .map(|name| (name.surname.as_str(), name.given.as_str()))
        })
        .collect();
    assert_eq!(
        names,
        [
            Some(("ATUVANMAI", "")),
            Some(("YY", "MOANMISS")),
            None,
            Some(("QUILL", "AMR"))
        ]
    );
    assert_eq!(travellers[0].names[0].title.as_deref(), Some("MISS"));
}

#[test]
fn a_document_that_names_the_infant_is_the_infants_even_without_one_in_the_name_field() {
    let docs = request("DOCS", "/P/GBR/550011227/GBR/20SEP25/FI/25OCT30/ROOKWOOD/PEARL");
    let [mother, infant]: [Traveller; 2] = mother(&docs).try_into().unwrap_or_else(|_| panic!("two travellers"));
    assert!(mother.documents.is_empty() && mother.birth_date.is_none());
    assert_eq!(
        (numbers(&infant), infant.kind, infant.companion),
        (vec!["550011227"], Kind::Infant, Some(0))
    );
    assert_eq!(infant.sex, Some(Sex::F));
}

#[test]
fn what_is_marked_as_the_infants_never_falls_to_the_adult() {
    let requests = [
        request("INFT", "ROOKWOOD/PEARL 20SEP25"),
        request("DOCO", "/LAGO/V/V7788990/ROMA/02FEB26/NZ/I"),
        request("DOCA", "/R/UTO/9 KAURI LANE/ROTORUA/BOP/3010/I"),
        request("TKNE", "INF9991234567891C1"),
    ];
    let [adult, infant]: [Traveller; 2] = mother(&requests.concat())
        .try_into()
        .unwrap_or_else(|_| panic!("two travellers"));
    assert!(adult.documents.is_empty() && adult.tickets.is_empty() && adult.contacts.is_empty());
    assert_eq!((numbers(&infant), infant.tickets.len()), (vec!["V7788990"], 1));
    assert_eq!(infant.residence.unwrap().raw, "UTO");
    let nobody = push(
        LEVEL0,
        "",
        &format!(
            "SRC'RCI+1A:FAM1LY'TIF+ROOKWOOD+TAMSINMRS:A:1'{}{FLIGHT}",
            request("DOCO", "/LAGO/V/V7788990/ROMA/02FEB26/NZ/I")
        ),
    );
    assert!(nobody.bookings[0].travellers[0].documents.is_empty());
    assert!(rules(&nobody).contains(&"ref.infant"));
}

#[test]
fn every_request_that_is_read_finds_its_place() {
    let requests = [
        request("DOCS", "P-GBR-550011226-GBR-01JUL88-F-12NOV32-ROOKWOOD-TAMSIN"),
        request("DOCO", "/LAGO/K/98123X///US"),
        request("DOCA", "/D/NZL/9 KAURI LANE/ROTORUA/BOP/3010"),
        request("FOID", "NI77001122"),
        request("TKNE", "9991234567890C1"),
        request("FQTV", "/UT70011223-TAMSIN/ROOKWOOD"),
        request("CTCM", "/447700900123-1TAMSIN"),
        request("CTCE", "/TAMSIN..R//EXAMPLE.ORG"),
        request("CTCR", "/REFUSED"),
        request("UMNR", "UM12"),
        request("BSCT", "ANY TEXT"),
    ];
    let [tamsin]: [Traveller; 1] = mother(&requests.concat())
        .try_into()
        .unwrap_or_else(|_| panic!("one traveller"));
    assert_eq!(numbers(&tamsin), ["550011226", "77001122"]);
    assert_eq!(
        (tamsin.references[0].kind, tamsin.references[0].value.as_str()),
        (ReferenceKind::KnownTraveller, "98123X")
    );
    assert_eq!(tamsin.birth_place.as_deref(), Some("LAGO"));
    let kinds: Vec<_> = tamsin.contacts.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, [ContactKind::Address, ContactKind::Phone, ContactKind::Email]);
    assert_eq!(
        (tamsin.tickets.len(), tamsin.frequent_flyer[0].number.as_str()),
        (1, "70011223")
    );
    assert_eq!(tamsin.services, ["CTCR", "UMNR", "BSCT"]);
}

#[test]
fn a_child_is_one_whether_or_not_its_date_is_given() {
    let child = |text: &str| mother(&request("CHLD", text))[0].clone();
    assert_eq!((child("").kind, child("").birth_date), (Kind::Child, None));
    assert_eq!(child("02MAY18").birth_date.unwrap().to_string(), "2018-05-02");
}

#[test]
fn a_card_number_in_an_identification_or_a_payment_does_not_survive() {
    let booking = one(&format!(
        "TIF+ROOKWOOD+TAMSINMRS:A:1'{}TKT+9991234567890:T:1'MON+B:250.00:GBP+T:300.00:GBP'\
         FOP+CC::300.00:VI:4111111111111111:0931'{FLIGHT}",
        request("FOID", "CC4111111111111111")
    ));
    let kept = serde_json::to_string(&booking).unwrap();
    assert!(!kept.contains("41111111111"));
    assert_eq!(booking.payments[0].last4.as_deref(), Some("1111"));
    let fares: Vec<_> = booking.travellers[0]
        .fares
        .iter()
        .map(|one| one.amount.as_str())
        .collect();
    assert_eq!(fares, ["250.00", "300.00"]);
    assert!(
        booking.elements(&booking.travellers[0])["pnr.13_ticketing"]
            .to_string()
            .contains("300.00")
    );
}

#[test]
fn an_agency_is_nobodys_contact_whoever_states_it() {
    let booking = one(&format!(
        "IFT+4:28::UT+CTCT UTA 020 7946 0000 SUNNY TRAVEL'IFT+4:28::UT+CTCP UTA 020 7946 0001 A'\
         IFT+4:28::UT+CTCH UTA 020 7946 0002 H'ORG+1A:UTA+12345675:UTAUT2400+UTA+1A+T+GB'TIF+A+B:A:1'{FLIGHT}"
    ));
    let owners: Vec<_> = booking.contacts.iter().map(|one| one.owner).collect();
    assert_eq!(
        owners,
        [ContactOwner::Agency, ContactOwner::Agency, ContactOwner::Passenger]
    );
    assert_eq!(booking.agency.unwrap().iata, "12345675");
}

#[test]
fn a_request_that_hangs_on_nobody_is_reported() {
    let doubtful = push(
        LEVEL0,
        "",
        &format!("SRC'RCI+1A:FAM1LY'SSR+FQTV:HK:1:UT:::::/UT70011223'TIF+A+B:A:1'TIF+C+D:A:2'{FLIGHT}"),
    );
    assert!(rules(&doubtful).contains(&"ref.traveller"));
}
