//! Invented flights, and who is booked on them.

use super::bookings::{Booking, Desk};
use super::dice::Dice;
use super::person::{days_span, shifted};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

/// Carriers that do not exist.
const CARRIERS: [&str; 6] = ["ZZ", "ZX", "XZ", "QZ", "YZ", "ZQ"];
/// Airports, and hours of flight from the middle of nowhere.
const AIRPORTS: [(&str, u64); 22] = [
    ("SIN", 7),
    ("KUL", 7),
    ("BKK", 6),
    ("CGK", 8),
    ("MNL", 8),
    ("SGN", 7),
    ("HAN", 7),
    ("RGN", 6),
    ("PNH", 7),
    ("VTE", 6),
    ("BWN", 8),
    ("DIL", 9),
    ("FRA", 5),
    ("AMS", 5),
    ("CDG", 5),
    ("IST", 3),
    ("RUH", 2),
    ("DEL", 3),
    ("ICN", 8),
    ("NRT", 9),
    ("PEK", 7),
    ("LOS", 6),
];

/// One flight on one day.
pub(super) struct Departure {
    pub(super) carrier: &'static str,
    pub(super) number: u64,
    pub(super) leaves: DateTime,
    pub(super) arrives: DateTime,
    pub(super) board: &'static str,
    pub(super) off: &'static str,
    /// Carrier and number of whoever flies it for the carrier that sells it.
    pub(super) operating: Option<(&'static str, u64)>,
    pub(super) bookings: Vec<Booking>,
}

/// Flights one after the other.
pub(super) struct Timetable {
    dice: Dice,
    desk: Desk,
    first_day: Date,
    flown: u64,
}

impl Departure {
    /// People booked, canceled or not.
    pub(super) fn travellers(&self) -> u64 {
        self.bookings.iter().map(|booking| booking.party.len() as u64).sum()
    }

    /// Bookings that were not canceled.
    pub(super) fn flown(&self) -> impl Iterator<Item = &Booking> {
        self.bookings.iter().filter(|booking| !booking.canceled)
    }

    /// The day and time so many hours before departure: a push is prepared then.
    pub(super) fn before(&self, hours: i64) -> DateTime {
        self.leaves.checked_sub(hours.hours()).unwrap_or(self.leaves)
    }

    /// `ZZ417-20261118`
    pub(super) fn name(&self) -> String {
        format!("{}{}-{}", self.carrier, self.number, self.leaves.strftime("%Y%m%d"))
    }
}

impl Timetable {
    pub(super) fn new(seed: u64, first_day: Date) -> Self {
        Self {
            dice: Dice::of(seed, "timetable", 0),
            desk: Desk::new(seed),
            first_day,
            flown: 0,
        }
    }

    /// The next flight, with no more than `most` people and a few to fill the last booking.
    pub(super) fn next_departure(&mut self, most: u64) -> Departure {
        let dice = &mut self.dice;
        let number = 100 + self.flown % 800;
        let day = shifted(self.first_day, days_span(self.flown / 40));
        let leaves = day.at(
            i8::try_from(dice.between(5, 22)).unwrap_or(9),
            i8::try_from(5 * dice.below(12)).unwrap_or(0),
            0,
            0,
        );
        let from = dice.pick(&AIRPORTS).copied().unwrap_or(("SIN", 7));
        let others: Vec<_> = AIRPORTS.iter().filter(|airport| airport.0 != from.0).copied().collect();
        let to = dice.pick(&others).copied().unwrap_or(("FRA", 5));
        let hours = i64::try_from(from.1 + to.1).unwrap_or(8);
        let carrier = dice.pick(&CARRIERS).copied().unwrap_or("ZZ");
        let shared = dice.chance(0.2).then(|| dice.pick(&CARRIERS).copied()).flatten();
        let operating = shared
            .filter(|other| *other != carrier)
            .map(|other| (other, number + 5_000));
        let load = dice.between(60, 90);
        let seats = dice.between(80, 380) * load / 100;
        self.flown += 1;
        let bookings = self.desk.fill(seats.min(most), day);
        Departure {
            carrier,
            number,
            leaves,
            arrives: leaves.checked_add(hours.hours()).unwrap_or(leaves),
            board: from.0,
            off: to.0,
            operating,
            bookings,
        }
    }
}
