//! What is known of a booking between messages, and how a message finds it again.
//!
//! A booking is found by (system, locator, creation date), each locator being an alias; one
//! without a creation date by its flights. Advance passenger information is one booking for each
//! traveller on a flight: its messages change travellers, not parties.

mod prints;

pub(super) use prints::{Print, matched, prints};

use super::LoadError;
use super::work::Work;
use crate::ingest::model::{BookingKind, Flight, LocatorRef};
use crate::ingest::{Booking, Traveller};
use crate::store::RecordId;
use prints::Evidence;
use serde::{Deserialize, Serialize};

/// Messages remembered per booking, so that each counts once.
const SEEN: usize = 64;

/// A booking as its latest messages left it. Lies in the store sealed.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Known {
    pub(super) locators: Vec<LocatorRef>,
    /// Locators of bookings it was split from or into.
    pub(super) split: Vec<LocatorRef>,
    /// When its sender last changed it, and when the message was made, as far as told.
    pub(super) changed: Option<String>,
    pub(super) prepared: Option<String>,
    pub(super) members: Vec<Member>,
    /// Prints of the messages that spoke of it, newest last.
    seen: Vec<String>,
}

/// A traveller of a known booking.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Member {
    pub(super) record: RecordId,
    pub(super) prints: Vec<Print>,
    /// What the booking's own message last said, as a print.
    pub(super) digest: String,
    /// No longer in the booking.
    pub(super) left: bool,
}

/// A flight that lapsed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Lapse {
    pub(super) flight: String,
    pub(super) status: Lapsed,
}

/// How a flight lapsed; the word stands in the flight's status (`pnr.10_status`, `api.flight`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lapsed {
    /// The traveller does not travel.
    Cancelled,
    /// An incomplete push left the booking out.
    Unknown,
}

impl Lapsed {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
        }
    }
}

impl Known {
    /// A booking first heard of.
    pub(super) fn new() -> Self {
        Self {
            locators: Vec::new(),
            split: Vec::new(),
            changed: None,
            prepared: None,
            members: Vec::new(),
            seen: Vec::new(),
        }
    }

    /// Whether this very message was taken in before.
    pub(super) fn has_seen(&self, message: &str) -> bool {
        self.seen.iter().any(|seen| seen == message)
    }

    pub(super) fn saw(&mut self, message: String) {
        if self.seen.len() >= SEEN {
            self.seen.remove(0);
        }
        self.seen.push(message);
    }

    /// Whether something later was known already when this message was made.
    pub(super) fn is_ahead_of(&self, booking: &Booking) -> bool {
        match (&self.changed, changed(booking)) {
            (Some(known), Some(told)) if *known != told => *known > told,
            _ => matches!((&self.prepared, prepared(booking)), (Some(known), Some(told)) if *known > told),
        }
    }

    /// Notes locators and times of a message that was taken in.
    pub(super) fn update(&mut self, booking: &Booking) {
        for locator in &booking.locators {
            if !self.locators.contains(locator) {
                self.locators.push(locator.clone());
            }
        }
        for locator in &booking.split {
            if !self.split.contains(locator) {
                self.split.push(locator.clone());
            }
        }
        self.changed = changed(booking).or_else(|| self.changed.take());
        self.prepared = prepared(booking).or_else(|| self.prepared.take());
    }

    fn is_same(&self, locator: &LocatorRef) -> bool {
        let open = |one: &str, other: &str| one.is_empty() || other.is_empty() || one == other;
        self.locators.iter().any(|known| {
            known.locator == locator.locator
                && open(&known.system, &locator.system)
                && (known.created.is_none() || locator.created.is_none() || known.created == locator.created)
        })
    }
}

fn changed(booking: &Booking) -> Option<String> {
    booking.changed.map(|at| at.to_string())
}

fn prepared(booking: &Booking) -> Option<String> {
    booking.provenance.prepared.map(|date| date.to_string())
}

/// Whether the travellers of a booking are told one by one: passenger lists, and what has no locator.
pub(super) fn is_listed(booking: &Booking) -> bool {
    booking.kind == BookingKind::Api || booking.locators.is_empty()
}

/// The booking a message speaks of; none if it was never heard of.
pub(super) fn find(work: &mut Work<'_>, booking: &Booking) -> Result<Option<(RecordId, Known)>, LoadError> {
    if is_listed(booking) {
        return find_listed(work, booking);
    }
    for name in dated_names(booking) {
        if let Some(found) = at(work, &name)? {
            return Ok(Some(found));
        }
    }
    for (locator, name) in undated_names(booking) {
        if let Some(found) = at(work, &name)?.filter(|(_, known)| known.is_same(locator)) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn find_listed(work: &mut Work<'_>, booking: &Booking) -> Result<Option<(RecordId, Known)>, LoadError> {
    let Some(traveller) = booking.travellers.first() else {
        return Ok(None);
    };
    for name in listed_names(work, booking, traveller) {
        if let Some((id, known)) = at(work, &name)? {
            let prints = prints(work, traveller);
            if matched(&known.members, &[prints]) == [Some(0)] {
                return Ok(Some((id, known)));
            }
        }
    }
    Ok(None)
}

/// The booking remembered under a name.
pub(super) fn at(work: &mut Work<'_>, name: &[u8]) -> Result<Option<(RecordId, Known)>, LoadError> {
    let Some(id) = work.memo::<RecordId>(name)? else {
        return Ok(None);
    };
    Ok(by_id(work, id)?.map(|known| (id, known)))
}

pub(super) fn by_id(work: &mut Work<'_>, id: RecordId) -> Result<Option<Known>, LoadError> {
    work.memo(&id_name(id))
}

/// Remembers a booking.
pub(super) fn keep(work: &mut Work<'_>, id: RecordId, known: &Known) {
    work.remember(id_name(id), known);
}

/// Remembers every name by which a message about this booking may come.
pub(super) fn name_it(work: &mut Work<'_>, id: RecordId, booking: &Booking) -> Result<(), LoadError> {
    let mut names = dated_names(booking);
    names.extend(undated_names(booking).into_iter().map(|(_, name)| name));
    for traveller in &booking.travellers {
        names.extend(traveller_names(work, booking, traveller));
    }
    if is_listed(booking)
        && let Some(traveller) = booking.travellers.first()
    {
        names.extend(listed_names(work, booking, traveller));
    }
    for name in names {
        if work.memo::<RecordId>(&name)? != Some(id) {
            work.remember(name, &id);
        }
    }
    Ok(())
}

/// The record of the other kind that speaks of this traveller on one of these flights.
pub(super) fn counterpart(
    work: &mut Work<'_>,
    booking: &Booking,
    traveller: &Traveller,
) -> Result<Option<RecordId>, LoadError> {
    let other = match booking.kind {
        BookingKind::Pnr => BookingKind::Api,
        BookingKind::Api => BookingKind::Pnr,
    };
    let prints = prints(work, traveller);
    let mut names = Vec::new();
    for flight in flights(booking) {
        let evidence = prints.iter().filter(|print| print.0 != Evidence::Name);
        names.extend(evidence.map(|print| print_name(other, &flight, print, "")));
        for locator in &booking.locators {
            if other == BookingKind::Pnr {
                names.push(flight_name(other, locator, &flight));
            } else {
                let named = prints.iter().filter(|print| print.0 == Evidence::Name);
                names.extend(named.map(|print| print_name(other, &flight, print, &locator.locator)));
            }
        }
    }
    for name in names {
        let Some((_, known)) = at(work, &name)? else { continue };
        let place = matched(&known.members, std::slice::from_ref(&prints))
            .first()
            .copied()
            .flatten();
        if let Some(member) = place.and_then(|place| known.members.get(place)) {
            return Ok(Some(member.record));
        }
    }
    Ok(None)
}

/// Every designator and date a flight of the booking is known by.
fn flights(booking: &Booking) -> Vec<String> {
    let mut all: Vec<String> = booking.flights.iter().flat_map(flight_keys).collect();
    all.dedup();
    all
}

/// The flight a list is about.
fn anchor(booking: &Booking) -> String {
    let push = booking.push.as_ref().and_then(|push| push.flight.as_ref());
    let flight = booking.flights.first().or(push);
    flight.map(flight_key).unwrap_or_default()
}

/// Designator and local date of departure: `UT451 2026-03-05`.
pub(super) fn flight_key(flight: &Flight) -> String {
    let date = flight.dep_date.map(|date| date.to_string()).unwrap_or_default();
    format!("{} {date}", flight.designator())
}

fn flight_keys(flight: &Flight) -> Vec<String> {
    let mut keys = vec![flight_key(flight)];
    let operating = flight.operating.as_ref();
    if let Some((operating, number)) = operating.and_then(|one| Some((one, one.number.as_ref()?))) {
        let date = flight.dep_date.map(|date| date.to_string()).unwrap_or_default();
        keys.push(format!("{}{number} {date}", operating.carrier));
    }
    keys
}

fn name(what: &str, parts: &[&str]) -> Vec<u8> {
    let mut name = what.as_bytes().to_vec();
    for part in parts {
        name.push(0);
        name.extend_from_slice(part.as_bytes());
    }
    name
}

fn id_name(id: RecordId) -> Vec<u8> {
    name("booking", &[&String::from(id)])
}

fn dated_names(booking: &Booking) -> Vec<Vec<u8>> {
    if is_listed(booking) {
        return Vec::new();
    }
    let dated = booking.locators.iter().filter_map(|one| Some((one, one.created?)));
    dated
        .map(|(one, created)| name("locator", &[&one.system, &one.locator, &created.to_string()]))
        .collect()
}

/// By flight, and for messages that tell no flight the latest booking of the locator.
fn undated_names(booking: &Booking) -> Vec<(&LocatorRef, Vec<u8>)> {
    if is_listed(booking) {
        return Vec::new();
    }
    let mut names = Vec::new();
    for locator in &booking.locators {
        let by_flight = flights(booking)
            .into_iter()
            .map(|flight| flight_name(booking.kind, locator, &flight));
        names.extend(by_flight.map(|name| (locator, name)));
        if booking.flights.is_empty() || locator.created.is_none() {
            names.push((locator, name("latest", &[&locator.system, &locator.locator])));
        }
    }
    names
}

fn flight_name(kind: BookingKind, locator: &LocatorRef, flight: &str) -> Vec<u8> {
    name("flight", &[word(kind), &locator.locator, flight])
}

/// By which the other kind finds this traveller's booking.
fn traveller_names(work: &Work<'_>, booking: &Booking, traveller: &Traveller) -> Vec<Vec<u8>> {
    let prints = prints(work, traveller);
    let strong = prints.iter().filter(|print| print.0 != Evidence::Name);
    let flights = flights(booking);
    strong
        .flat_map(|print| flights.iter().map(|flight| print_name(booking.kind, flight, print, "")))
        .collect()
}

/// By which a list finds its own traveller again: on the first flight it is about.
fn listed_names(work: &Work<'_>, booking: &Booking, traveller: &Traveller) -> Vec<Vec<u8>> {
    let anchor = anchor(booking);
    let prints = prints(work, traveller);
    let strong: Vec<_> = prints.iter().filter(|print| print.0 != Evidence::Name).collect();
    let own = |print: &Print, locator: &str| {
        let mut key = b"listed\0".to_vec();
        key.extend(print_name(booking.kind, &anchor, print, locator));
        key
    };
    let mut names: Vec<_> = strong.iter().map(|print| own(print, "")).collect();
    for print in prints.iter().filter(|print| print.0 == Evidence::Name) {
        for locator in &booking.locators {
            names.push(own(print, &locator.locator));
            names.push(print_name(booking.kind, &anchor, print, &locator.locator));
        }
        if strong.is_empty() && booking.locators.is_empty() {
            names.push(own(print, ""));
        }
    }
    names
}

fn print_name(kind: BookingKind, flight: &str, print: &Print, locator: &str) -> Vec<u8> {
    name("traveller", &[word(kind), flight, &print.1, locator])
}

const fn word(kind: BookingKind) -> &'static str {
    match kind {
        BookingKind::Pnr => "pnr",
        BookingKind::Api => "api",
    }
}
