#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]
use crate::ingest::model::{ContactOwner, Kind, PushKind};
use crate::ingest::{Booking, Decoded, Format, decode};
use proptest::prelude::*;

fn read(text: &[u8]) -> Decoded {
    decode(text, Some(Format::Xml), "2026-03-04T20:00:00.000Z".parse().unwrap())
}

fn rules(decoded: &Decoded) -> Vec<&'static str> {
    decoded.findings.iter().map(|finding| finding.rule).collect()
}

/// A push of one flight with these PNRs in it.
fn push(pnrs: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><IATA_PNRGOV_NotifRQ Version=\"16.1\" TransactionIdentifier=\"T9\"><Originator AirlineCode=\"UT\"/>\
         <FlightLeg CarrierCode=\"UT\" FlightNumber=\"0451\" DepartureDateTime=\"2026-03-05T07:10:00\" ArrivalDateTime=\"2026-03-05T09:00:00\">\
         <DepartureAirport LocationCode=\"UTA\"/><ArrivalAirport LocationCode=\"RUB\"/></FlightLeg><PNRs>{pnrs}</PNRs></IATA_PNRGOV_NotifRQ>"
    )
}

/// A PNR with this locator and content.
fn pnr(locator: &str, content: &str) -> String {
    format!(
        "<PNR PNR_TransDate=\"2026-03-01T02:40:00\" PNR_CreationDate=\"2026-01-11T10:00:00\">\
         <BookingRefID ID=\"{locator}\"><CompanyName Code=\"1A\"/></BookingRefID>{content}</PNR>"
    )
}

fn passenger(rph: u32, surname: &str, given: &str, content: &str) -> String {
    format!("<Passenger RPH=\"{rph}\"><GivenName>{given}</GivenName><Surname>{surname}</Surname>{content}</Passenger>")
}

fn one(text: &str) -> Booking {
    let all = read(text.as_bytes());
    assert_eq!((all.bookings.len(), all.rejected), (1, 0), "{:?}", all.findings);
    all.bookings.into_iter().next().unwrap()
}

fn numbers(booking: &Booking, at: usize) -> Vec<&str> {
    booking.travellers[at]
        .documents
        .iter()
        .map(|document| document.number.as_str())
        .collect()
}

#[test]
fn every_heading_of_a_pnr_finds_its_place() {
    let content = format!(
        "<POS><Source AgentSine=\"AG\" PseudoCityCode=\"PUTO123\" ISOCountry=\"UT\" AirportCode=\"UTA\"><RequestorID ID=\"99999992\"><CompanyName Code=\"1A\"/></RequestorID></Source>\
         <ContactInfo PhoneNumber=\"020 7946 0000\"/></POS>\
         <ContactInfo PhoneNumber=\"+44 7700 900123\" EmailAddress=\"zoe@example.org\"><AddressLine>4 Harbour Row</AddressLine><CityName>Port Utopia</CityName><PostalCode>UT4</PostalCode><CountryName Code=\"UTO\">Utopia</CountryName></ContactInfo>{}\
         <Flight DepartureDateTime=\"2026-03-05T07:10:00\" ArrivalDateTime=\"2026-03-05 09:00:00+00:00\" FlightNumber=\"451\" Status=\"HK\"><DepartureAirport LocationCode=\"UTA\"/><ArrivalAirport LocationCode=\"RUB\"/><MarketingAirline Code=\"UT\"/><OperatingAirline Code=\"RU\" FlightNumber=\"0077\"/>\
         <SSR SSRCode=\"SEAT\" RPH=\"7\"><Text>11D</Text></SSR><SSR SSRCode=\"UMNR\" RPH=\"7\"/><BookingRefID ID=\"K8WQ2Z\"><CompanyName Code=\"UT\"/></BookingRefID></Flight>",
        passenger(
            7,
            "QUILL &amp; SONS",
            "ZOE",
            "<MiddleName>MAE</MiddleName><NameTitle>MRS</NameTitle><FareInfo PTC_Code=\"ADT\"/><CustLoyalty ProgramID=\"UT\" MembershipID=\"70011223\"/>\
             <ExcessBaggage IssuerCode=\"UT\" SerialNumber=\"0099\" SequenceCount=\"2\"/>\
             <TicketDocument TicketDocumentNbr=\"9991234567890\" DateOfIssue=\"2026-01-12T00:00:00\"><PaymentInfo PaymentType=\"CC\" VendorCode=\"VI\" AccountNbr=\"4111111111111111\" ExpiryDate=\"1130\" CardHolderName=\"Z QUILL\"/></TicketDocument>"
        )
    );
    let booking = one(&push(&pnr("FAM1LY", &content)));
    assert_eq!(
        (
            booking.provenance.sender.as_str(),
            booking.provenance.message_type.as_str()
        ),
        ("UT", "PNRGOV:XML:16.1")
    );
    let locators: Vec<_> = booking
        .locators
        .iter()
        .map(|l| format!("{}:{}", l.system, l.locator))
        .collect();
    assert_eq!(locators, ["1A:FAM1LY", "UT:K8WQ2Z"]);
    assert_eq!(
        (
            booking.created.unwrap().to_string().as_str(),
            booking.ticketed.unwrap().to_string().as_str()
        ),
        ("2026-01-11", "2026-01-12")
    );
    let flight = &booking.flights[0];
    assert_eq!(
        (flight.designator().as_str(), flight.status.as_deref()),
        ("UT451", Some("HK"))
    );
    assert_eq!(flight.arr_local.unwrap().to_string(), "2026-03-05T09:00:00");
    assert_eq!(flight.operating.as_ref().unwrap().number.as_deref(), Some("77"));
    let zoe = &booking.travellers[0];
    let name = &zoe.names[0];
    assert_eq!(
        (name.surname.as_str(), name.given.as_str(), name.title.as_deref()),
        ("QUILL & SONS", "ZOE MAE", Some("MRS"))
    );
    assert_eq!(
        (zoe.kind, zoe.seats[0].number.as_str(), zoe.seats[0].flight),
        (Kind::Adult, "11D", Some(0))
    );
    assert_eq!(
        (zoe.frequent_flyer[0].number.as_str(), zoe.tickets[0].as_str()),
        ("70011223", "9991234567890")
    );
    assert_eq!(
        (zoe.bags.as_ref().unwrap().tags.len(), zoe.services.as_slice()),
        (2, &["UMNR".to_owned()][..])
    );
    let owners: Vec<_> = booking.contacts.iter().map(|contact| contact.owner).collect();
    assert_eq!(
        owners,
        [
            ContactOwner::Agency,
            ContactOwner::Passenger,
            ContactOwner::Passenger,
            ContactOwner::Passenger
        ]
    );
    assert_eq!(booking.contacts[3].value, "4 Harbour Row, Port Utopia, UT4, Utopia");
    assert_eq!(
        (
            booking.payments[0].last4.as_deref(),
            booking.agency.as_ref().unwrap().iata.as_str()
        ),
        (Some("1111"), "99999992")
    );
    assert!(!serde_json::to_string(&booking).unwrap().contains("411111111"));
}

#[test]
fn a_document_said_in_attributes_and_in_slashes_is_one_document() {
    let attributes = "<DOC_SSR SSR_Code=\"DOCS\"><DOCS DateOfBirth=\"1984-02-29\" ExpiryDate=\"2031-06-11\" FirstGivenName=\"ZOE\" SecondGivenName=\"MAE\" Surname=\"QUILL\" Gender=\"F\" IssuingLoc=\"UTO\" PaxNationality=\"UTO\" TravelDocNbr=\"X1\" TravelDocType=\"P\"/></DOC_SSR>";
    let flight = "<Flight DepartureDateTime=\"2026-03-05\" FlightNumber=\"451\"><MarketingAirline Code=\"UT\"/><SSR SSRCode=\"DOCS\" RPH=\"7\"><TEXT>/P/UTO/X1/UTO/29FEB84/F/11JUN31/QUILL/ZOE/MAE</TEXT></SSR></Flight>";
    let booking = one(&push(&pnr(
        "FAM1LY",
        &format!("{}{flight}", passenger(7, "QUILL", "ZOEMRS", attributes)),
    )));
    assert_eq!((booking.travellers.len(), numbers(&booking, 0)), (1, vec!["X1"]));
    let zoe = &booking.travellers[0];
    assert_eq!(
        (
            zoe.birth_date.unwrap().to_string().as_str(),
            zoe.other_birth_dates.len()
        ),
        ("1984-02-29", 0)
    );
    assert_eq!(zoe.documents[0].expiry.unwrap().to_string(), "2031-06-11");
    assert_eq!(zoe.names[0].given, "ZOE MAE");
}

#[test]
fn an_infants_passport_is_the_infants_and_never_the_mothers() {
    let own = "<SSR SSRCode=\"DOCS\"><Text>/P/UTO/M1/UTO/01JUL88/F/12NOV32/QUILL/ZOE</Text></SSR>\
               <SSR SSRCode=\"DOCS\"><Text>/P/UTO/B1/UTO/20SEP25/FI/12NOV30/QUILL/IDA</Text></SSR>";
    let attributes = "<DOC_SSR SSRCode=\"DOCS\"><DOCS Gender=\"MI\" TravelDocNbr=\"B2\" Surname=\"QUILL\" FirstGivenName=\"OLE\" DateOfBirth=\"2025-09-20\"/></DOC_SSR>";
    for (content, number) in [(own.to_owned(), "B1"), (attributes.to_owned(), "B2")] {
        let booking = one(&push(&pnr("FAM1LY", &passenger(7, "QUILL", "ZOE", &content))));
        assert!(!numbers(&booking, 0).contains(&number));
        let infant = &booking.travellers[1];
        assert_eq!(
            (infant.kind, infant.companion, numbers(&booking, 1)),
            (Kind::Infant, Some(0), vec![number])
        );
    }
}

#[test]
fn sensitive_requests_go_wherever_they_stand_and_only_their_count_stays() {
    let content = format!(
        "{}<Flight DepartureDateTime=\"2026-03-05\" FlightNumber=\"451\"><MarketingAirline Code=\"UT\"/><SSR SSR_Code=\"WCHR\"><Text>MARKERTWO</Text></SSR></Flight>\
         <Wrapper><SSRs><SSR ssrcode=\"ksml\"/></SSRs></Wrapper><PNRHistory><Entry><SSR SSRCode=\"MOML\"><Text>MARKERTHREE</Text></SSR><SSR SSRCode=\"DOCS\"><Text>/P/UTO/OLD1////</Text></SSR></Entry></PNRHistory>\
         <Remark>MARKERFOUR</Remark><OSI><Text>CTCM 447700900123</Text></OSI>",
        passenger(
            7,
            "QUILL",
            "ZOE",
            "<SSR SSRCode=\"MOML\"><Text>MARKERONE</Text></SSR><SSR SSRCode=\"QQQQ\"><Text>MARKERFIVE</Text></SSR>"
        )
    );
    let all = read(push(&pnr("FAM1LY", &content)).as_bytes());
    let removed: Vec<_> = all
        .sensitive_removed
        .iter()
        .map(|(code, count)| (code.as_str(), *count))
        .collect();
    assert_eq!(removed, [("KSML", 1), ("MOML", 2), ("WCHR", 1)]);
    assert_eq!(all.text_withheld.get("history"), Some(&1));
    let kept = format!(
        "{} {:?} {all:?}",
        serde_json::to_string(&all.bookings).unwrap(),
        all.findings
    );
    for mark in ["MARKER", "MOML", "KSML", "WCHR", "QQQQ", "OLD1"] {
        let findable = kept.replace("sensitive_removed: {\"KSML\": 1, \"MOML\": 2, \"WCHR\": 1}", "");
        assert!(!findable.contains(mark), "{mark}");
    }
    assert_eq!(all.bookings[0].contacts[0].value, "447700900123");
}

#[test]
fn a_count_that_does_not_fit_is_a_finding() {
    let text =
        push(&pnr("FAM1LY", &passenger(7, "QUILL", "ZOE", "")).replace("<PNR ", "<PNR NumberOfPassengers=\"3\" "));
    assert_eq!(rules(&read(text.as_bytes())), ["envelope.passengers"]);
    let text = text
        .replace("NumberOfPassengers=\"3\"", "")
        .replace("<PNRs>", "<PNRs NumberOfPnrs=\"2\">");
    assert_eq!(rules(&read(text.as_bytes())), ["envelope.pnrs"]);
}

#[test]
fn only_the_pnr_that_makes_up_the_number_ends_a_full_push() {
    let pnrs = ["FAM1LY", "GRP0UP", "K8WQ2Z"].map(|locator| pnr(locator, &passenger(7, "QUILL", "ZOE", "")));
    let [one, two, three] = pnrs;
    let other_day = two.replace("2026-03-01T", "2026-03-02T");
    let text = push(&format!("{one}{other_day}{three}")).replace("<PNRs>", "<PNRs NumberOfPnrs=\"3\">");
    let said = |text: &str| {
        let bookings = read(text.as_bytes()).bookings;
        let pushes: Vec<_> = bookings.iter().map(|booking| booking.push.clone().unwrap()).collect();
        assert!(bookings.windows(2).all(|pair| pair[0].provenance == pair[1].provenance));
        pushes.iter().map(|push| (push.kind, push.last)).collect::<Vec<_>>()
    };
    let full = PushKind::Full;
    assert_eq!(said(&text), [(full, false), (full, false), (full, true)]);
    let cut = &text[..text.find("K8WQ2Z").unwrap()];
    assert_eq!(said(cut), [(full, false), (full, false)]);
    // Without a number an omission means nothing.
    let uncounted = text.replace(" NumberOfPnrs=\"3\"", "");
    assert_eq!(said(&uncounted), [(PushKind::List, true); 3]);
}

#[test]
fn two_pushes_without_a_reference_are_told_apart_by_when_they_came() {
    let text = push(&pnr("FAM1LY", "")).replace(" TransactionIdentifier=\"T9\"", "");
    let came = |at: &str| {
        decode(text.as_bytes(), None, at.parse().unwrap())
            .bookings
            .remove(0)
            .provenance
    };
    assert!(came("2026-03-04T20:00:00.000Z") != came("2026-03-04T23:00:00.000Z"));
    let stamped = text.replace("Version=", "TimeStamp=\"2026-03-03T08:00:00Z\" Version=");
    let from = decode(stamped.as_bytes(), None, "2026-03-04T20:00:00.000Z".parse().unwrap())
        .bookings
        .remove(0)
        .provenance;
    assert_eq!(
        (from.control_ref.as_str(), from.prepared.unwrap().to_string().as_str()),
        ("2026-03-03T08:00:00Z", "2026-03-03")
    );
}

#[test]
fn any_root_any_prefix_and_any_case_will_do() {
    let text = push(&pnr("FAM1LY", &passenger(7, "QUILL", "ZOE", "")));
    let prefixed = text
        .replace("</", "</iata:")
        .replace('<', "<iata:")
        .replace("<iata:/iata:", "</iata:")
        .replace("<iata:?xml", "<?xml");
    for text in [
        prefixed,
        text.replace("PNR", "Pnr").replace("Passenger", "PASSENGER"),
        format!(
            "<Dane><X>{}</X></Dane>",
            text.replace("<?xml version=\"1.0\"?>", "<!-- <PNR> in a comment -->")
        ),
    ] {
        let all = read(text.as_bytes());
        assert_eq!((all.travellers_read, all.rejected), (1, 0), "{text}");
        assert_eq!(all.bookings[0].flights[0].designator(), "UT451");
    }
}

#[test]
fn a_definition_or_an_entity_is_refused_and_nothing_grows() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    let text = push(&pnr("FAM1LY", &passenger(7, "&b;", "ZOE", "")));
    let all = read(text.replace("?>", &format!("?>{bomb}")).as_bytes());
    assert_eq!(
        (rules(&all), all.rejected, all.bookings.len()),
        (vec!["xml.doctype"], 1, 0)
    );
    let two = format!(
        "{}{}",
        pnr("FAM1LY", &passenger(7, "&b;", "ZOE", "")),
        pnr("GRP0UP", &passenger(7, "QUILL", "A", ""))
    );
    let all = read(push(&two).as_bytes());
    assert_eq!(
        (rules(&all), all.rejected, all.bookings.len()),
        (vec!["xml.entity"], 1, 1)
    );
    let all = read(push(&pnr("FAM1LY", "<X y=\"&file;\"/>")).as_bytes());
    assert_eq!(rules(&all), ["xml.entity"]);
}

#[test]
fn what_is_too_deep_too_long_or_too_large_is_refused_and_the_next_pnr_loads() {
    let good = pnr("GRP0UP", &passenger(7, "QUILL", "A", ""));
    for (content, rule) in [
        ("<a>".repeat(100_000), "limit.depth"),
        (format!("<a b=\"{}\"/>", "x".repeat(3_000_000)), "limit.markup"),
        (format!("<a>{}</a>", "<b/>text".repeat(300_000)), "limit.pnr"),
        ("<b/>".repeat(30_000), "limit.elements"),
        ("<Passenger RPH=\"1><GivenName>".to_owned(), "syntax.xml"),
        ("<a></b>".to_owned(), "syntax.xml"),
    ] {
        let all = read(push(&format!("{}{good}", pnr("FAM1LY", &content))).as_bytes());
        assert_eq!((rules(&all), all.bookings.len()), (vec![rule], 1));
        assert_eq!(all.bookings[0].locators[0].locator, "GRP0UP");
        assert_eq!(all.travellers_read, 1 + all.rejected);
    }
}

#[test]
fn a_long_attribute_is_dropped_and_its_passenger_kept() {
    let content = passenger(7, "QUILL", "ZOE", &format!("<X Note=\"{}\"/>", "n".repeat(9_000)));
    let all = read(push(&pnr("FAM1LY", &content)).as_bytes());
    assert_eq!(
        (rules(&all), all.travellers_read, all.rejected),
        (vec!["limit.attribute"], 1, 0)
    );
}

#[test]
fn a_file_cut_off_counts_the_passengers_of_its_last_pnr() {
    let text = push(&pnr(
        "FAM1LY",
        &format!(
            "{}{}",
            passenger(7, "QUILL", "ZOE", ""),
            passenger(8, "QUILL", "ADA", "")
        ),
    ));
    let cut = &text[..text.find("ADA").unwrap()];
    let all = read(cut.as_bytes());
    assert_eq!(
        (rules(&all), all.rejected, all.bookings.len()),
        (vec!["structure.end"], 2, 0)
    );
}

#[test]
fn a_pnr_without_a_locator_is_rejected_and_one_with_an_odd_locator_is_not() {
    let nameless = pnr("", &passenger(7, "QUILL", "ZOE", ""));
    let odd = pnr("8488", &passenger(7, "QUILL", "ZOE", ""));
    let all = read(push(&format!("{nameless}{odd}")).as_bytes());
    assert_eq!(
        (rules(&all), all.rejected),
        (vec!["structure.no_locator", "field.locator"], 1)
    );
    assert_eq!(all.bookings[0].provenance.source_id.as_deref(), Some("8488"));
}

#[test]
fn other_character_sets_lose_nobody() {
    let text = push(&pnr("FAM1LY", &passenger(7, "MU\u{D1}OZ", "ANA", "")));
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let all = read(&latin);
    assert_eq!(
        (rules(&all), all.bookings[0].travellers[0].names[0].surname.as_str()),
        (vec!["syntax.charset"], "MUÑOZ")
    );
    let declared = String::from_utf8_lossy(&latin).contains("1.0\"?>");
    assert!(declared);
    let start = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>".to_vec();
    let all = read(&[start, latin[21..].to_vec()].concat());
    assert_eq!(rules(&all), [""; 0]);
}

#[test]
fn a_file_that_is_no_push_is_refused() {
    let all = read(b"<html><body>not found</body></html>");
    assert_eq!((rules(&all), all.rejected), (vec!["format.unknown"], 1));
    assert_eq!(rules(&read(push("").as_bytes())), [""; 0]);
}

proptest! {
    #[test]
    fn no_bytes_stop_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..300), inside in any::<bool>()) {
        let mut text = if inside { push("").replace("</PNRs></IATA_PNRGOV_NotifRQ>", "").into_bytes() } else { Vec::new() };
        text.extend(bytes);
        balanced(&text);
    }

    #[test]
    fn no_markup_stops_the_reader(
        text in r#"(<PNR>|</PNR>|<Passenger a="|"|>|<!--|-->|<!\[CDATA\[|\]\]>|<\?|\?>|<a|/>|&amp;|&x;|&#65;|x| ){0,40}"#
    ) {
        balanced(text.as_bytes());
        balanced(push(&text).as_bytes());
    }

    #[test]
    fn a_push_changed_anywhere_loses_nobody_silently(at in 0usize..2000, byte in any::<u8>()) {
        let text = push(&pnr("FAM1LY", &passenger(7, "QUILL", "ZOE", "<SSR SSRCode=\"DOCS\"><Text>/P/UTO/M1</Text></SSR>")));
        let mut bytes = text.into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        balanced(&bytes);
    }
}

fn balanced(bytes: &[u8]) {
    let all = read(bytes);
    let stored: usize = all.bookings.iter().map(|booking| booking.travellers.len()).sum();
    assert_eq!(all.travellers_read, stored + all.rejected);
}
