//! One booking of a push, from its `SRC` to the next.

use super::people::{self, Claim};
use super::{flight, payment, request};
use crate::ingest::date::{self, Century, Order, PartialDate};
use crate::ingest::docs;
use crate::ingest::edifact::Segment;
use crate::ingest::finding::{ElementPath, Position, Severity};
use crate::ingest::model::{
    Agency, Booking, BookingKind, Contact, ContactOwner, Fare, Flight, Function, LocatorRef, Operating, Provenance,
    Push, Traveller,
};
use crate::ingest::report::Decoded;
use jiff::civil::Date;

/// The group a segment is read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    /// GR1: the booking itself.
    Booking,
    /// GR2: a traveller.
    Traveller,
    /// GR3, GR4: a traveller's ticket and how it was paid.
    Ticket,
    /// GR5: a flight.
    Flight,
    /// GR6, GR7: check-in on a flight.
    CheckIn,
    /// GR8: the booking was split.
    Split,
    /// GR9: a hotel, a car; nothing of it is kept.
    NotAir,
    /// GR10 to GR12: history. Only requests are looked at, to purge them.
    History,
}

/// A booking while it is read.
pub(super) struct Draft {
    pub(super) booking: Booking,
    pub(super) claims: Vec<Claim>,
    pub(super) message: Date,
    group: Group,
    traveller: Option<usize>,
    checked: Option<usize>,
    position: Position,
    /// The segment that is read.
    at: (Position, Option<ElementPath>),
    doubts: Vec<Doubt>,
}

/// A rule that was bent, and where.
type Doubt = (&'static str, Position, Option<ElementPath>);

impl Draft {
    pub(super) fn new(provenance: Provenance, message: Date, position: Position) -> Self {
        Self {
            booking: Booking::new(BookingKind::Pnr, provenance),
            claims: Vec::new(),
            message,
            group: Group::Booking,
            traveller: None,
            checked: None,
            position,
            at: (position, None),
            doubts: Vec::new(),
        }
    }

    pub(super) fn take(&mut self, segment: &Segment<'_>, position: Position, out: &mut Decoded) {
        self.at = (position, Some(ElementPath::edifact("PNRGOV", segment.tag())));
        match segment.tag() {
            "ABI" | "SAC" | "LTS" => self.history(segment.tag(), out),
            "SSR" if matches!(self.group, Group::History | Group::NotAir) => request::purge(segment, out),
            "SSR" => self.claims.extend(request::claims(segment, self.place(), out)),
            "IFT" => self.remark(segment, out),
            _ if self.group == Group::History => {}
            "MSG" => self.group = Group::NotAir,
            _ if self.group == Group::NotAir => {}
            "RCI" => self.locators(segment),
            "EQN" => self.group = Group::Split,
            "ORG" => self.office(segment),
            "DAT" => self.dates(segment, out),
            "TVL" => self.flight(segment),
            "TIF" => self.name(segment),
            tag => self.detail(tag, segment),
        }
    }

    fn doubt(&mut self, rule: &'static str) {
        let (position, path) = self.at;
        self.doubts.push((rule, position, path));
    }

    fn place(&self) -> request::Place {
        request::Place {
            traveller: self.open_traveller(),
            flight: self.open_flight(),
            message: self.message,
        }
    }

    /// The traveller whose group is open; none among the flights.
    fn open_traveller(&self) -> Option<usize> {
        self.traveller
            .filter(|_| matches!(self.group, Group::Traveller | Group::Ticket))
    }

    /// The flight whose group is open.
    fn open_flight(&self) -> Option<usize> {
        let open = matches!(self.group, Group::Flight | Group::CheckIn);
        self.booking.flights.len().checked_sub(1).filter(|_| open)
    }

    fn history(&mut self, tag: &str, out: &mut Decoded) {
        self.group = Group::History;
        if tag != "ABI" {
            self.booking.history_entries += 1;
        }
        if tag == "LTS" {
            out.withheld("LTS");
        }
    }

    fn detail(&mut self, tag: &str, segment: &Segment<'_>) {
        match tag {
            "TKT" => self.ticket(segment),
            "MON" => self.amounts(segment),
            "FOP" => self.booking.payments.extend(payment::forms(segment)),
            "ADD" => self.address(segment),
            "FTI" => self.frequent_flyer(segment),
            "REF" => self.of_traveller(|traveller| traveller.carrier_ref = text(&segment.text(1, 1))),
            "TRA" => self.operated(&segment.text(1, 0), &segment.text(2, 0)),
            "RPI" => self.of_flight(|flight| flight.status = text(&segment.text(2, 0))),
            "TRI" => {
                self.group = Group::CheckIn;
                let reference = segment.text(2, 3);
                self.checked = people::by_reference(&self.booking, &reference);
                self.mark_checked();
            }
            "SSD" => self.seat(&segment.text(1, 0)),
            "TBD" => self.bags(segment),
            _ => {}
        }
    }

    /// `RCI`: up to nine locators; type `C` is a departure control reference and no booking.
    fn locators(&mut self, segment: &Segment<'_>) {
        for element in segment.items(1) {
            let (kind, day) = (element.component(2), element.component(3));
            let shifted = kind.len() == 6;
            let day = if shifted { &kind } else { &day };
            let created = self.day(day);
            let known = LocatorRef::new(&element.component(0), &element.component(1), created).filter(|_| kind != "C");
            match known {
                Some(locator) if self.group == Group::Split => self.booking.split.push(locator),
                Some(locator) => self.booking.add_locator(locator),
                None if kind != "C" && !element.is_empty() => self.doubt("field.locator"),
                None => {}
            }
        }
    }

    /// `ORG`: of the booking the office that made it; after a flight the desk that checked in.
    fn office(&mut self, segment: &Segment<'_>) {
        if self.open_flight().is_some() {
            self.group = Group::CheckIn;
        } else if segment.is_empty() {
            if self.booking.provenance.function == "141" {
                self.booking.function = Function::Cancel;
            }
        } else if self.booking.agency.is_none() {
            self.booking.agency = Some(Agency {
                system: segment.text(1, 0).into_owned(),
                iata: segment.text(2, 0).into_owned(),
                office: segment.text(2, 1).into_owned(),
                place: segment.text(3, 0).into_owned(),
                country: segment.text(6, 0).into_owned(),
                airline: segment.text(5, 0) == "A",
            });
        }
    }

    /// `DAT`: last change and ticketing of the booking or ticket; among flights, check-in begins.
    fn dates(&mut self, segment: &Segment<'_>, out: &mut Decoded) {
        if self.open_flight().is_some() {
            self.group = Group::CheckIn;
            return;
        }
        for element in segment.items(1) {
            let day = self.day(&element.component(1));
            match element.component(0).as_ref() {
                "700" => {
                    let moment = day.and_then(|day| Some(day.to_datetime(date::time(&element.component(2))?)));
                    self.booking.changed = moment.or(self.booking.changed);
                }
                "710" => self.booking.ticketed = day.or(self.booking.ticketed),
                "3" => out.withheld("DAT"),
                _ => {}
            }
        }
    }

    fn flight(&mut self, segment: &Segment<'_>) {
        if segment.element(1).is_empty() && segment.element(2).is_empty() {
            self.operated("", &segment.text(5, 0));
            return;
        }
        self.group = Group::Flight;
        self.checked = None;
        match flight::read(segment, self.message) {
            Some(flight) => self.booking.flights.push(flight),
            None => self.doubt("field.flight"),
        }
    }

    /// The operating flight of a codeshare: the second `TVL` up to 13.1, `TRA` from 14.1.
    fn operated(&mut self, carrier: &str, number: &str) {
        let number = text(&Flight::new("", number).number);
        if number.is_none() && carrier.is_empty() {
            return;
        }
        self.of_flight(|flight| {
            let operating = flight.operating.get_or_insert_with(|| Operating {
                carrier: String::new(),
                number: None,
            });
            if !carrier.is_empty() {
                carrier.clone_into(&mut operating.carrier);
            }
            operating.number = number.or_else(|| operating.number.take());
        });
    }

    /// `TIF`: a new traveller, or at check-in one that is known.
    fn name(&mut self, segment: &Segment<'_>) {
        if segment.text(1, 1) == "G" {
            return;
        }
        let surname = segment.text(1, 0);
        let among_flights = self.open_flight().is_some();
        let mut given = segment.items(2).peekable();
        if given.peek().is_none() {
            self.meet(people::named(&surname, "", "", ""), among_flights);
        }
        for element in given {
            let traveller = people::named(
                &surname,
                &element.component(0),
                &element.component(1),
                &element.component(2),
            );
            self.meet(traveller, among_flights);
        }
    }

    fn meet(&mut self, traveller: Traveller, among_flights: bool) {
        if among_flights {
            let known = people::known(&self.booking, &traveller);
            self.checked = known.or_else(|| {
                self.doubt("ref.traveller");
                self.booking.travellers.push(traveller);
                self.booking.travellers.len().checked_sub(1)
            });
            self.mark_checked();
        } else {
            if traveller.names.is_empty() {
                self.doubt("field.placeholder");
            }
            self.group = Group::Traveller;
            self.booking.travellers.push(traveller);
            self.traveller = self.booking.travellers.len().checked_sub(1);
        }
    }

    fn ticket(&mut self, segment: &Segment<'_>) {
        if self.open_traveller().is_some() {
            let number = segment.text(1, 0);
            self.of_traveller(|traveller| traveller.add_ticket(&number));
            self.group = Group::Ticket;
        }
    }

    /// `MON`: base fare, total and other amounts of a ticket.
    fn amounts(&mut self, segment: &Segment<'_>) {
        for element in segment.items(1) {
            let [kind, amount, currency] = [0, 1, 2].map(|at| element.component(at).into_owned());
            self.of_traveller(|traveller| traveller.add_fare(Fare { kind, amount, currency }));
        }
    }

    fn frequent_flyer(&mut self, segment: &Segment<'_>) {
        for member in segment.items(1) {
            let (programme, number) = (member.component(0), member.component(1));
            self.of_traveller(|traveller| traveller.add_frequent_flyer(&programme, &number));
        }
    }

    fn address(&mut self, segment: &Segment<'_>) {
        let owner = if self.group == Group::Ticket {
            ContactOwner::Payer
        } else {
            ContactOwner::Passenger
        };
        for contact in payment::address(segment, owner) {
            self.contact(contact);
        }
    }

    /// `IFT`: contacts are taken out of remarks and payers out of payments; no other text is kept.
    fn remark(&mut self, segment: &Segment<'_>, out: &mut Decoded) {
        let dead = matches!(self.group, Group::History | Group::NotAir);
        let words: Vec<_> = segment.elements().skip(1).map(|element| element.component(0)).collect();
        match segment.text(1, 1).as_ref() {
            _ if dead => out.withheld("history"),
            "28" => {
                let contacts: Vec<_> = words.iter().filter_map(|words| docs::remark_contact(words)).collect();
                if contacts.is_empty() {
                    out.withheld("OSI");
                }
                contacts.into_iter().for_each(|contact| self.contact(contact));
            }
            "43" => payment::payer(&mut self.booking, &words),
            _ => out.withheld("IFT"),
        }
    }

    fn contact(&mut self, contact: Contact) {
        let own = contact.owner == ContactOwner::Passenger;
        let traveller = self
            .open_traveller()
            .filter(|_| own)
            .and_then(|at| self.booking.travellers.get_mut(at));
        match traveller {
            Some(traveller) => traveller.add_contact(contact),
            None if !self.booking.contacts.contains(&contact) => self.booking.contacts.push(contact),
            None => {}
        }
    }

    fn seat(&mut self, number: &str) {
        let flight = self.open_flight();
        if let Some(traveller) = self.checked.and_then(|at| self.booking.travellers.get_mut(at)) {
            traveller.add_seat(flight, number);
        }
    }

    fn bags(&mut self, segment: &Segment<'_>) {
        if let Some(traveller) = self.checked.and_then(|at| self.booking.travellers.get_mut(at)) {
            flight::bags(segment, traveller.bags.get_or_insert_default());
        }
    }

    fn mark_checked(&mut self) {
        if let Some(traveller) = self.checked.and_then(|at| self.booking.travellers.get_mut(at)) {
            traveller.checked_in = true;
        }
    }

    fn of_traveller(&mut self, change: impl FnOnce(&mut Traveller)) {
        if let Some(traveller) = self.open_traveller().and_then(|at| self.booking.travellers.get_mut(at)) {
            change(traveller);
        }
    }

    fn of_flight(&mut self, change: impl FnOnce(&mut Flight)) {
        if let Some(flight) = self.open_flight().and_then(|at| self.booking.flights.get_mut(at)) {
            change(flight);
        }
    }

    fn day(&self, text: &str) -> Option<Date> {
        date::digits(text, Order::DayFirst, Century::Travel, self.message).and_then(PartialDate::complete)
    }

    /// Settles who is who and hands the booking over, or counts its travellers as lost.
    pub(super) fn finish(mut self, push: &Push, out: &mut Decoded) {
        let mut strays = Vec::new();
        people::settle(&mut self.booking, std::mem::take(&mut self.claims), &mut strays);
        for rule in strays {
            out.note(rule, Severity::Warning, self.position);
        }
        for (rule, position, path) in self.doubts {
            match path {
                Some(path) => out.note_at(rule, Severity::Warning, position, path),
                None => out.note(rule, Severity::Warning, position),
            }
        }
        let mut booking = self.booking;
        booking.push = Some(push.clone());
        booking.created = booking.locators.iter().find_map(|locator| locator.created);
        if booking.flights.is_empty() {
            booking.flights.extend(push.flight.clone());
        }
        if booking.locators.is_empty() {
            out.reject(booking.travellers.len(), "structure.no_locator", self.position);
        } else if booking.flights.is_empty() && booking.function == Function::Upsert {
            out.reject(booking.travellers.len(), "structure.no_flight", self.position);
        } else {
            if booking.travellers.is_empty() && booking.function == Function::Upsert {
                out.note("structure.no_traveller", Severity::Warning, self.position);
            }
            out.accept(booking);
        }
    }
}

fn text(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}
