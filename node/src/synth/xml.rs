//! The same bookings as PNRGOV XML, written with an XML library.

use super::bookings::{Booking, Member};
use super::departure::Departure;
use super::dice::Dice;
use super::person::Age;
use super::slips::{Rates, Spelt};
use super::truth::{Summary, Truth, WrittenName};
use super::{Feed, Parcel};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;

type Xml = Writer<Vec<u8>>;

/// The full push of a departure, one file.
pub(super) fn write(departure: &Departure, rates: &Rates, dice: &mut Dice) -> Vec<Parcel> {
    let name = format!("{}.xml", departure.name());
    let file = format!("{}/{name}", Feed::Xml.word());
    let mut summary = Summary::default();
    let mut truths = Vec::new();
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
    // Writing to memory has no way to fail.
    let _ = document(&mut xml, departure, &file, rates, dice, &mut truths, &mut summary);
    let sums = Summary::of(1, departure.bookings.len() as u64, &truths);
    let summary = Summary {
        sensitive: summary.sensitive,
        ..sums
    };
    let bytes = xml.into_inner();
    vec![Parcel {
        name,
        bytes,
        truths,
        summary,
    }]
}

fn document(
    xml: &mut Xml,
    departure: &Departure,
    file: &str,
    rates: &Rates,
    dice: &mut Dice,
    truths: &mut Vec<Truth>,
    summary: &mut Summary,
) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let root = xml
        .create_element("IATA_PNRGOV_NotifRQ")
        .with_attribute(("xmlns", "http://www.iata.org/IATA/2007/00"));
    root.write_inner_content(|xml| {
        xml.create_element("Originator")
            .with_attribute(("AirlineCode", departure.carrier))
            .write_empty()?;
        leg(xml, departure)?;
        let count = departure.bookings.len().to_string();
        xml.create_element("PNRs")
            .with_attribute(("NumberOfPnrs", count.as_str()))
            .write_inner_content(|xml| {
                departure.bookings.iter().try_for_each(|booking| {
                    booking_element(xml, departure, file, booking, rates, dice, truths, summary)
                })
            })?;
        Ok(())
    })?;
    Ok(())
}

fn leg(xml: &mut Xml, departure: &Departure) -> io::Result<()> {
    let (number, leaves, arrives) = (
        departure.number.to_string(),
        departure.leaves.to_string(),
        departure.arrives.to_string(),
    );
    let attributes = [
        ("CarrierCode", departure.carrier),
        ("FlightNumber", number.as_str()),
        ("DepartureDateTime", leaves.as_str()),
        ("ArrivalDateTime", arrives.as_str()),
    ];
    xml.create_element("FlightLeg")
        .with_attributes(attributes)
        .write_inner_content(|xml| airports(xml, departure))?;
    Ok(())
}

fn airports(xml: &mut Xml, departure: &Departure) -> io::Result<()> {
    xml.create_element("DepartureAirport")
        .with_attribute(("LocationCode", departure.board))
        .write_empty()?;
    xml.create_element("ArrivalAirport")
        .with_attribute(("LocationCode", departure.off))
        .write_empty()?;
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "the parts of one file that is being written")]
fn booking_element(
    xml: &mut Xml,
    departure: &Departure,
    file: &str,
    booking: &Booking,
    rates: &Rates,
    dice: &mut Dice,
    truths: &mut Vec<Truth>,
    summary: &mut Summary,
) -> io::Result<()> {
    let (people, created) = (booking.party.len().to_string(), format!("{}T10:15:00", booking.created));
    let attributes = [
        ("NumberOfPassengers", people.as_str()),
        ("PNR_CreationDate", created.as_str()),
    ];
    xml.create_element("PNR")
        .with_attributes(attributes)
        .write_inner_content(|xml| {
            reference(xml, departure, booking)?;
            for (at, member) in booking.party.iter().enumerate() {
                let spelt = Spelt::of(&member.person, rates, dice);
                passenger(xml, departure, member, &spelt, at + 1)?;
                if let Some(code) = member.sensitive {
                    summary.sensitive(code);
                }
                let written = WrittenName {
                    surname: spelt.surname.clone(),
                    given: spelt.given.clone(),
                };
                truths.push(Truth::of(file, booking, member, spelt, written, member.documented));
            }
            flight(xml, departure, booking)
        })?;
    Ok(())
}

fn reference(xml: &mut Xml, departure: &Departure, booking: &Booking) -> io::Result<()> {
    let element = xml
        .create_element("BookingRefID")
        .with_attribute(("ID", booking.locator.as_str()));
    element.write_inner_content(|xml| {
        xml.create_element("CompanyName")
            .with_attribute(("Code", departure.carrier))
            .write_empty()?;
        Ok(())
    })?;
    Ok(())
}

fn passenger(xml: &mut Xml, departure: &Departure, member: &Member, spelt: &Spelt, number: usize) -> io::Result<()> {
    let number = number.to_string();
    let attributes = [("RPH", number.as_str()), ("SurnameRefNumber", number.as_str())];
    xml.create_element("Passenger")
        .with_attributes(attributes)
        .write_inner_content(|xml| {
            xml.create_element("GivenName")
                .write_text_content(BytesText::new(&spelt.given))?;
            xml.create_element("Surname")
                .write_text_content(BytesText::new(&spelt.surname))?;
            contacts(xml, member)?;
            if let Some(flyer) = &member.person.flyer {
                let loyalty = [("ProgramID", departure.carrier), ("MembershipID", flyer.as_str())];
                xml.create_element("CustLoyalty")
                    .with_attributes(loyalty)
                    .write_empty()?;
            }
            if member.documented {
                document_request(xml, member, spelt)?;
            }
            if let Some(code) = member.sensitive {
                let request = [("SSRCode", code), ("ServiceQuantity", "1"), ("Status", "HK")];
                xml.create_element("SSR").with_attributes(request).write_empty()?;
            }
            Ok(())
        })?;
    Ok(())
}

fn contacts(xml: &mut Xml, member: &Member) -> io::Result<()> {
    let person = &member.person;
    let phone = person.phone.as_deref().map(|phone| ("PhoneNumber", phone));
    let email = person.email.as_deref().map(|email| ("EmailAddress", email));
    if phone.is_some() || email.is_some() {
        xml.create_element("ContactInfo")
            .with_attributes(phone.into_iter().chain(email))
            .write_empty()?;
    }
    Ok(())
}

fn document_request(xml: &mut Xml, member: &Member, spelt: &Spelt) -> io::Result<()> {
    let sex = match (member.person.woman, member.age == Age::Infant) {
        (true, true) => "FI",
        (false, true) => "MI",
        (true, false) => "F",
        (false, false) => "M",
    };
    let (birth, expiry) = (spelt.birth_date.to_string(), member.person.expiry.to_string());
    let attributes = [
        ("DateOfBirth", birth.as_str()),
        ("ExpiryDate", expiry.as_str()),
        ("FirstGivenName", spelt.given.as_str()),
        ("Surname", spelt.surname.as_str()),
        ("Gender", sex),
        ("TravelDocType", "P"),
        ("TravelDocNbr", spelt.number.as_str()),
        ("IssuingLoc", spelt.issuer.as_str()),
        ("PaxNationality", spelt.issuer.as_str()),
    ];
    let request = [("SSRCode", "DOCS"), ("ServiceQuantity", "1"), ("Status", "HK")];
    xml.create_element("DOC_SSR")
        .with_attributes(request)
        .write_inner_content(|xml| {
            xml.create_element("DOCS").with_attributes(attributes).write_empty()?;
            Ok(())
        })?;
    Ok(())
}

fn flight(xml: &mut Xml, departure: &Departure, booking: &Booking) -> io::Result<()> {
    let (number, people) = (departure.number.to_string(), booking.party.len().to_string());
    let (leaves, arrives) = (departure.leaves.to_string(), departure.arrives.to_string());
    let attributes = [
        ("DepartureDateTime", leaves.as_str()),
        ("ArrivalDateTime", arrives.as_str()),
        ("NumberInParty", people.as_str()),
        ("Status", "HK"),
        ("FlightNumber", number.as_str()),
    ];
    xml.create_element("Flight")
        .with_attributes(attributes)
        .write_inner_content(|xml| {
            airports(xml, departure)?;
            if let Some((other, number)) = departure.operating {
                let number = number.to_string();
                let operating = [("Code", other), ("FlightNumber", number.as_str())];
                xml.create_element("OperatingAirline")
                    .with_attributes(operating)
                    .write_empty()?;
            }
            xml.create_element("MarketingAirline")
                .with_attribute(("Code", departure.carrier))
                .write_empty()?;
            Ok(())
        })?;
    Ok(())
}
