//! `TVL` and `TBD`: one flight, one traveller's bags.

use crate::ingest::date::{self, Century, Order, PartialDate};
use crate::ingest::edifact::{Element, Segment};
use crate::ingest::model::{Bags, Flight, Operating};
use jiff::civil::{Date, DateTime};

/// Reads a `TVL`; none if it is no flight (`ARNK`, `OPEN`) or says neither date nor places.
pub(super) fn read(segment: &Segment<'_>, message: Date) -> Option<Flight> {
    let mut flight = Flight::new(&segment.text(4, 0), &segment.text(5, 0));
    let operating = segment.text(4, 1);
    flight.operating = (!operating.is_empty()).then(|| Operating {
        carrier: operating.into_owned(),
        number: None,
    });
    flight.board = segment.text(2, 0).into_owned();
    flight.off = segment.text(3, 0).into_owned();
    times(segment.element(1), &mut flight, message);
    let known = !flight.carrier.is_empty() && !flight.number.is_empty();
    (known && (flight.dep_date.is_some() || !flight.board.is_empty())).then_some(flight)
}

/// `date:time:date:time`; a third part of four digits is the time of arrival, its date left out.
fn times(element: Element<'_>, flight: &mut Flight, message: Date) {
    let [departs, at, third, fourth] = [0, 1, 2, 3].map(|component| element.component(component));
    let day =
        |text: &str| date::digits(text, Order::DayFirst, Century::Travel, message).and_then(PartialDate::complete);
    let moment = |day: Option<Date>, time: &str| Some(day?.to_datetime(date::time(time)?));
    flight.dep_date = day(&departs);
    flight.dep_local = moment(flight.dep_date, &at);
    let (arrives, time) = if third.len() == 4 {
        (None, third)
    } else {
        (day(&third), fourth)
    };
    flight.arr_local = moment(arrives.or(flight.dep_date), &time).filter(|arrival| plausible(*arrival, flight));
}

/// Whether an arrival is not days before the departure (time zones explain one day).
fn plausible(arrival: DateTime, flight: &Flight) -> bool {
    flight
        .dep_date
        .is_none_or(|departure| (arrival.date() - departure).get_days() >= -1)
}

/// Reads a `TBD`: pieces, weight, tags. The same bags are told again for every flight.
pub(super) fn bags(segment: &Segment<'_>, bags: &mut Bags) {
    let pieces = segment.text(2, 0).parse().ok();
    let weight = segment.text(2, 1).parse::<u32>().ok().filter(|weight| *weight < 10_000);
    let pounds = segment.text(2, 2) == "701";
    bags.pieces = pieces.or(bags.pieces);
    bags.weight_kg = weight
        .map(|n| if pounds { n * 454 / 1000 } else { n })
        .or(bags.weight_kg);
    for tag in segment.items(5) {
        let number = tag.component(1);
        let count = tag.component(2).parse::<u32>().ok().filter(|count| *count <= 99);
        bags.add_tags(&format!("{}{}", tag.component(0), number), count.unwrap_or(1));
    }
}
