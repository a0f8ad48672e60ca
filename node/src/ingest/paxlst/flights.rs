//! The flights of a passenger list: `TDT`, and its `LOC` and `DTM` paired into legs.

use super::place;
use crate::ingest::date;
use crate::ingest::edifact::Segment;
use crate::ingest::model::Flight;
use jiff::civil::{Date, DateTime};

/// What a place is to a flight.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Departure,
    Arrival,
    /// `LOC+92`: the date that follows, or else the order, tells.
    Either,
}

struct Stop {
    part: Part,
    place: String,
    time: Option<(Date, Option<DateTime>)>,
}

/// One `TDT` and its stops.
struct Transport {
    flight: Flight,
    stops: Vec<Stop>,
}

pub(super) struct Flights {
    message: Date,
    transports: Vec<Transport>,
    doubts: Vec<&'static str>,
}

impl Flights {
    pub(super) const fn new(message: Date) -> Self {
        Self {
            message,
            transports: Vec::new(),
            doubts: Vec::new(),
        }
    }

    /// Opens a flight; false if the segment names none (the crew-list pseudo-flight `xxMCL`).
    pub(super) fn open(&mut self, segment: &Segment<'_>) -> bool {
        let number = segment.text(2, 0).to_ascii_uppercase();
        let carrier = segment.text(5, 0).to_ascii_uppercase();
        if number.ends_with("MCL") || (number.is_empty() && carrier.is_empty()) {
            return false;
        }
        let (prefix, digits) = designator(&number);
        if !carrier.is_empty() && !prefix.is_empty() && prefix != carrier {
            self.doubts.push("field.carrier");
        }
        let carrier = if carrier.is_empty() { prefix } else { &carrier };
        self.transports.push(Transport {
            flight: Flight::new(carrier, digits),
            stops: Vec::new(),
        });
        true
    }

    pub(super) fn take(&mut self, tag: &str, segment: &Segment<'_>) {
        let Some(transport) = self.transports.last_mut() else {
            return;
        };
        let qualifier = segment.text(1, 0);
        match (tag, qualifier.as_ref()) {
            ("LOC", "125") => transport.stop(Part::Departure, segment),
            ("LOC", "87") => transport.stop(Part::Arrival, segment),
            ("LOC", "92") => transport.stop(Part::Either, segment),
            ("DTM", "189") => transport.time(Part::Departure, &segment.text(1, 1), self.message),
            ("DTM", "232") => transport.time(Part::Arrival, &segment.text(1, 1), self.message),
            _ => {}
        }
    }

    /// The legs, and the rules that were bent.
    pub(super) fn finish(mut self) -> (Vec<Flight>, Vec<&'static str>) {
        let mut legs = Vec::new();
        for transport in self.transports {
            let before = legs.len();
            transport.legs(&mut legs);
            if legs.len() == before {
                self.doubts.push("structure.no_leg");
            }
        }
        (legs, self.doubts)
    }
}

impl Transport {
    fn stop(&mut self, part: Part, segment: &Segment<'_>) {
        self.stops.push(Stop {
            part,
            place: place(segment),
            time: None,
        });
    }

    fn time(&mut self, part: Part, text: &str, message: Date) {
        if let Some(stop) = self.stops.last_mut() {
            if stop.part == Part::Either {
                stop.part = part;
            }
            stop.time = date::moment(text, message);
        }
    }

    /// Each departure opens a leg and the next arrival closes it; without dates they take turns.
    fn legs(self, legs: &mut Vec<Flight>) {
        let mut open: Option<Flight> = None;
        for stop in self.stops {
            let departs = stop.part == Part::Departure || (stop.part == Part::Either && open.is_none());
            if departs {
                legs.extend(open.take());
                let mut leg = self.flight.clone();
                leg.board = stop.place;
                leg.dep_date = stop.time.map(|(date, _)| date);
                leg.dep_local = stop.time.and_then(|(_, local)| local);
                open = Some(leg);
            } else {
                let mut leg = open.take().unwrap_or_else(|| self.flight.clone());
                leg.off = stop.place;
                leg.arr_local = stop.time.and_then(|(_, local)| local);
                legs.push(leg);
            }
        }
        legs.extend(open);
    }
}

/// Carrier and number of a flight designator: two characters of IATA or three letters of ICAO.
fn designator(text: &str) -> (&str, &str) {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let carrier = match letters {
        3 => 3,
        _ if text.bytes().take(2).any(|b| b.is_ascii_alphabetic()) => 2,
        _ => 0,
    };
    text.split_at_checked(carrier).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::designator;

    #[test]
    fn a_designator_is_taken_apart() {
        assert_eq!(designator("ZZ123"), ("ZZ", "123"));
        assert_eq!(designator("U21234"), ("U2", "1234"));
        assert_eq!(designator("ENT0602"), ("ENT", "0602"));
        assert_eq!(designator("0602"), ("", "0602"));
        assert_eq!(designator(""), ("", ""));
    }
}
