//! The record model: a booking, its flights and its travellers, whatever format they came in.
//!
//! Every field group knows its heading in Annex I of Directive (EU) 2016/681, or its item of
//! API data: [`Booking::elements`]. `Debug` shows type names only.

mod document;
mod elements;
mod name;
mod person;

pub use document::{Country, Document, DocumentClass};
pub use name::{NameForm, NameSource};
pub use person::{Bags, Capture, FrequentFlyer, Kind, Role, Seat, Sex, Traveller};

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

redacted!(
    Booking, LocatorRef, Flight, Operating, Contact, Agency, Payment, Provenance
);

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

/// A way to reach somebody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// What it is.
    pub kind: ContactKind,
    /// Whose it is.
    pub owner: ContactOwner,
    /// Phone: digits with `+` if given; e-mail: lower case; address: its lines joined by commas.
    pub value: String,
}

/// The kinds of contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactKind {
    /// Telephone.
    Phone,
    /// Electronic mail.
    Email,
    /// Postal address.
    Address,
}

/// Whose contact it is. Only a passenger's may become a match key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactOwner {
    /// A traveller, or the travellers of the booking.
    Passenger,
    /// The agency: thousands of bookings share it.
    Agency,
    /// Who paid.
    Payer,
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

/// A payment, cut down to what may be kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Form of payment: `CC`, `CA` and so on.
    pub form: String,
    /// Card brand.
    pub vendor: String,
    /// First six digits of the card, if given.
    pub bin6: Option<String>,
    /// Last four digits of the card, if given.
    pub last4: Option<String>,
    /// Expiry as written, `MMyy`.
    pub expiry: Option<String>,
    /// Name and billing address of the payer.
    pub payer: Option<String>,
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
            flights: Vec::new(),
            travellers: Vec::new(),
            contacts: Vec::new(),
            agency: None,
            payments: Vec::new(),
            services: Vec::new(),
            history_entries: 0,
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

    /// Carrier, number and suffix as one word: `SQ602`.
    pub fn designator(&self) -> String {
        let suffix = self.suffix.map(String::from).unwrap_or_default();
        format!("{}{}{suffix}", self.carrier, self.number)
    }
}

impl Contact {
    /// A phone number: its digits, and `+` if it begins so or with `00`; none below seven digits.
    pub fn phone(owner: ContactOwner, text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let international = text.trim_start().starts_with('+');
        let value = match digits.strip_prefix("00") {
            _ if !(7..=17).contains(&digits.len()) => return None,
            _ if international => format!("+{digits}"),
            Some(rest) if rest.len() >= 7 => format!("+{rest}"),
            _ => digits,
        };
        Some(Self {
            kind: ContactKind::Phone,
            owner,
            value,
        })
    }

    /// An e-mail address, with the ways messages write `@`, `_` and `-` undone.
    pub fn email(owner: ContactOwner, text: &str) -> Option<Self> {
        let plain = text.trim().trim_start_matches('/').to_ascii_lowercase();
        let plain = plain
            .replace(".at.", "@")
            .replace(" at ", "@")
            .replace("//", "@")
            .replace("..", "_");
        let value: String = plain.replace("./", "-").split_whitespace().collect();
        let (name, domain) = value.split_once('@')?;
        let fits = !name.is_empty() && domain.contains('.') && !domain.contains(['@', '/']);
        fits.then_some(Self {
            kind: ContactKind::Email,
            owner,
            value,
        })
    }

    /// A postal address of these lines; none if all are empty.
    pub fn address<'a>(owner: ContactOwner, lines: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let kept: Vec<_> = lines
            .into_iter()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        (!kept.is_empty()).then(|| Self {
            kind: ContactKind::Address,
            owner,
            value: kept.join(", "),
        })
    }
}

impl Payment {
    /// A payment of which only the first six and last four digits of a card number survive.
    pub fn new(form: &str, vendor: &str, number: &str, expiry: &str) -> Self {
        let number: String = number.chars().filter(char::is_ascii_alphanumeric).collect();
        let digits = |part: Option<&str>| {
            part.filter(|part| part.bytes().all(|b| b.is_ascii_digit()))
                .map(str::to_owned)
        };
        let long = number.len() >= 10;
        let tail = number.len().checked_sub(4).and_then(|from| number.get(from..));
        Self {
            form: form.to_owned(),
            vendor: vendor.to_owned(),
            bin6: digits(number.get(..6)).filter(|_| long),
            last4: digits(tail).filter(|_| long),
            expiry: digits(Some(expiry)).filter(|text| text.len() == 4),
            payer: None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn a_card_number_never_survives_whole() {
        let payment = Payment::new("CC", "AX", "373212341234123", "1211");
        let kept = serde_json::to_string(&payment).unwrap();
        assert!(!kept.contains("3732123412"));
        assert_eq!(
            (payment.bin6.as_deref(), payment.last4.as_deref()),
            (Some("373212"), Some("4123"))
        );
        assert_eq!(Payment::new("CC", "VI", "XXXXXXXX1186", "0211").bin6, None);
    }

    #[test]
    fn the_ways_to_write_an_address_in_a_message_are_undone() {
        let email = |text| Contact::email(ContactOwner::Passenger, text).map(|c| c.value);
        assert_eq!(email("ZOE..QUILL//EXAMPLE.ORG").unwrap(), "zoe_quill@example.org");
        assert_eq!(email("/ZOE./QUILL//EXAMPLE.ORG").unwrap(), "zoe-quill@example.org");
        assert_eq!(email("QUILLZ.AT. EXAMPLE.ORG").unwrap(), "quillz@example.org");
        assert_eq!(email("NOBODY"), None);
    }

    #[test]
    fn a_phone_number_keeps_its_digits_and_its_plus() {
        let phone = |text| Contact::phone(ContactOwner::Passenger, text).map(|c| c.value);
        assert_eq!(phone("+44 7700 900123").unwrap(), "+447700900123");
        assert_eq!(phone("00447700900123").unwrap(), "+447700900123");
        assert_eq!(phone("703-555-1212").unwrap(), "7035551212");
        assert_eq!(phone("12345"), None);
    }

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
