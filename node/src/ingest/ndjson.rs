//! NDJSON profile `piu-passenger-v1`: one traveller on one flight per line, for exports of
//! national systems. Lines of one booking and one person are joined.

mod line;

use super::finding::Position;
use super::model::{Booking, Traveller};
use super::report::Decoded;
use line::Line;
use piux_protocol::vocabulary::Timestamp;

/// Longest line that is read.
const LINE_BYTES: usize = 64 * 1024;

/// Reads every line. A line that cannot be read is counted as one traveller rejected.
pub(super) fn decode(bytes: &[u8], received: Timestamp, out: &mut Decoded) {
    let mut all: Vec<Booking> = Vec::new();
    let mut offset = 0;
    for (index, line) in bytes.split(|b| *b == b'\n').enumerate() {
        let position = Position {
            offset,
            message: index + 1,
            segment: 0,
        };
        offset += line.len() + 1;
        let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        if super::dress::is_blank(line) {
            continue;
        }
        out.messages += 1;
        match read(line) {
            Ok(line) => join(&mut all, line.booking(received.date(), position, out)),
            Err(rule) => out.reject(1, rule, position),
        }
    }
    all.into_iter().for_each(|booking| out.accept(booking));
}

fn read(line: &[u8]) -> Result<Line, &'static str> {
    if line.len() > LINE_BYTES {
        return Err("limit.line");
    }
    let line: Line = serde_json::from_slice(line).map_err(|_| "syntax.json")?;
    if !line.has_flight() {
        return Err("structure.no_flight");
    }
    Ok(line)
}

/// Joins lines of the same booking, and within it of the same person: their flights add up.
fn join(all: &mut Vec<Booking>, mut line: Booking) {
    let same = |known: &&mut Booking| {
        known.function == line.function && !line.locators.is_empty() && known.locators.first() == line.locators.first()
    };
    let Some(known) = all.iter_mut().find(same) else {
        all.push(line);
        return;
    };
    let before = known.flights.len();
    let flights = std::mem::take(&mut line.flights);
    let mut at = 0;
    for flight in flights {
        at = known
            .flights
            .iter()
            .position(|other| *other == flight)
            .unwrap_or(before);
        if at == before {
            known.flights.push(flight);
        }
    }
    line.locators.into_iter().for_each(|locator| known.add_locator(locator));
    for mut traveller in line.travellers {
        traveller.seats.iter_mut().for_each(|seat| seat.flight = Some(at));
        let person =
            |other: &&mut Traveller| other.names == traveller.names && other.birth_date == traveller.birth_date;
        match known.travellers.iter_mut().find(person) {
            Some(other) => merge(other, traveller),
            None => known.travellers.push(traveller),
        }
    }
}

fn merge(known: &mut Traveller, other: Traveller) {
    other
        .documents
        .into_iter()
        .for_each(|document| known.add_document(document));
    other
        .contacts
        .into_iter()
        .for_each(|contact| known.add_contact(contact));
    other
        .nationalities
        .into_iter()
        .for_each(|country| known.add_nationality(country));
    other
        .frequent_flyer
        .into_iter()
        .for_each(|member| known.add_frequent_flyer(&member.programme, &member.number));
    other
        .seats
        .into_iter()
        .for_each(|seat| known.add_seat(seat.flight, &seat.number));
    known.bags = known.bags.take().or(other.bags);
}
