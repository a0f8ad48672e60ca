//! Lines of one booking, one after the other, become one booking: its travellers and flights add up.
//!
//! Only neighbours are joined, so that no more than one booking is held. An export that
//! scatters the lines of a booking gives several parts of it, which the loader merges.

use super::{Field, Line, List};
use crate::ingest::finding::{Position, Severity};
use crate::ingest::model::{Booking, Flight, Traveller};
use crate::ingest::report::Decoded;
use jiff::civil::Date;

/// Lines that are held as one booking at most.
const LINES: usize = 1_000;

/// Takes lines and gives bookings.
pub(in crate::ingest) struct Joiner<'e, E> {
    each: &'e mut dyn FnMut(Decoded) -> Result<(), E>,
    received: Date,
    part: Decoded,
    open: Option<Open>,
    lines: usize,
    /// The offset after the last line taken.
    end: usize,
}

/// A booking that further lines may add to.
struct Open {
    booking: Booking,
    /// The export's own identifier of each traveller.
    ids: Vec<Option<String>>,
}

impl<'e, E> Joiner<'e, E> {
    /// A joiner that hands every booking on, with what was found in its lines.
    pub(in crate::ingest) fn new(received: Date, each: &'e mut dyn FnMut(Decoded) -> Result<(), E>) -> Self {
        Self {
            each,
            received,
            part: Decoded::default(),
            open: None,
            lines: 0,
            end: 0,
        }
    }

    /// Tells where the line ended that was given last: reading can be resumed there.
    pub(in crate::ingest) const fn reached(&mut self, offset: usize) {
        self.end = offset;
    }

    /// Takes a line. `raw` is what it was read from, for quarantine if it names no flight.
    pub(in crate::ingest) fn take(&mut self, mut line: Line, position: Position, raw: &[&[u8]]) -> Result<(), E> {
        let booking = line.booking(self.received);
        let id = line.find(Field::SourceId).map(str::to_owned);
        let continues = self
            .open
            .as_ref()
            .is_some_and(|open| open.continues(&booking, id.as_deref()));
        if !continues || self.lines >= LINES {
            self.flush()?;
        }
        self.lines += 1;
        self.part.messages += 1;
        if has_token(&line) {
            self.part.withheld("pay.token");
        }
        for (rule, severity) in line.doubts() {
            self.part.note(rule, *severity, position);
        }
        match &mut self.open {
            Some(open) => open.join(booking, id),
            None if booking.flights.is_empty() => {
                self.part.reject(1, "structure.no_flight", position);
                self.part.keep_lost(raw, true);
            }
            None => {
                self.open = Some(Open { booking, ids: vec![id] });
            }
        }
        Ok(())
    }

    /// Counts a line that could not be read: one traveller lost. `raw` is what there is of it.
    pub(in crate::ingest) fn lose(&mut self, rule: &'static str, position: Position, raw: &[&[u8]]) -> Result<(), E> {
        self.lines += 1;
        self.part.messages += 1;
        self.part.reject(1, rule, position);
        self.part.keep_lost(raw, !rule.starts_with("limit."));
        if self.lines < LINES { Ok(()) } else { self.flush() }
    }

    /// Adds a remark.
    pub(in crate::ingest) fn note(&mut self, rule: &'static str, severity: Severity, position: Position) {
        self.part.note(rule, severity, position);
    }

    /// Hands on what is held.
    pub(in crate::ingest) fn finish(mut self) -> Result<(), E> {
        self.flush()
    }

    fn flush(&mut self) -> Result<(), E> {
        let mut part = std::mem::take(&mut self.part);
        self.lines = 0;
        let open = self.open.take();
        if open.is_none() && part.messages == 0 && part.findings.is_empty() {
            return Ok(());
        }
        open.into_iter().for_each(|open| part.accept(open.booking));
        part.position_end = u64::try_from(self.end).unwrap_or(u64::MAX);
        (self.each)(part)
    }
}

fn has_token(line: &Line) -> bool {
    let mut payments = line.items(List::Payments).iter();
    payments.any(|item| item.contains_key(&Field::PaymentToken))
}

impl Open {
    /// Whether a line belongs to this booking: by its first locator, or as another row of the same record.
    fn continues(&self, line: &Booking, id: Option<&str>) -> bool {
        let same_locator = || !line.locators.is_empty() && self.booking.locators.first() == line.locators.first();
        let compatible = line.locators.is_empty() || same_locator();
        let same_record = || id.is_some() && self.ids.last().is_some_and(|last| last.as_deref() == id) && compatible;
        let sender = self.booking.provenance.sender == line.provenance.sender || line.provenance.sender.is_empty();
        let whole = !line.flights.is_empty();
        self.booking.function == line.function && sender && ((whole && same_locator()) || same_record())
    }

    fn join(&mut self, line: Booking, id: Option<String>) {
        let known = &mut self.booking;
        let flight = line.flights.into_iter().next().map(|flight| place(known, flight));
        line.locators.into_iter().for_each(|locator| known.add_locator(locator));
        for payment in line.payments {
            if !known.payments.contains(&payment) {
                known.payments.push(payment);
            }
        }
        for contact in line.contacts {
            if !known.contacts.contains(&contact) {
                known.contacts.push(contact);
            }
        }
        known.agency = known.agency.take().or(line.agency);
        for mut traveller in line.travellers {
            traveller.seats.iter_mut().for_each(|seat| seat.flight = flight);
            let same_id = self.ids.iter().position(|known| known.is_some() && *known == id);
            let at = same_id.or_else(|| known.travellers.iter().position(|other| same(other, &traveller)));
            match at.and_then(|at| known.travellers.get_mut(at)) {
                Some(other) => merge(other, traveller),
                None => {
                    known.travellers.push(traveller);
                    self.ids.push(id.clone());
                }
            }
        }
    }
}

/// The position of a flight in the booking; it is added if it is new.
fn place(booking: &mut Booking, flight: Flight) -> usize {
    let known = booking.flights.iter().position(|other| *other == flight);
    known.unwrap_or_else(|| {
        booking.flights.push(flight);
        booking.flights.len().saturating_sub(1)
    })
}

fn same(one: &Traveller, other: &Traveller) -> bool {
    !one.names.is_empty() && one.names == other.names && one.birth_date == other.birth_date
}

/// Adds what another line says of the same person.
fn merge(known: &mut Traveller, other: Traveller) {
    other.names.into_iter().for_each(|name| known.add_name(name));
    let births = other.birth_date.into_iter().chain(other.other_birth_dates);
    births.for_each(|date| known.add_birth(date));
    let documents = other.documents.into_iter();
    documents.for_each(|document| known.add_document(document));
    other
        .contacts
        .into_iter()
        .for_each(|contact| known.add_contact(contact));
    let nationalities = other.nationalities.into_iter();
    nationalities.for_each(|country| known.add_nationality(country));
    for member in other.frequent_flyer {
        known.add_frequent_flyer(&member.programme, &member.number);
    }
    for seat in other.seats {
        known.add_seat(seat.flight, &seat.number);
    }
    known.sex = known.sex.or(other.sex);
    known.residence = known.residence.take().or(other.residence);
    known.birth_place = known.birth_place.take().or(other.birth_place);
    known.capture = known.capture.or(other.capture);
    known.checked_in |= other.checked_in;
    known.bags = known.bags.take().or(other.bags);
}
