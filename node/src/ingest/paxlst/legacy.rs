//! PAXLST as it was before UN/EDIFACT (`PAXLST:001:000`, US-EDIFACT): one `PDT` per traveller,
//! `P/number:expiry:country` and `surname:given:second:birth:sex`.

use super::provenance;
use crate::ingest::date::{self, Century, Order};
use crate::ingest::edifact::{Message, Segment};
use crate::ingest::finding::{ElementPath, Severity};
use crate::ingest::model::{
    Booking, BookingKind, Document, Flight, Kind, NameForm, NameSource, Push, PushKind, Role, Sex, Traveller,
};
use crate::ingest::report::Decoded;
use jiff::civil::Date;

/// Reads one message: the flight is everyone's, nobody has a locator.
pub(in crate::ingest) fn decode(message: &Message<'_>, out: &mut Decoded) {
    let (before, rejected) = (out.travellers_read, out.rejected);
    let mut receipt = super::receipt(message, provenance(message), None);
    receipt.flight = read(message, out);
    receipt.settle(before, rejected, out);
    out.receipts.push(receipt);
}

fn read(message: &Message<'_>, out: &mut Decoded) -> Option<Flight> {
    let mut route = Route::default();
    let mut travellers = Vec::new();
    for (index, segment) in message.body.iter().enumerate() {
        match segment.tag() {
            "TDT" => route.carrier(segment),
            "LOC" => route.stop(segment),
            "DTM" => route.time(segment, message.envelope.date),
            "PDT" => {
                let traveller = traveller(segment, message.envelope.date);
                if traveller.birth_date.is_none() && !segment.text(2, 3).is_empty() {
                    let path = ElementPath::edifact("PAXLST", "PDT").element(2).component(4);
                    out.note_at("field.date", Severity::Warning, message.position(index), path);
                }
                travellers.push(traveller);
            }
            _ => {}
        }
    }
    let flights = route.flights();
    if flights.is_empty() {
        out.reject(travellers.len(), "structure.no_flight", message.start());
        return None;
    }
    out.note("message.legacy", Severity::Info, message.start());
    let provenance = provenance(message);
    let (part, last) = Push::place(&provenance.part);
    let push = Push {
        kind: PushKind::List,
        flight: flights.first().cloned(),
        total: None,
        of_crew: false,
        part,
        last,
    };
    for traveller in travellers {
        let mut booking = Booking::new(BookingKind::Api, provenance.clone());
        booking.push = Some(push.clone());
        booking.flights.clone_from(&flights);
        booking.travellers.push(traveller);
        out.accept(booking);
    }
    push.flight
}

#[derive(Default)]
struct Route {
    flight: Option<Flight>,
    legs: Vec<Flight>,
    at: Option<String>,
}

impl Route {
    /// `TDT++SA812+40+SA`.
    fn carrier(&mut self, segment: &Segment<'_>) {
        let (number, carrier) = (segment.text(2, 0), segment.text(4, 0));
        let digits = number.strip_prefix(carrier.as_ref()).unwrap_or(&number);
        self.flight = Some(Flight::new(&carrier, digits));
    }

    /// `LOC+005+NZAKL:50`: each place after the first ends a leg.
    fn stop(&mut self, segment: &Segment<'_>) {
        let code = segment.text(2, 0);
        let place = code.get(2..).filter(|_| code.len() == 5).unwrap_or(&code).to_owned();
        if let (Some(flight), Some(from)) = (&self.flight, self.at.replace(place.clone())) {
            let mut leg = flight.clone();
            leg.board = from;
            leg.off = place;
            self.legs.push(leg);
        }
    }

    /// `DTM+136+020131+1030`: departure of the first leg; later ones depart on no earlier day.
    fn time(&mut self, segment: &Segment<'_>, message: Date) {
        let day = date::digits(&segment.text(2, 0), Order::YearFirst, Century::Travel, message);
        let Some(day) = day.and_then(date::PartialDate::complete) else {
            return;
        };
        let local = date::time(&segment.text(3, 0)).map(|time| day.to_datetime(time));
        match (segment.text(1, 0).as_ref(), self.legs.last_mut(), &mut self.flight) {
            ("136", None, Some(flight)) => {
                flight.dep_date = Some(day);
                flight.dep_local = local;
            }
            ("132", Some(leg), flight) => {
                leg.arr_local = local;
                if let Some(flight) = flight {
                    flight.dep_date = Some(day);
                    flight.dep_local = None;
                }
            }
            _ => {}
        }
    }

    fn flights(self) -> Vec<Flight> {
        if self.legs.is_empty() {
            self.flight.into_iter().collect()
        } else {
            self.legs
        }
    }
}

/// `PDT+P/E54321A:980831:IE+O?'LEARY:KRIS:ANN:331231:F+PAX+NZAKL:USLAX`.
fn traveller(segment: &Segment<'_>, message: Date) -> Traveller {
    let role = if segment.text(3, 0) == "CRW" {
        Role::Crew
    } else {
        Role::Passenger
    };
    let mut traveller = Traveller::new(role, Kind::Unknown);
    let given = format!("{} {}", segment.text(2, 1), segment.text(2, 2));
    traveller.add_name(NameForm::new(NameSource::Nad, &segment.text(2, 0), &given));
    let birth = date::digits(&segment.text(2, 3), Order::YearFirst, Century::Birth, message);
    birth.into_iter().for_each(|date| traveller.add_birth(date));
    traveller.sex = Sex::of(&segment.text(2, 4));
    let identity = segment.text(1, 0);
    let (class, number) = identity.split_once('/').unwrap_or(("", &identity));
    if let Some(mut document) = Document::new(class, number, &segment.text(1, 2)) {
        document.expiry = date::digits(&segment.text(1, 1), Order::YearFirst, Century::Expiry, message);
        traveller.add_document(document);
    }
    let (from, to) = (segment.text(4, 0), segment.text(4, 1));
    traveller.journey_from = super::text(&from);
    traveller.journey_to = super::text(&to);
    traveller
}
