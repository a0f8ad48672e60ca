//! PAXLST, UN/EDIFACT 02B to 15B (WCO/IATA/ICAO guide, API Guidelines appendix IIA).
//!
//! Segments of a person bind to the last `NAD`, those of a document to the last `DOC`.
//! Travellers that share a locator become one booking; every flight of the message is everyone's.

mod flights;
pub(super) mod legacy;
mod person;

use super::edifact::{Message, Segment};
use super::finding::Severity;
use super::model::{Booking, BookingKind, Country, Function, LocatorRef, Provenance, Role};
use super::report::Decoded;
use flights::Flights;
use person::Person;

/// Reads one message.
pub(super) fn decode(message: &Message<'_>, out: &mut Decoded) {
    let mut list = List::new(message);
    for (index, segment) in message.body.iter().enumerate() {
        list.take(segment, index, out);
    }
    list.finish(message, out);
}

struct List<'m> {
    message: &'m Message<'m>,
    provenance: Provenance,
    function: Function,
    flights: Flights,
    persons: Vec<Person>,
    /// A `NAD` that is no traveller is open: what follows is about a reporting party.
    aside: bool,
    expected: Option<usize>,
}

impl<'m> List<'m> {
    fn new(message: &'m Message<'m>) -> Self {
        Self {
            message,
            provenance: provenance(message),
            function: Function::Upsert,
            flights: Flights::new(message.envelope.date),
            persons: Vec::new(),
            aside: false,
            expected: None,
        }
    }

    fn take(&mut self, segment: &Segment<'_>, index: usize, out: &mut Decoded) {
        match segment.tag() {
            "BGM" => self.begin(segment),
            "TDT" => self.aside = !self.flights.open(segment),
            "NAD" => self.open_person(segment),
            "CNT" => self.expected = segment.text(1, 1).parse().ok().filter(|_| segment.text(1, 0) == "42"),
            "FTX" if segment.text(1, 0) != "BAG" => out.withheld("FTX"),
            _ if self.aside => {}
            tag => match self.persons.last_mut() {
                Some(person) => {
                    if let Err(rule) = person.take(tag, segment, self.message.envelope.date) {
                        out.note(rule, Severity::Warning, self.message.position(index));
                    }
                }
                None => self.flights.take(tag, segment),
            },
        }
    }

    fn begin(&mut self, segment: &Segment<'_>) {
        self.provenance.function = segment.text(1, 0).into_owned();
        if matches!(segment.text(2, 0).as_ref(), "XR" | "RP" | "XF") {
            self.function = Function::Cancel;
        }
    }

    fn open_person(&mut self, segment: &Segment<'_>) {
        let role = match segment.text(1, 0).as_ref() {
            "FL" => Role::Passenger,
            "FM" => Role::Crew,
            "DDU" => Role::TransitPassenger,
            "DDT" => Role::TransitCrew,
            _ => {
                self.aside = true;
                return;
            }
        };
        self.aside = false;
        self.persons.push(Person::new(role, segment));
    }

    fn finish(self, message: &Message<'_>, out: &mut Decoded) {
        let (flights, doubts) = self.flights.finish();
        for rule in doubts {
            out.note(rule, Severity::Warning, message.start());
        }
        if flights.is_empty() {
            out.reject(self.persons.len(), "structure.no_flight", message.start());
            return;
        }
        let passengers = self.persons.iter().filter(|person| person.is_passenger()).count();
        let single = matches!(self.provenance.part.as_str(), "" | "01:F" | "1:F");
        if single && self.expected.is_some_and(|expected| expected != passengers) {
            out.note("envelope.cnt", Severity::Info, message.start());
        }
        let mut empty = Booking::new(BookingKind::Api, self.provenance);
        empty.function = self.function;
        empty.flights = flights;
        for booking in bookings(&empty, self.persons, message, out) {
            out.accept(booking);
        }
    }
}

/// One booking for each locator, one for each traveller without; one with flights only if there is nobody.
fn bookings(empty: &Booking, persons: Vec<Person>, message: &Message<'_>, out: &mut Decoded) -> Vec<Booking> {
    let carrier = empty
        .flights
        .first()
        .map(|flight| flight.carrier.clone())
        .unwrap_or_default();
    let mut all: Vec<Booking> = Vec::new();
    for person in persons {
        let (traveller, locator) = person.finish();
        if traveller.names.is_empty() {
            out.note("field.name", Severity::Warning, message.start());
        }
        let locator = locator.and_then(|text| LocatorRef::new(&carrier, &text, None));
        let shared = locator
            .as_ref()
            .and_then(|mine| all.iter_mut().find(|booking| booking.locators.first() == Some(mine)));
        match shared {
            Some(booking) => booking.travellers.push(traveller),
            None => {
                let mut booking = empty.clone();
                booking.locators.extend(locator);
                booking.travellers.push(traveller);
                all.push(booking);
            }
        }
    }
    if all.is_empty() {
        all.push(empty.clone());
    }
    all
}

/// Which message this is; PNRGOV has the same header.
pub(super) fn provenance(message: &Message<'_>) -> Provenance {
    let header = &message.header;
    let version: Vec<_> = (0..3)
        .map(|at| header.text(2, at))
        .filter(|text| !text.is_empty())
        .collect();
    Provenance {
        sender: message.envelope.sender.clone(),
        control_ref: message.envelope.control_ref.clone(),
        message_type: version.join(":"),
        function: String::new(),
        access_ref: header.text(3, 0).into_owned(),
        part: part(header),
        prepared: Some(message.envelope.date),
        source_id: None,
    }
}

fn part(header: &Segment<'_>) -> String {
    let (ordinal, place) = (header.text(4, 0), header.text(4, 1));
    if place.is_empty() {
        ordinal.into_owned()
    } else {
        format!("{ordinal}:{place}")
    }
}

/// A country in a `LOC` or `NAT`: the code, or a name after three colons.
fn country(segment: &Segment<'_>) -> Option<Country> {
    Country::new(&segment.text(2, 0)).or_else(|| Country::new(&segment.text(2, 3)))
}

/// An airport or place in a `LOC`: the code, or a name after three colons.
fn place(segment: &Segment<'_>) -> String {
    let code = segment.text(2, 0);
    if code.is_empty() {
        segment.text(2, 3).into_owned()
    } else {
        code.into_owned()
    }
}

/// A text, unless it is empty.
fn text(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}
