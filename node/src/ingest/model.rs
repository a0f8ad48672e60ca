//! The record model: a booking, its flights and its travellers, whatever format they came in.
//!
//! Every field group knows its heading in Annex I of Directive (EU) 2016/681, or its item of
//! API data: [`Booking::elements`]. `Debug` shows type names only.

mod contact;
mod document;
mod elements;
mod name;
mod payment;
mod person;
mod push;
mod receipt;
mod response;

pub use contact::{Contact, ContactKind, ContactOwner};
pub use document::{Country, Document, DocumentClass};
pub use name::{NameForm, NameSource};
pub use payment::Payment;
pub use person::{Bags, Capture, Fare, FrequentFlyer, Kind, Reference, ReferenceKind, Role, Seat, Sex, Traveller};
pub use push::{Notice, Part, Push, PushKind};
pub use receipt::Receipt;
pub use response::{Answer, Response, ResponseKind, Verdict};

use super::date;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

/// Gives types a `Debug` that names them and shows nothing they hold.
macro_rules! redacted {
    ($($type:ident),+ $(,)?) => {$(
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($type), "(..)"))
            }
        }
    )+};
}
pub(crate) use redacted;

redacted!(Booking, LocatorRef, Flight, Operating, Agency, Provenance);

/// One booking (PNR), or the part of a passenger list (API) that shares one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// PNR or API data.
    pub kind: BookingKind,
    /// Whether the message adds and changes, or takes away.
    pub function: Function,
    /// Every locator by which a system knows the booking; departure control references left out.
    pub locators: Vec<LocatorRef>,
    /// Locators of bookings this one was split from or into (Annex I no. 11).
    pub split: Vec<LocatorRef>,
    /// Date of reservation.
    #[serde(with = "date::text", default)]
    pub created: Option<Date>,
    /// Date of ticketing.
    #[serde(with = "date::text", default)]
    pub ticketed: Option<Date>,
    /// When the booking was last changed (UTC).
    #[serde(with = "date::text", default)]
    pub changed: Option<DateTime>,
    /// The flights, in the order of the message.
    pub flights: Vec<Flight>,
    /// The travellers, in the order of the message. None if the message tells of a flight only.
    pub travellers: Vec<Traveller>,
    /// Contacts of the booking as a whole. Those of an agency say so and identify nobody.
    pub contacts: Vec<Contact>,
    /// The office that made the booking.
    pub agency: Option<Agency>,
    /// How it was paid; card numbers are cut down in the decoder.
    pub payments: Vec<Payment>,
    /// Codes of requests for the whole booking whose text is not kept.
    pub services: Vec<String>,
    /// How many entries of history the message held. Their text is not kept.
    pub history_entries: usize,
    /// What a passenger list announces beside its persons.
    #[serde(default)]
    pub notice: Option<Notice>,
    /// The push or list it came in; none in formats that know no pushes.
    #[serde(default)]
    pub push: Option<Push>,
    /// Which message said all this.
    pub provenance: Provenance,
}

/// The two sorts of passenger data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BookingKind {
    /// Passenger name record.
    Pnr,
    /// Advance passenger information.
    Api,
}

/// What a message does to what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Function {
    /// Adds or replaces.
    Upsert,
    /// The booking, or its travellers named, no longer travel.
    Cancel,
}

/// A locator and the system that gave it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LocatorRef {
    /// Two-character code of the carrier or reservation system; empty if unknown.
    pub system: String,
    /// The locator, upper case.
    pub locator: String,
    /// When the system created it. Locators are used again: without a date they mean little.
    #[serde(with = "date::text", default)]
    pub created: Option<Date>,
}

/// One flight of one aircraft between two airports. Times are local to the airport.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flight {
    /// Marketing carrier, IATA or ICAO code.
    pub carrier: String,
    /// Flight number without leading zeros.
    pub number: String,
    /// Operational suffix letter.
    pub suffix: Option<char>,
    /// Local date of departure.
    #[serde(with = "date::text", default)]
    pub dep_date: Option<Date>,
    /// Airport of departure.
    pub board: String,
    /// Airport of arrival.
    pub off: String,
    /// Scheduled departure, local.
    #[serde(with = "date::text", default)]
    pub dep_local: Option<DateTime>,
    /// Scheduled arrival, local.
    #[serde(with = "date::text", default)]
    pub arr_local: Option<DateTime>,
    /// Who flies it, if the message says that another does.
    pub operating: Option<Operating>,
    /// Booking status, `HK` and so on.
    pub status: Option<String>,
}

/// The carrier that operates a flight sold by another.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operating {
    /// Operating carrier; empty if only its number is known.
    pub carrier: String,
    /// Its own flight number, without leading zeros.
    pub number: Option<String>,
}

/// The office that made a booking.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agency {
    /// Reservation system or carrier.
    pub system: String,
    /// IATA number of the agency.
    pub iata: String,
    /// Office identifier.
    pub office: String,
    /// Place of the office.
    pub place: String,
    /// Country of the office.
    pub country: String,
    /// An airline's own office.
    pub airline: bool,
}

/// Which message a booking came in.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Sender of the interchange.
    pub sender: String,
    /// Its control reference.
    pub control_ref: String,
    /// Type and version: `PAXLST:D:15B`.
    pub message_type: String,
    /// Code of the message function: `745`, `22`.
    pub function: String,
    /// Common access reference: the same for all parts of a push.
    pub access_ref: String,
    /// Ordinal of the part, with `C` (more to come) or `F` (final): `01:C`.
    pub part: String,
    /// Date of preparation.
    #[serde(with = "date::text", default)]
    pub prepared: Option<Date>,
    /// The export's own identifier and version of a record, if it gives one.
    pub source_id: Option<String>,
}

impl Booking {
    /// An empty booking of a kind.
    pub fn new(kind: BookingKind, provenance: Provenance) -> Self {
        Self {
            kind,
            function: Function::Upsert,
            locators: Vec::new(),
            split: Vec::new(),
            created: None,
            ticketed: None,
            changed: None,
            flights: Vec::new(),
            travellers: Vec::new(),
            contacts: Vec::new(),
            agency: None,
            payments: Vec::new(),
            services: Vec::new(),
            history_entries: 0,
            notice: None,
            push: None,
            provenance,
        }
    }

    /// Adds a locator unless it is known; a date completes one that has none.
    pub(crate) fn add_locator(&mut self, locator: LocatorRef) {
        let same = |known: &&mut LocatorRef| known.system == locator.system && known.locator == locator.locator;
        match self.locators.iter_mut().find(same) {
            Some(known) => known.created = known.created.or(locator.created),
            None => self.locators.push(locator),
        }
    }
}

impl LocatorRef {
    /// A locator as a message writes it; none unless it has five to eight letters and digits.
    pub fn new(system: &str, locator: &str, created: Option<Date>) -> Option<Self> {
        let locator: String = locator.trim().to_ascii_uppercase();
        let fits = (5..=9).contains(&locator.len()) && locator.bytes().all(|b| b.is_ascii_alphanumeric());
        fits.then(|| Self {
            system: system.trim().to_ascii_uppercase(),
            locator,
            created,
        })
    }
}

impl Flight {
    /// A flight of a carrier; number and suffix are taken apart, leading zeros dropped.
    pub fn new(carrier: &str, number: &str) -> Self {
        let number = number.trim().to_ascii_uppercase();
        let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
        let suffix = number.chars().nth(digits.len()).filter(char::is_ascii_alphabetic);
        Self {
            carrier: carrier.trim().to_ascii_uppercase(),
            number: digits.trim_start_matches('0').to_owned(),
            suffix,
            dep_date: None,
            board: String::new(),
            off: String::new(),
            dep_local: None,
            arr_local: None,
            operating: None,
            status: None,
        }
    }

    /// Whether carrier and places are codes (IATA or ICAO), as far as they are given.
    pub fn is_coded(&self) -> bool {
        let code =
            |text: &str, most| (2..=most).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric());
        let place = |text: &str| text.is_empty() || (text.len() > 2 && code(text, 4));
        code(&self.carrier, 3) && place(&self.board) && place(&self.off)
    }

    /// Carrier, number and suffix as one word: `SQ602`.
    pub fn designator(&self) -> String {
        let suffix = self.suffix.map(String::from).unwrap_or_default();
        format!("{}{}{suffix}", self.carrier, self.number)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn flight_numbers_lose_their_zeros_and_keep_their_suffix() {
        let flight = Flight::new("tz", "0006A");
        assert_eq!(
            (flight.number.as_str(), flight.suffix, flight.designator().as_str()),
            ("6", Some('A'), "TZ6A")
        );
    }

    #[test]
    fn debug_output_holds_nothing_of_a_person() {
        let contact = Contact::phone(ContactOwner::Passenger, "7035551212").unwrap();
        assert_eq!(format!("{contact:?}"), "Contact(..)");
    }
}
