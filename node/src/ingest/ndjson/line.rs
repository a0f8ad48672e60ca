//! One line of the profile, and what it means in the record model.

use crate::ingest::date::PartialDate;
use crate::ingest::finding::{Position, Severity};
use crate::ingest::model::{
    Agency, Bags, Booking, BookingKind, Contact, ContactKind, ContactOwner, Country, Document, Flight, Function, Kind,
    LocatorRef, NameForm, NameSource, Operating, Payment, Provenance, Role, Sex, Traveller,
};
use crate::ingest::report::Decoded;
use jiff::civil::{Date, DateTime};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Line {
    #[serde(default)]
    src: String,
    #[serde(default)]
    src_id: Option<String>,
    #[serde(default)]
    op: Op,
    flight: LineFlight,
    #[serde(default)]
    booking: LineBooking,
    person: LinePerson,
    #[serde(default)]
    docs: Vec<LineDocument>,
    #[serde(default)]
    contacts: Vec<LineContact>,
    #[serde(default)]
    pay: Vec<LinePayment>,
    #[serde(default)]
    ff: Vec<LineMember>,
    #[serde(default)]
    seat: Option<String>,
    #[serde(default)]
    bags: Option<LineBags>,
    #[serde(default)]
    agency: Option<LineAgency>,
    #[serde(default)]
    status: Option<String>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Op {
    #[default]
    Upsert,
    Cancel,
}

#[derive(Deserialize)]
struct LineFlight {
    carrier: String,
    number: String,
    #[serde(default)]
    suffix: Option<char>,
    #[serde(default)]
    date: String,
    #[serde(default)]
    dep: String,
    #[serde(default)]
    arr: String,
    #[serde(default)]
    dep_local: String,
    #[serde(default)]
    arr_local: String,
    #[serde(default)]
    op_carrier: Option<String>,
    #[serde(default)]
    op_number: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct LineBooking {
    system: String,
    locator: String,
    created: String,
    locators: Vec<LineLocator>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum LineLocator {
    Plain(String),
    Full {
        #[serde(default)]
        system: String,
        locator: String,
        #[serde(default)]
        created: String,
    },
}

#[derive(Deserialize)]
struct LinePerson {
    #[serde(default)]
    role: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    surname: String,
    #[serde(default)]
    given: String,
    #[serde(default)]
    second: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    sex: String,
    #[serde(default)]
    dob: String,
    #[serde(default)]
    nat: OneOrMany,
    #[serde(default)]
    birth_place: Option<String>,
    #[serde(default)]
    residence: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

#[derive(Deserialize)]
struct LineDocument {
    #[serde(default, rename = "type")]
    class: String,
    number: String,
    #[serde(default)]
    issuer: String,
    #[serde(default)]
    expiry: String,
}

#[derive(Deserialize)]
struct LineContact {
    kind: ContactKind,
    value: String,
    #[serde(default)]
    holder: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct LinePayment {
    kind: String,
    bin: Option<String>,
    last4: Option<String>,
    exp: Option<String>,
}

#[derive(Deserialize)]
struct LineMember {
    prog: String,
    num: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct LineBags {
    n: Option<u32>,
    kg: Option<u32>,
    tags: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct LineAgency {
    iata: String,
    office: String,
    country: String,
}

impl Line {
    pub(super) fn has_flight(&self) -> bool {
        !self.flight.carrier.is_empty() && !self.flight.number.is_empty()
    }

    /// The line as a booking of one traveller on one flight.
    pub(super) fn booking(self, received: Date, position: Position, out: &mut Decoded) -> Booking {
        let kind = if self.booking.locator.is_empty() {
            BookingKind::Api
        } else {
            BookingKind::Pnr
        };
        let mut booking = Booking::new(kind, self.provenance(received));
        booking.function = match self.op {
            Op::Upsert => Function::Upsert,
            Op::Cancel => Function::Cancel,
        };
        for locator in self.booking.references(&self.flight.carrier) {
            booking.add_locator(locator);
        }
        if !self.booking.locator.is_empty() && booking.locators.is_empty() {
            out.note("field.locator", Severity::Warning, position);
        }
        booking.created = booking.locators.first().and_then(|locator| locator.created);
        booking.payments = self.pay.iter().map(LinePayment::payment).collect();
        booking.agency = self.agency.as_ref().map(LineAgency::agency);
        let mut flight = self.flight.flight();
        flight.status.clone_from(&self.status);
        booking.flights.push(flight);
        let contacts = self.contacts.iter().filter_map(LineContact::contact);
        booking
            .contacts
            .extend(contacts.filter(|contact| contact.owner != ContactOwner::Passenger));
        if !self.person.dob.is_empty() && self.person.dob.parse::<PartialDate>().is_err() {
            out.note("field.date", Severity::Warning, position);
        }
        booking.travellers.push(self.traveller());
        booking
    }

    fn provenance(&self, received: Date) -> Provenance {
        Provenance {
            sender: self.src.clone(),
            message_type: "piu-passenger-v1".to_owned(),
            prepared: Some(received),
            source_id: self.src_id.clone(),
            ..Provenance::default()
        }
    }

    fn traveller(&self) -> Traveller {
        let mut traveller = self.person.traveller();
        for line in &self.docs {
            if let Some(mut document) = Document::new(&line.class, &line.number, &line.issuer) {
                document.expiry = line.expiry.parse().ok();
                traveller.add_document(document);
            }
        }
        let contacts = self.contacts.iter().filter_map(LineContact::contact);
        for contact in contacts.filter(|contact| contact.owner == ContactOwner::Passenger) {
            traveller.add_contact(contact);
        }
        self.ff
            .iter()
            .for_each(|member| traveller.add_frequent_flyer(&member.prog, &member.num));
        self.seat.iter().for_each(|seat| traveller.add_seat(Some(0), seat));
        traveller.bags = self.bags.as_ref().map(LineBags::bags);
        traveller.checked_in = self
            .status
            .as_deref()
            .is_some_and(|status| status.eq_ignore_ascii_case("checked_in"));
        traveller
    }
}

impl LinePerson {
    fn traveller(&self) -> Traveller {
        let role = match self.role.to_ascii_lowercase().as_str() {
            "crew" => Role::Crew,
            "transit" => Role::TransitPassenger,
            "transit_crew" => Role::TransitCrew,
            _ => Role::Passenger,
        };
        let kind = match self.kind.to_ascii_lowercase().as_str() {
            "adult" => Kind::Adult,
            "child" => Kind::Child,
            "infant" => Kind::Infant,
            _ => Kind::Unknown,
        };
        let mut traveller = Traveller::new(role, kind);
        let mut name = NameForm::new(
            NameSource::Export,
            &self.surname,
            &format!("{} {}", self.given, self.second),
        );
        name.title = name.title.or_else(|| self.title.clone());
        traveller.add_name(name);
        self.dob.parse().into_iter().for_each(|date| traveller.add_birth(date));
        traveller.sex = Sex::of(&self.sex);
        let nations = match &self.nat {
            OneOrMany::One(nation) => std::slice::from_ref(nation),
            OneOrMany::Many(nations) => nations.as_slice(),
        };
        nations
            .iter()
            .filter_map(|nation| Country::new(nation))
            .for_each(|nation| traveller.add_nationality(nation));
        traveller.residence = self.residence.as_deref().and_then(Country::new);
        traveller.birth_place.clone_from(&self.birth_place);
        traveller
    }
}

impl LineFlight {
    fn flight(&self) -> Flight {
        let mut flight = Flight::new(&self.carrier, &self.number);
        flight.suffix = self.suffix.or(flight.suffix);
        flight.dep_local = self.dep_local.parse::<DateTime>().ok();
        flight.arr_local = self.arr_local.parse::<DateTime>().ok();
        flight.dep_date = self.date.parse().ok().or(flight.dep_local.map(DateTime::date));
        flight.board.clone_from(&self.dep);
        flight.off.clone_from(&self.arr);
        flight.operating = self.op_carrier.as_ref().map(|carrier| Operating {
            carrier: carrier.clone(),
            number: self.op_number.as_deref().map(|number| Flight::new("", number).number),
        });
        flight
    }
}

impl LineBooking {
    fn references(&self, carrier: &str) -> Vec<LocatorRef> {
        let day = |text: &str| text.get(..10).and_then(|day| day.parse().ok());
        let system = if self.system.is_empty() { carrier } else { &self.system };
        let created = day(&self.created);
        let others = self.locators.iter().filter_map(|other| match other {
            LineLocator::Plain(locator) => match locator.split_once(':') {
                Some((system, locator)) => LocatorRef::new(system, locator, created),
                None => LocatorRef::new(system, locator, created),
            },
            LineLocator::Full {
                system,
                locator,
                created: own,
            } => LocatorRef::new(system, locator, day(own).or(created)),
        });
        LocatorRef::new(system, &self.locator, created)
            .into_iter()
            .chain(others)
            .collect()
    }
}

impl LineContact {
    fn contact(&self) -> Option<Contact> {
        let owner = match self.holder.to_ascii_lowercase().as_str() {
            "agency" => ContactOwner::Agency,
            "payer" => ContactOwner::Payer,
            _ => ContactOwner::Passenger,
        };
        match self.kind {
            ContactKind::Phone => Contact::phone(owner, &self.value),
            ContactKind::Email => Contact::email(owner, &self.value),
            ContactKind::Address => Contact::address(owner, [self.value.as_str()]),
        }
    }
}

impl LinePayment {
    fn payment(&self) -> Payment {
        let mut payment = Payment::new(&self.kind, "", "", self.exp.as_deref().unwrap_or_default());
        payment.bin6 = self.bin.clone().filter(|bin| bin.len() <= 6);
        payment.last4 = self.last4.clone().filter(|last| last.len() <= 4);
        payment
    }
}

impl LineBags {
    fn bags(&self) -> Bags {
        Bags {
            pieces: self.n,
            weight_kg: self.kg,
            tags: self.tags.clone(),
        }
    }
}

impl LineAgency {
    fn agency(&self) -> Agency {
        Agency {
            iata: self.iata.clone(),
            office: self.office.clone(),
            country: self.country.clone(),
            ..Agency::default()
        }
    }
}
