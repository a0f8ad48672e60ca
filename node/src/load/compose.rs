//! From what messages say to the record that is kept.

use super::booking::{Lapse, flight_key};
use super::keys;
use crate::ingest::model::{BookingKind, Capture, DocumentClass, Provenance};
use crate::ingest::{Booking, Traveller};
use crate::records::{Material, Origin, Record, RecordFacts};
use piux_policy::term::Kind;
use piux_protocol::message::disclosure::SourceKind;
use piux_protocol::vocabulary::{ElementId, Timestamp};
use serde_json::Value;
use std::collections::BTreeMap;

/// The elements in which the status of a flight shows.
pub(super) const STATUS: [&str; 3] = ["pnr.07_itinerary", "pnr.10_status", "api.flight"];
/// The elements that advance passenger information corrects.
pub(super) const IDENTITY: [&str; 2] = ["pnr.04_names", "pnr.18_api"];

/// The record of a traveller of a booking.
pub(super) fn record(booking: &Booking, material: Material) -> Record {
    let elements = match &material.own {
        Some(own) => elements(&instead(booking, own, &material.traveller), &material.traveller),
        None => elements(booking, &material.traveller),
    };
    Record {
        elements,
        origin: Origin {
            source: source(booking),
            format: booking.provenance.message_type.clone(),
            carrier: booking.flights.first().map(|flight| flight.carrier.clone()),
        },
        material: Some(material),
        versions: Vec::new(),
    }
}

/// The booking with a traveller as corrected: or the traveller would be one of the others.
fn instead(booking: &Booking, own: &Traveller, corrected: &Traveller) -> Booking {
    let mut booking = booking.clone();
    if let Some(place) = booking.travellers.iter_mut().find(|one| *one == own) {
        place.clone_from(corrected);
    }
    booking
}

/// The booking and one of its travellers; the other travellers are in their own records.
pub(super) fn material(booking: &Booking, traveller: Traveller, own: Option<Traveller>) -> Material {
    Material {
        booking: alone(booking),
        traveller,
        own,
    }
}

/// Writes anew only these elements of a record, from its material.
pub(super) fn renew(record: &mut Record, ids: &[&str]) {
    let Some(material) = &record.material else { return };
    let fresh = elements(&material.booking, &material.traveller);
    for id in ids.iter().filter_map(|id| ElementId::new(id).ok()) {
        match fresh.get(&id) {
            Some(values) => record.elements.insert(id, values.clone()),
            None => record.elements.remove(&id),
        };
    }
}

/// Writes lapses into the status of the flights.
pub(super) fn lapse(booking: &mut Booking, lapses: &[Lapse]) {
    for flight in &mut booking.flights {
        let key = flight_key(flight);
        if let Some(lapse) = lapses.iter().find(|lapse| lapse.flight == key) {
            flight.status = Some(lapse.status.word().to_owned());
        }
    }
}

/// A traveller of a booking as advance passenger information corrects it: every name form stays;
/// what was read from the document wins, what was typed in is added.
pub(super) fn corrected(own: &Traveller, listed: &Traveller) -> Traveller {
    let mut all = own.clone();
    let verified = listed.capture == Some(Capture::Verified);
    if verified
        && listed
            .documents
            .iter()
            .any(|document| document.class != DocumentClass::Visa)
    {
        all.documents.retain(|document| document.class == DocumentClass::Visa);
    }
    for document in &listed.documents {
        all.add_document(document.clone());
    }
    if let (true, Some(birth)) = (verified, listed.birth_date) {
        let before = all.birth_date.replace(birth);
        all.other_birth_dates.retain(|date| *date != birth);
        before.into_iter().for_each(|date| all.add_birth(date));
    }
    let births = listed.birth_date.iter().chain(&listed.other_birth_dates);
    births.for_each(|date| all.add_birth(*date));
    listed.names.iter().for_each(|name| all.add_name(name.clone()));
    for country in &listed.nationalities {
        all.add_nationality(country.clone());
    }
    all.sex = if verified {
        listed.sex.or(own.sex)
    } else {
        own.sex.or(listed.sex)
    };
    all.residence = own.residence.clone().or_else(|| listed.residence.clone());
    all.birth_place = own.birth_place.clone().or_else(|| listed.birth_place.clone());
    all
}

/// A traveller of whom messages tell piece by piece: what one leaves out stays.
pub(super) fn joined(known: &Traveller, told: &Traveller) -> Traveller {
    let mut all = told.clone();
    known.names.iter().for_each(|name| all.add_name(name.clone()));
    known.documents.iter().for_each(|one| all.add_document(one.clone()));
    let births = known.birth_date.iter().chain(&known.other_birth_dates);
    births.for_each(|date| all.add_birth(*date));
    known.contacts.iter().for_each(|one| all.add_contact(one.clone()));
    known
        .nationalities
        .iter()
        .for_each(|one| all.add_nationality(one.clone()));
    let members = known.frequent_flyer.iter();
    members.for_each(|member| all.add_frequent_flyer(&member.programme, &member.number));
    known.tickets.iter().for_each(|ticket| all.add_ticket(ticket));
    all.sex = told.sex.or(known.sex);
    all.bags = all.bags.take().or_else(|| known.bags.clone());
    all.checked_in |= known.checked_in;
    all
}

/// The booking without its travellers.
pub(super) fn alone(booking: &Booking) -> Booking {
    let mut alone = booking.clone();
    alone.travellers.clear();
    alone
}

/// What a booking says, whichever message said it: as bytes to compare.
pub(super) fn content(booking: &Booking) -> Vec<u8> {
    let mut said = booking.clone();
    said.provenance = Provenance::default();
    said.push = None;
    said.changed = None;
    serde_json::to_vec(&said).unwrap_or_default()
}

pub(super) fn facts(booking: &Booking, traveller: &Traveller, now: Timestamp) -> RecordFacts {
    let kind = match booking.kind {
        BookingKind::Pnr => Kind::Pnr,
        BookingKind::Api => Kind::Api,
    };
    let minor = keys::birth_dates(traveller)
        .min()
        .is_some_and(|birth| is_minor(birth, now));
    RecordFacts {
        received: now,
        kind: RecordFacts::kind_number(kind),
        flags: if minor { RecordFacts::MINOR } else { 0 },
    }
}

fn source(booking: &Booking) -> SourceKind {
    match booking.kind {
        BookingKind::Pnr => SourceKind::Pnr,
        BookingKind::Api => SourceKind::Api,
    }
}

fn elements(booking: &Booking, traveller: &Traveller) -> BTreeMap<ElementId, Vec<String>> {
    let elements = booking.elements(traveller).into_iter();
    elements
        .filter_map(|(id, value): (&str, Value)| Some((ElementId::new(id).ok()?, texts(&value))))
        .collect()
}

/// A value as the texts a release carries: a list item by item, an object as JSON.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Null => Vec::new(),
        other => vec![other.to_string()],
    }
}

/// Under 18 on the day of receipt.
fn is_minor(birth: jiff::civil::Date, now: Timestamp) -> bool {
    let today = now.date();
    let years = i32::from(today.year()) - i32::from(birth.year());
    let had_birthday = (today.month(), today.day()) >= (birth.month(), birth.day());
    years - i32::from(!had_birthday) < 18
}
