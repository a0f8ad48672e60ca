//! A traveller and what a message says of them.

use super::{Contact, Country, Document, NameForm, NameSource, redacted};
use crate::ingest::date::PartialDate;
use serde::{Deserialize, Serialize};

redacted!(Traveller, FrequentFlyer, Seat, Bags, Reference, Fare);

/// One traveller within a booking.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traveller {
    /// Passenger or crew, in transit or not.
    pub role: Role,
    /// Adult, child, infant.
    pub kind: Kind,
    /// The reference by which the message names this traveller.
    pub reference: Option<String>,
    /// The carrier's unique passenger reference (`REF`, `RFF+ABO`): joins API and PNR.
    pub carrier_ref: Option<String>,
    /// Of an infant: the position, within the booking, of the traveller it travels with.
    pub companion: Option<usize>,
    /// Every form of the name the message gives; that of a document first.
    pub names: Vec<NameForm>,
    /// Date of birth, as the document says if there is one.
    pub birth_date: Option<PartialDate>,
    /// Other dates of birth the message gives.
    pub other_birth_dates: Vec<PartialDate>,
    /// Sex.
    pub sex: Option<Sex>,
    /// Nationalities.
    pub nationalities: Vec<Country>,
    /// Country of residence.
    pub residence: Option<Country>,
    /// Place of birth, as written.
    pub birth_place: Option<String>,
    /// Travel documents.
    pub documents: Vec<Document>,
    /// Frequent flyer numbers.
    pub frequent_flyer: Vec<FrequentFlyer>,
    /// Ticket numbers without coupon.
    pub tickets: Vec<String>,
    /// Seats.
    pub seats: Vec<Seat>,
    /// Baggage.
    pub bags: Option<Bags>,
    /// How to reach this traveller.
    pub contacts: Vec<Contact>,
    /// Where this traveller's own journey begins (API).
    pub journey_from: Option<String>,
    /// Where this traveller's own journey ends (API).
    pub journey_to: Option<String>,
    /// Where this traveller is cleared by border control (API).
    #[serde(default)]
    pub cleared_at: Option<String>,
    /// Function in the crew, `CR1` to `CR5` (API).
    #[serde(default)]
    pub crew_function: Option<String>,
    /// Numbers under which an authority or the carrier knows this traveller.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// What the tickets cost.
    #[serde(default)]
    pub fares: Vec<Fare>,
    /// Checked in, for some flight of the booking.
    pub checked_in: bool,
    /// On board or not when the flight was closed, if the message says.
    #[serde(default)]
    pub boarded: Option<bool>,
    /// How the API data were captured.
    pub capture: Option<Capture>,
    /// Codes of requests whose text is not kept: `UMNR`.
    pub services: Vec<String>,
}

/// Why somebody is on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A passenger.
    Passenger,
    /// A member of the crew.
    Crew,
    /// A passenger in transit.
    TransitPassenger,
    /// A member of the crew in transit.
    TransitCrew,
}

/// The age group a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An adult.
    Adult,
    /// A child with a seat.
    Child,
    /// An infant, with or without a seat.
    Infant,
    /// The message does not say.
    Unknown,
}

/// Sex as documents state it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sex {
    /// Female.
    F,
    /// Male.
    M,
    /// Unspecified, or neither.
    X,
}

/// How API data were captured (`GEI`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capture {
    /// Read from the document and verified.
    Verified,
    /// Typed in or not verified.
    NotVerified,
    /// Something else.
    Other,
}

/// Membership of a frequent flyer programme.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrequentFlyer {
    /// Carrier of the programme.
    pub programme: String,
    /// Number.
    pub number: String,
}

/// A number under which somebody other than the reservation system knows a traveller.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Whose number it is.
    pub kind: ReferenceKind,
    /// The number as written.
    pub value: String,
}

/// Whose number a reference is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceKind {
    /// Of a government, for redress and the like (`RFF+AEA`, `DOCO` `R`).
    Government,
    /// Of a known traveller programme (`DOCO` `K`).
    KnownTraveller,
    /// Of the carrier's customer file (`RFF+CR`).
    Customer,
    /// Of a national authority (`RFF+AHN`).
    National,
}

/// An amount of a ticket (`MON`).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fare {
    /// `B` base fare, `T` total, and so on.
    pub kind: String,
    /// The amount as written.
    pub amount: String,
    /// Its currency.
    pub currency: String,
}

/// A seat on a flight of the booking.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Position of the flight in the booking, if the message says.
    pub flight: Option<usize>,
    /// Row and letter without leading zeros.
    pub number: String,
}

/// Checked baggage.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bags {
    /// Pieces.
    pub pieces: Option<u32>,
    /// Weight in kilograms.
    pub weight_kg: Option<u32>,
    /// Tag numbers, runs of consecutive tags written out.
    pub tags: Vec<String>,
}

impl Traveller {
    /// A traveller of whom nothing is known.
    pub fn new(role: Role, kind: Kind) -> Self {
        Self {
            role,
            kind,
            reference: None,
            carrier_ref: None,
            companion: None,
            names: Vec::new(),
            birth_date: None,
            other_birth_dates: Vec::new(),
            sex: None,
            nationalities: Vec::new(),
            residence: None,
            birth_place: None,
            documents: Vec::new(),
            frequent_flyer: Vec::new(),
            tickets: Vec::new(),
            seats: Vec::new(),
            bags: None,
            contacts: Vec::new(),
            journey_from: None,
            journey_to: None,
            cleared_at: None,
            crew_function: None,
            references: Vec::new(),
            fares: Vec::new(),
            checked_in: false,
            boarded: None,
            capture: None,
            services: Vec::new(),
        }
    }

    /// Adds a name unless the same is known; that of a document goes first.
    pub(crate) fn add_name(&mut self, name: NameForm) {
        if name.is_empty() || self.names.contains(&name) {
            return;
        }
        match name.source {
            NameSource::Docs => self.names.insert(self.document_names(), name),
            _ => self.names.push(name),
        }
    }

    fn document_names(&self) -> usize {
        self.names
            .iter()
            .take_while(|name| name.source == NameSource::Docs)
            .count()
    }

    /// Adds a document unless it is known under the same number and a compatible issuer.
    pub(crate) fn add_document(&mut self, document: Document) {
        match self.documents.iter_mut().find(|known| known.is_same(&document)) {
            Some(known) => known.complete(document),
            None => self.documents.push(document),
        }
    }

    /// Notes a date of birth; one that differs from the first is kept beside it.
    pub(crate) fn add_birth(&mut self, date: PartialDate) {
        match self.birth_date {
            None => self.birth_date = Some(date),
            Some(known) if known != date && !self.other_birth_dates.contains(&date) => {
                self.other_birth_dates.push(date)
            }
            Some(_) => {}
        }
    }

    /// Adds a nationality unless known.
    pub(crate) fn add_nationality(&mut self, country: Country) {
        if !self.nationalities.iter().any(|known| known.is_same(&country)) {
            self.nationalities.push(country);
        }
    }

    /// Adds a seat unless known; `XXX` and the like are none.
    pub(crate) fn add_seat(&mut self, flight: Option<usize>, number: &str) {
        let number = number.trim().trim_start_matches('0').to_ascii_uppercase();
        let letter = number.bytes().last().is_some_and(|b| b.is_ascii_alphabetic());
        let row = number.bytes().next().is_some_and(|b| b.is_ascii_digit());
        let seat = Seat { flight, number };
        if letter && row && seat.number.len() <= 4 && !self.seats.contains(&seat) {
            self.seats.push(seat);
        }
    }

    /// Adds a ticket number: its first run of at least ten digits.
    pub(crate) fn add_ticket(&mut self, text: &str) {
        let run = text
            .split(|c: char| !c.is_ascii_digit())
            .find(|run| (10..=15).contains(&run.len()));
        if let Some(number) = run.filter(|number| !self.tickets.iter().any(|known| known == number)) {
            self.tickets.push(number.to_owned());
        }
    }

    /// Adds a contact unless known.
    pub(crate) fn add_contact(&mut self, contact: Contact) {
        if !self.contacts.contains(&contact) {
            self.contacts.push(contact);
        }
    }

    /// Adds a reference unless known or empty.
    pub(crate) fn add_reference(&mut self, kind: ReferenceKind, value: &str) {
        let reference = Reference {
            kind,
            value: value.trim().to_owned(),
        };
        if !reference.value.is_empty() && !self.references.contains(&reference) {
            self.references.push(reference);
        }
    }

    /// Adds an amount unless known.
    pub(crate) fn add_fare(&mut self, fare: Fare) {
        if !fare.amount.is_empty() && !self.fares.contains(&fare) {
            self.fares.push(fare);
        }
    }

    /// Adds a frequent flyer number; a programme without a number is none.
    pub(crate) fn add_frequent_flyer(&mut self, programme: &str, number: &str) {
        let member = FrequentFlyer {
            programme: programme.trim().to_owned(),
            number: number.trim().to_owned(),
        };
        let fits = member.number.bytes().any(|b| b.is_ascii_digit());
        if fits && !self.frequent_flyer.contains(&member) {
            self.frequent_flyer.push(member);
        }
    }
}

impl Sex {
    /// The sex a code states; the infant codes `FI` and `MI` included.
    pub fn of(code: &str) -> Option<Self> {
        match code.trim().to_ascii_uppercase().as_str() {
            "F" | "FI" => Some(Self::F),
            "M" | "MI" => Some(Self::M),
            "U" | "X" | "UI" | "XI" => Some(Self::X),
            _ => None,
        }
    }
}

impl Bags {
    /// Adds a tag, or a run of consecutive tags.
    pub(crate) fn add_tags(&mut self, first: &str, count: u32) {
        let first = first.trim();
        let digits = first.len() - first.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let Some((prefix, number)) = first
            .len()
            .checked_sub(digits)
            .and_then(|at| first.split_at_checked(at))
        else {
            return;
        };
        let Ok(start) = number.parse::<u64>() else { return };
        for step in 0..u64::from(count.clamp(1, 99)) {
            let tag = format!("{prefix}{:0digits$}", start.saturating_add(step));
            if !self.tags.contains(&tag) {
                self.tags.push(tag);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_bag_tags_is_written_out() {
        let mut bags = Bags::default();
        bags.add_tags("UT099", 3);
        assert_eq!(bags.tags, ["UT099", "UT100", "UT101"]);
        bags.add_tags("", 3);
        bags.add_tags("NODIGITS", 2);
        assert_eq!(bags.tags.len(), 3);
    }

    #[test]
    fn seats_lose_their_padding_and_placeholders_are_none() {
        let mut traveller = Traveller::new(Role::Passenger, Kind::Adult);
        for seat in ["011D", "11D", "XXX", "", "0"] {
            traveller.add_seat(None, seat);
        }
        assert_eq!(
            traveller.seats.iter().map(|s| s.number.as_str()).collect::<Vec<_>>(),
            ["11D"]
        );
    }
}
