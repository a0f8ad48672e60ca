//! Bookings as expectations are written by hand.

use piux_node::ingest::model::{Flight, Kind};
use piux_node::ingest::{Booking, Traveller};

/// `system:locator, .. | flight, .. | traveller; ..`
pub(crate) fn told(booking: &Booking) -> String {
    let locators = booking.locators.iter().map(|l| format!("{}:{}", l.system, l.locator));
    let parts = [
        locators.collect::<Vec<_>>().join(", "),
        booking.flights.iter().map(leg).collect::<Vec<_>>().join(", "),
        booking.travellers.iter().map(person).collect::<Vec<_>>().join("; "),
    ];
    parts.join(" | ")
}

/// `UA1234 2024-01-01 LHR-WAW`
pub(crate) fn leg(flight: &Flight) -> String {
    let date = flight.dep_date.map_or("undated".to_owned(), |date| date.to_string());
    format!("{} {date} {}-{}", flight.designator(), flight.board, flight.off)
}

/// `infant of 0: SURNAME/GIVEN birth number:issuer ..`
fn person(traveller: &Traveller) -> String {
    let mut words = Vec::new();
    if traveller.kind == Kind::Infant {
        let companion = traveller.companion.map_or("nobody".to_owned(), |at| at.to_string());
        words.push(format!("infant of {companion}:"));
    }
    let name = traveller.names.first();
    words.push(name.map_or("unnamed".to_owned(), |name| format!("{}/{}", name.surname, name.given)));
    words.extend(traveller.birth_date.map(|date| date.to_string()));
    for document in &traveller.documents {
        let issuer = document.issuer.as_ref().and_then(|issuer| issuer.code.as_deref());
        words.push(format!("{}:{}", document.number, issuer.unwrap_or_default()));
    }
    words.join(" ")
}
