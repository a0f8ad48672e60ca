//! PAXLST, UN/EDIFACT 02B to 15B (WCO/IATA/ICAO guide, API Guidelines appendix IIA).
//!
//! Segments of a person bind to the last `NAD`, those of a document to the last `DOC`.
//! Travellers that share a locator become one booking; every flight of the message is everyone's.

mod flights;
pub(super) mod legacy;
mod person;

use super::edifact::{Message, Segment};
use super::finding::{ElementPath, Severity};
use super::model::{
    Booking, BookingKind, Country, Flight, Function, LocatorRef, Notice, Provenance, Push, PushKind, Receipt, Role,
};
use super::report::Decoded;
use flights::Flights;
use person::Person;

/// Reads one message.
pub(super) fn decode(message: &Message<'_>, out: &mut Decoded) {
    let (before, rejected) = (out.travellers_read, out.rejected);
    let mut list = List::new(message);
    for (index, segment) in message.body.iter().enumerate() {
        list.take(segment, index, out);
    }
    let mut receipt = receipt(message, list.provenance.clone(), None);
    receipt.transaction.clone_from(&list.transaction);
    receipt.flight = list.finish(message, out);
    receipt.settle(before, rejected, out);
    out.receipts.push(receipt);
}

struct List<'m> {
    message: &'m Message<'m>,
    provenance: Provenance,
    notice: Option<Notice>,
    transaction: Option<String>,
    /// Why nobody in the message is a traveller.
    idle: Option<&'static str>,
    flights: Flights,
    persons: Vec<Person>,
    /// A `NAD` that is no traveller is open: what follows is about a reporting party.
    aside: bool,
    /// Passengers (or else crew) of the flight, and how many.
    expected: Option<(bool, usize)>,
}

impl<'m> List<'m> {
    fn new(message: &'m Message<'m>) -> Self {
        Self {
            message,
            provenance: provenance(message),
            notice: None,
            transaction: None,
            idle: None,
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
            "CNT" => self.count(segment),
            "FTX" if segment.text(1, 0) != "BAG" => out.withheld("FTX"),
            "RFF" if segment.text(1, 0) == "TN" => self.transaction(segment),
            _ if self.aside => {}
            tag => match self.persons.last_mut() {
                Some(person) => {
                    if let Err(rule) = person.take(tag, segment, self.message.envelope.date) {
                        let path = ElementPath::edifact("PAXLST", tag).element(1).component(2);
                        out.note_at(rule, Severity::Warning, self.message.position(index), path);
                    }
                }
                None => self.flights.take(tag, segment),
            },
        }
    }

    fn begin(&mut self, segment: &Segment<'_>) {
        let (document, function) = (segment.text(1, 0), segment.text(2, 0));
        self.notice = Notice::of(&document, &function);
        self.idle = match document.as_ref() {
            "336" => Some("message.master_crew_list"),
            "655" => Some("message.gate_pass"),
            _ => None,
        };
        self.provenance.function = document.into_owned();
    }

    /// `RFF+TN:reference:::revision`: the same for a message that is sent again.
    fn transaction(&mut self, segment: &Segment<'_>) {
        let (reference, revision) = (segment.text(1, 1), segment.text(1, 4));
        self.transaction = text(&reference);
        let whole = if revision.is_empty() {
            reference.into_owned()
        } else {
            format!("{reference}/{revision}")
        };
        self.provenance.source_id = text(&whole).or_else(|| self.provenance.source_id.take());
    }

    /// `CNT+42` counts the passengers of the flight, `CNT+41` its crew.
    fn count(&mut self, segment: &Segment<'_>) {
        let qualifier = segment.text(1, 0);
        if matches!(qualifier.as_ref(), "41" | "42") {
            let count = segment.text(1, 1).parse().ok();
            self.expected = count.map(|count| (qualifier == "42", count)).or(self.expected);
        }
    }

    fn counted(&self) -> Option<usize> {
        let (passengers, _) = self.expected?;
        Some(
            self.persons
                .iter()
                .filter(|person| person.is_passenger() == passengers)
                .count(),
        )
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

    /// What the list says of itself; its flight is known at its end.
    fn push(&self) -> Push {
        let (part, last) = Push::place(&self.provenance.part);
        Push {
            kind: PushKind::List,
            flight: None,
            total: self.expected.map(|(_, count)| count),
            of_crew: self.expected.is_some_and(|(passengers, _)| !passengers),
            part,
            last,
        }
    }

    /// Hands the bookings over, or counts the travellers as lost; gives the first flight.
    fn finish(self, message: &Message<'_>, out: &mut Decoded) -> Option<Flight> {
        let counted = self.counted();
        let mut push = self.push();
        let (flights, doubts) = self.flights.finish();
        for rule in doubts {
            out.note(rule, Severity::Warning, message.start());
        }
        let first = flights.first().cloned();
        if let Some(rule) = self.idle {
            out.leave_out(self.persons.len(), rule, message.start());
            return first;
        }
        if flights.is_empty() {
            out.reject(self.persons.len(), "structure.no_flight", message.start());
            return None;
        }
        push.flight.clone_from(&first);
        if push.is_whole() && push.total != counted {
            out.note("envelope.cnt", Severity::Info, message.start());
        }
        let mut empty = Booking::new(BookingKind::Api, self.provenance);
        empty.notice = self.notice;
        if self.notice.is_some_and(Notice::cancels) {
            empty.function = Function::Cancel;
        }
        empty.push = Some(push);
        empty.flights = flights;
        for booking in bookings(&empty, self.persons, message, out) {
            out.accept(booking);
        }
        first
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
        let (mut traveller, locator) = person.finish();
        traveller.boarded = empty.notice.and_then(Notice::on_board);
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

/// A receipt of the message, before anything in it is counted.
pub(super) fn receipt(message: &Message<'_>, provenance: Provenance, flight: Option<Flight>) -> Receipt {
    Receipt {
        provenance,
        message_ref: message.header.text(1, 0).into_owned(),
        transaction: None,
        flight,
        message: message.number,
        travellers: 0,
        rejected: 0,
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
