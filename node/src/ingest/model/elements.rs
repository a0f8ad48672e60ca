//! The data elements of a traveller within a booking, as agreements name them: the headings of
//! Annex I of Directive (EU) 2016/681 for PNR data, the items of API data for passenger lists.

use super::{Booking, BookingKind, Contact, ContactOwner, Flight, LocatorRef, Traveller};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Element identifiers and their values.
type Elements = BTreeMap<&'static str, Value>;

impl Booking {
    /// What the booking says of one of its travellers, by element: `pnr.04_names`, `api.document`.
    /// Elements without content are left out; what was removed as sensitive is not there to give.
    pub fn elements(&self, traveller: &Traveller) -> Elements {
        let mut elements = match self.kind {
            BookingKind::Pnr => self.pnr(traveller),
            BookingKind::Api => self.api(traveller),
        };
        elements.retain(|_, value| !is_hollow(value));
        elements
    }

    fn pnr(&self, traveller: &Traveller) -> Elements {
        let names = |one: &Traveller| value(&one.names);
        let others: Vec<_> = self
            .travellers
            .iter()
            .filter(|other| *other != traveller)
            .map(names)
            .collect();
        BTreeMap::from([
            ("pnr.01_locator", locators(&self.locators)),
            (
                "pnr.02_reservation_date",
                json!({"reserved": written(&self.created), "ticketed": written(&self.ticketed)}),
            ),
            (
                "pnr.03_travel_dates",
                self.flights
                    .iter()
                    .filter_map(|f| f.dep_date)
                    .map(|d| d.to_string())
                    .collect(),
            ),
            ("pnr.04_names", names(traveller)),
            ("pnr.05_contact", self.contacts_of(traveller)),
            ("pnr.06_payment", value(&self.payments)),
            ("pnr.07_itinerary", value(&self.flights)),
            ("pnr.08_frequent_flyer", value(&traveller.frequent_flyer)),
            ("pnr.09_agency", self.agency_value()),
            ("pnr.10_status", self.status(traveller)),
            ("pnr.11_split", locators(&self.split)),
            (
                "pnr.12_remarks",
                self.services
                    .iter()
                    .chain(&traveller.services)
                    .map(String::as_str)
                    .collect(),
            ),
            ("pnr.13_ticketing", ticketing(traveller)),
            ("pnr.14_seat", self.seats(traveller)),
            ("pnr.15_codeshare", self.flights.iter().filter_map(codeshare).collect()),
            ("pnr.16_baggage", value(&traveller.bags)),
            (
                "pnr.17_travellers",
                json!({"number": self.travellers.len(), "others": others}),
            ),
            ("pnr.18_api", api_in_pnr(traveller)),
            ("pnr.19_history", history(self.history_entries)),
        ])
    }

    fn api(&self, traveller: &Traveller) -> Elements {
        BTreeMap::from([
            ("pnr.01_locator", locators(&self.locators)),
            ("api.names", value(&traveller.names)),
            ("api.birth", birth(traveller)),
            ("api.sex", value(&traveller.sex)),
            ("api.nationality", value(&traveller.nationalities)),
            ("api.document", value(&traveller.documents)),
            ("api.flight", value(&self.flights)),
            (
                "api.seat_bags",
                json!({"seats": self.seats(traveller), "bags": traveller.bags}),
            ),
            ("api.capture_method", value(&traveller.capture)),
            ("pnr.10_status", self.boarding(traveller)),
            ("pnr.05_contact", self.contacts_of(traveller)),
        ])
    }

    /// Contacts of the traveller and of the booking, those of the agency left out.
    fn contacts_of(&self, traveller: &Traveller) -> Value {
        let of_people = |contact: &&Contact| contact.owner == ContactOwner::Passenger;
        traveller
            .contacts
            .iter()
            .chain(&self.contacts)
            .filter(of_people)
            .map(value)
            .collect()
    }

    fn agency_value(&self) -> Value {
        let of_agency = |contact: &&Contact| contact.owner == ContactOwner::Agency;
        let contacts: Vec<_> = self.contacts.iter().filter(of_agency).map(value).collect();
        json!({"office": self.agency, "contacts": contacts})
    }

    fn status(&self, traveller: &Traveller) -> Value {
        let flights: Vec<_> = self
            .flights
            .iter()
            .map(|flight| json!([flight.designator(), flight.status]))
            .collect();
        let known = traveller.checked_in || self.flights.iter().any(|flight| flight.status.is_some());
        if known {
            json!({"checked_in": traveller.checked_in, "flights": flights})
        } else {
            Value::Null
        }
    }

    /// What a close-out of the flight says of a listed traveller.
    fn boarding(&self, traveller: &Traveller) -> Value {
        traveller
            .boarded
            .map_or(Value::Null, |boarded| json!({"on_board": boarded}))
    }

    fn seats(&self, traveller: &Traveller) -> Value {
        let flight = |at: Option<usize>| at.and_then(|at| self.flights.get(at)).map(Flight::designator);
        traveller
            .seats
            .iter()
            .map(|seat| json!({"flight": flight(seat.flight), "seat": seat.number}))
            .collect()
    }
}

fn value<T: Serialize>(part: &T) -> Value {
    serde_json::to_value(part).unwrap_or_default()
}

fn written(date: &Option<jiff::civil::Date>) -> Option<String> {
    date.map(|date| date.to_string())
}

fn locators(all: &[LocatorRef]) -> Value {
    all.iter().map(value).collect()
}

fn codeshare(flight: &Flight) -> Option<Value> {
    let operating = flight.operating.as_ref()?;
    Some(json!({"marketing": flight.designator(), "operating": operating}))
}

/// Ticket numbers, then amounts.
fn ticketing(traveller: &Traveller) -> Value {
    let tickets = traveller.tickets.iter().map(value);
    tickets.chain(traveller.fares.iter().map(value)).collect()
}

fn birth(traveller: &Traveller) -> Value {
    let dates = traveller
        .birth_date
        .iter()
        .chain(&traveller.other_birth_dates)
        .map(ToString::to_string);
    let dates: Vec<_> = dates.collect();
    if dates.is_empty() {
        Value::Null
    } else {
        json!({"dates": dates, "place": traveller.birth_place})
    }
}

fn api_in_pnr(traveller: &Traveller) -> Value {
    let parts = json!({
        "birth": birth(traveller),
        "sex": traveller.sex,
        "nationalities": traveller.nationalities,
        "documents": traveller.documents,
        "references": traveller.references,
    });
    if is_hollow(&parts) { Value::Null } else { parts }
}

fn history(entries: usize) -> Value {
    if entries == 0 {
        Value::Null
    } else {
        json!({"entries": entries, "text": "withheld"})
    }
}

/// Whether there is nothing in a value but empty containers.
fn is_hollow(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(parts) => parts.iter().all(is_hollow),
        Value::Object(parts) => parts.values().all(is_hollow),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
