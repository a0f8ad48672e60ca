//! What a line means in the record model.

use super::line::Item;
use super::{Field, Line, List};
use crate::ingest::date::PartialDate;
use crate::ingest::finding::Severity;
use crate::ingest::model::{
    Agency, Bags, Booking, BookingKind, Capture, Contact, ContactOwner, Country, Document, Flight, Function, Kind,
    LocatorRef, NameForm, NameSource, Operating, Payment, Provenance, Role, Sex, Traveller,
};
use jiff::civil::{Date, DateTime};
use std::str::FromStr;

impl Line {
    /// The line as a booking of one traveller on one flight, if it names a flight. What cannot be read becomes a doubt.
    pub(in crate::ingest) fn booking(&mut self, received: Date) -> Booking {
        let kind = match self.find(Field::Locator) {
            None => BookingKind::Api,
            Some(_) => BookingKind::Pnr,
        };
        let mut booking = Booking::new(kind, self.provenance(received));
        booking.function = self.function();
        for locator in self.locators() {
            booking.add_locator(locator);
        }
        if kind == BookingKind::Pnr && booking.locators.is_empty() {
            self.doubt("field.locator", Severity::Warning);
        }
        booking.created = booking.locators.first().and_then(|locator| locator.created);
        booking.payments = self
            .items(List::Payments)
            .iter()
            .filter(|item| !item.is_empty())
            .map(payment)
            .collect();
        booking.agency = self.agency();
        booking.flights.extend(self.flight());
        let mut traveller = self.traveller();
        for contact in self.contacts() {
            match contact.owner {
                ContactOwner::Passenger => traveller.add_contact(contact),
                ContactOwner::Agency | ContactOwner::Payer => booking.contacts.push(contact),
            }
        }
        booking.travellers.push(traveller);
        booking
    }

    fn provenance(&mut self, received: Date) -> Provenance {
        let seen = self.moment(Field::SeenAt).map(|(date, _)| date);
        Provenance {
            sender: self.get(Field::Source).to_owned(),
            control_ref: self.get(Field::Version).to_owned(),
            message_type: "piu-passenger-v1".to_owned(),
            prepared: seen.or(Some(received)),
            source_id: self.find(Field::SourceId).map(str::to_owned),
            ..Provenance::default()
        }
    }

    fn function(&mut self) -> Function {
        match self.get(Field::Operation).to_ascii_lowercase().as_str() {
            "" | "upsert" => Function::Upsert,
            "cancel" => Function::Cancel,
            _ => {
                self.doubt("field.operation", Severity::Error);
                Function::Upsert
            }
        }
    }

    fn locators(&mut self) -> Vec<LocatorRef> {
        let created = self.moment(Field::Created).map(|(date, _)| date);
        let system = self.find(Field::System).unwrap_or(self.get(Field::Carrier));
        let other = |item: &Item| {
            let own = text(item, Field::OtherLocatorCreated).get(..10);
            let created = own.and_then(|day| day.parse().ok()).or(created);
            let of = match text(item, Field::OtherLocatorSystem) {
                "" => system,
                of => of,
            };
            match text(item, Field::OtherLocator) {
                "" => LocatorRef::new(of, text(item, Field::OtherLocatorCode), created),
                plain => match plain.split_once(':') {
                    Some((of, locator)) => LocatorRef::new(of, locator, created),
                    None => LocatorRef::new(of, plain, created),
                },
            }
        };
        let others = self.items(List::Locators).iter().filter(|item| !item.is_empty());
        let others: Vec<_> = others.map(other).collect();
        let own = LocatorRef::new(system, self.get(Field::Locator), created);
        if others.iter().any(Option::is_none) {
            self.doubt("field.locator", Severity::Warning);
        }
        own.into_iter().chain(others.into_iter().flatten()).collect()
    }

    fn agency(&self) -> Option<Agency> {
        let agency = Agency {
            iata: self.get(Field::AgencyIata).to_owned(),
            office: self.get(Field::AgencyOffice).to_owned(),
            country: self.get(Field::AgencyCountry).to_owned(),
            ..Agency::default()
        };
        (agency != Agency::default()).then_some(agency)
    }

    fn flight(&mut self) -> Option<Flight> {
        if !self.has_flight() {
            return None;
        }
        let mut flight = Flight::new(self.get(Field::Carrier), self.get(Field::Number));
        flight.suffix = self.get(Field::Suffix).chars().next().or(flight.suffix);
        let departs = self.moment(Field::DepartureLocal);
        flight.dep_local = departs.and_then(|(_, time)| time);
        flight.arr_local = self.moment(Field::ArrivalLocal).and_then(|(_, time)| time);
        let date = self.moment(Field::Date).map(|(date, _)| date);
        flight.dep_date = date.or(departs.map(|(date, _)| date));
        flight.board = self.get(Field::Departure).to_ascii_uppercase();
        flight.off = self.get(Field::Arrival).to_ascii_uppercase();
        if !flight.is_coded() {
            self.doubt("field.flight", Severity::Warning);
        }
        flight.operating = self.find(Field::OperatingCarrier).map(|carrier| Operating {
            carrier: carrier.to_owned(),
            number: self
                .find(Field::OperatingNumber)
                .map(|number| Flight::new("", number).number),
        });
        flight.status = self.find(Field::Status).map(str::to_owned);
        Some(flight)
    }

    fn traveller(&mut self) -> Traveller {
        let mut traveller = Traveller::new(self.role(), self.kind());
        let given = format!("{} {}", self.get(Field::Given), self.get(Field::Second));
        let mut name = NameForm::new(NameSource::Export, self.get(Field::Surname), &given);
        name.title = name.title.or_else(|| self.find(Field::Title).map(str::to_owned));
        traveller.add_name(name);
        let birth = self.find(Field::Birth).map(partial);
        match birth {
            Some(Some(date)) => traveller.add_birth(date),
            Some(None) => self.doubt("field.date", Severity::Warning),
            None => {}
        }
        traveller.sex = self.code(Field::Sex, "field.sex", Sex::of);
        let nations = self.items(List::Nationalities).iter();
        let nations: Vec<_> = nations
            .filter_map(|item| Country::new(text(item, Field::Nationality)))
            .collect();
        traveller.residence = Country::new(self.get(Field::Residence));
        if nations
            .iter()
            .chain(&traveller.residence)
            .any(|country| country.code.is_none())
        {
            self.doubt("field.country", Severity::Warning);
        }
        nations.into_iter().for_each(|nation| traveller.add_nationality(nation));
        traveller.birth_place = self.find(Field::BirthPlace).map(str::to_owned);
        self.documents(&mut traveller);
        for member in self.items(List::Members) {
            traveller.add_frequent_flyer(text(member, Field::Programme), text(member, Field::Member));
        }
        traveller.add_seat(self.has_flight().then_some(0), self.get(Field::Seat));
        traveller.bags = self.bags();
        let status = self.get(Field::Status).to_ascii_lowercase();
        traveller.checked_in = matches!(status.as_str(), "checked_in" | "boarded");
        traveller
    }

    fn role(&mut self) -> Role {
        let role = |code: &str| match code.to_ascii_lowercase().as_str() {
            "passenger" => Some(Role::Passenger),
            "crew" => Some(Role::Crew),
            "transit" => Some(Role::TransitPassenger),
            "transit_crew" => Some(Role::TransitCrew),
            _ => None,
        };
        self.code(Field::Role, "field.role", role).unwrap_or(Role::Passenger)
    }

    fn kind(&mut self) -> Kind {
        let kind = |code: &str| match code.to_ascii_lowercase().as_str() {
            "adult" => Some(Kind::Adult),
            "child" => Some(Kind::Child),
            "infant" => Some(Kind::Infant),
            "unknown" => Some(Kind::Unknown),
            _ => None,
        };
        self.code(Field::Kind, "field.kind", kind).unwrap_or(Kind::Unknown)
    }

    fn documents(&mut self, traveller: &mut Traveller) {
        let mut rules = Vec::new();
        for item in self.items(List::Documents) {
            if item.is_empty() {
                continue;
            }
            let [class, number, issuer] = [Field::DocumentType, Field::DocumentNumber, Field::DocumentIssuer];
            let Some(mut document) = Document::new(text(item, class), text(item, number), text(item, issuer)) else {
                rules.push("field.document");
                continue;
            };
            let mut day = |field| match text(item, field) {
                "" => None,
                written => {
                    let date = partial(written);
                    rules.extend(date.is_none().then_some("field.date"));
                    date
                }
            };
            document.expiry = day(Field::DocumentExpiry);
            document.issued = day(Field::DocumentIssued);
            traveller.add_document(document);
            traveller.capture = captured(text(item, Field::DocumentVerified)).or(traveller.capture);
        }
        for rule in rules {
            let severity = if rule == "field.document" {
                Severity::Info
            } else {
                Severity::Warning
            };
            self.doubt(rule, severity);
        }
    }

    fn contacts(&mut self) -> Vec<Contact> {
        // A mapping may give every row a kind; only one with a value is a contact.
        let told = self
            .items(List::Contacts)
            .iter()
            .filter(|item| item.contains_key(&Field::ContactValue));
        let contacts: Vec<_> = told.map(contact).collect();
        if contacts.iter().any(Option::is_none) {
            self.doubt("field.contact", Severity::Warning);
        }
        contacts.into_iter().flatten().collect()
    }

    fn bags(&mut self) -> Option<Bags> {
        let whole = |text: &str| text.split('.').next().and_then(|number| number.parse::<u32>().ok());
        let bags = Bags {
            pieces: self.code(Field::BagCount, "field.bags", whole),
            weight_kg: self.code(Field::BagWeight, "field.bags", whole),
            tags: self
                .items(List::Tags)
                .iter()
                .map(|item| text(item, Field::BagTag).to_owned())
                .filter(|tag| !tag.is_empty())
                .collect(),
        };
        (bags != Bags::default()).then_some(bags)
    }

    /// Reads a field that has a closed list of values or a form; another value is a doubt.
    fn code<T>(&mut self, field: Field, rule: &'static str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let written = self.find(field)?;
        let read = read(written);
        if read.is_none() {
            self.doubt(rule, Severity::Warning);
        }
        read
    }

    /// Reads a local date, with a time or without: `2026-03-05`, `2026-03-05T07:00:00`.
    fn moment(&mut self, field: Field) -> Option<(Date, Option<DateTime>)> {
        let read = |text: &str| {
            let date = text.get(..10)?.parse::<Date>().ok()?;
            let local = text.get(..19).unwrap_or(text);
            Some((
                date,
                (text.len() > 10).then(|| DateTime::from_str(local).ok()).flatten(),
            ))
        };
        self.code(field, "field.date", read)
    }
}

fn text(item: &Item, field: Field) -> &str {
    item.get(&field).map_or("", String::as_str)
}

/// A date, parts of it open or not.
fn partial(text: &str) -> Option<PartialDate> {
    text.parse().ok().or_else(|| text.get(..10)?.parse().ok())
}

fn captured(verified: &str) -> Option<Capture> {
    match verified.to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "1" => Some(Capture::Verified),
        "false" | "no" | "n" | "0" => Some(Capture::NotVerified),
        _ => None,
    }
}

fn contact(item: &Item) -> Option<Contact> {
    let owner = match text(item, Field::ContactHolder).to_ascii_lowercase().as_str() {
        "agency" => ContactOwner::Agency,
        "payer" => ContactOwner::Payer,
        _ => ContactOwner::Passenger,
    };
    let value = text(item, Field::ContactValue);
    match text(item, Field::ContactKind).to_ascii_lowercase().as_str() {
        "phone" => Contact::phone(owner, value),
        "email" => Contact::email(owner, value),
        "address" => Contact::address(owner, [value]),
        _ => None,
    }
}

/// A payment. Of a card only the first six and last four digits are taken, whatever stands there.
fn payment(item: &Item) -> Payment {
    let mut payment = Payment::new(
        text(item, Field::PaymentKind),
        text(item, Field::PaymentVendor),
        "",
        text(item, Field::PaymentExpiry),
    );
    let digits = |field, length| {
        let text = text(item, field);
        (text.len() == length && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.to_owned())
    };
    payment.bin6 = digits(Field::PaymentBin, 6);
    payment.last4 = digits(Field::PaymentLast4, 4);
    payment
}
