//! One traveller of a passenger list: everything from its `NAD` to the next.

use super::{country, place, text};
use crate::ingest::date::{self, Century, Order, PartialDate};
use crate::ingest::edifact::Segment;
use crate::ingest::model::{
    Bags, Capture, Contact, ContactOwner, Document, Kind, NameForm, NameSource, ReferenceKind, Role, Sex, Traveller,
};
use jiff::civil::Date;

/// The document that is open, until the next one or the next traveller.
enum Open {
    /// No `DOC` yet.
    None,
    /// A `DOC` without a number: what follows belongs to nothing.
    Empty,
    Document(Document),
}

pub(super) struct Person {
    traveller: Traveller,
    locator: Option<String>,
    open: Open,
}

impl Person {
    pub(super) fn new(role: Role, segment: &Segment<'_>) -> Self {
        let mut traveller = Traveller::new(role, Kind::Unknown);
        let given = format!("{} {}", segment.text(4, 1), segment.text(4, 2));
        traveller.add_name(NameForm::new(NameSource::Nad, &segment.text(4, 0), &given));
        let region = text(&segment.text(7, 0)).unwrap_or_else(|| segment.text(7, 3).into_owned());
        let lines = [
            segment.text(5, 0),
            segment.text(6, 0),
            region.into(),
            segment.text(8, 0),
            segment.text(9, 0),
        ];
        let address = Contact::address(ContactOwner::Passenger, lines.iter().map(AsRef::as_ref));
        traveller.contacts.extend(address);
        Self {
            traveller,
            locator: None,
            open: Open::None,
        }
    }

    /// Takes a segment; an error is the rule of a field that was there and could not be read.
    pub(super) fn take(&mut self, tag: &str, segment: &Segment<'_>, message: Date) -> Result<(), &'static str> {
        match tag {
            "ATT" => self.traveller.sex = Sex::of(&segment.text(3, 0)).or(self.traveller.sex),
            "DTM" => return self.date(segment, message),
            "MEA" => self.measure(segment),
            "GEI" => self.traveller.capture = capture(&segment.text(2, 0)),
            "FTX" => self.tags(segment),
            "LOC" => self.place(segment),
            "COM" => self.contacts(segment),
            "NAT" => country(segment)
                .into_iter()
                .for_each(|nation| self.traveller.add_nationality(nation)),
            "EMP" => self.traveller.crew_function = text(&segment.text(2, 0)),
            "RFF" => self.reference(segment),
            "DOC" => self.document(segment),
            _ => {}
        }
        Ok(())
    }

    pub(super) const fn is_passenger(&self) -> bool {
        matches!(self.traveller.role, Role::Passenger | Role::TransitPassenger)
    }

    /// The traveller, and the locator it travels under.
    pub(super) fn finish(mut self) -> (Traveller, Option<String>) {
        self.close_document();
        (self.traveller, self.locator)
    }

    fn date(&mut self, segment: &Segment<'_>, message: Date) -> Result<(), &'static str> {
        let written = segment.text(1, 1);
        if written.is_empty() {
            return Ok(());
        }
        let read = |century| day(&written, century, message).ok_or("field.date");
        match (segment.text(1, 0).as_ref(), &mut self.open) {
            ("329", _) => self.traveller.add_birth(read(Century::Birth)?),
            ("36", Open::Document(document)) => {
                document.expiry = document.expiry.or(Some(read(Century::Expiry)?));
            }
            ("182", Open::Document(document)) => document.issued = Some(read(Century::Expiry)?),
            _ => {}
        }
        Ok(())
    }

    fn document(&mut self, segment: &Segment<'_>) {
        self.close_document();
        let document = Document::new(&segment.text(1, 0), &segment.text(2, 0), "");
        self.open = document.map_or(Open::Empty, Open::Document);
    }

    /// Takes the open document in; expiry and issue date are swapped by some senders.
    fn close_document(&mut self) {
        if let Open::Document(mut document) = std::mem::replace(&mut self.open, Open::None) {
            if let (Some(expiry), Some(issued)) = (document.expiry, document.issued)
                && expiry < issued
            {
                (document.expiry, document.issued) = (Some(issued), Some(expiry));
            }
            self.traveller.add_document(document);
        }
    }

    fn place(&mut self, segment: &Segment<'_>) {
        let named = || text(&place(segment));
        match (segment.text(1, 0).as_ref(), &mut self.open) {
            ("91", Open::Document(document)) => document.issuer = country(segment).or_else(|| document.issuer.take()),
            ("22", _) => self.traveller.cleared_at = named(),
            ("174", _) => self.traveller.residence = country(segment),
            ("178", _) => self.traveller.journey_from = named(),
            ("179", _) => self.traveller.journey_to = named(),
            ("180", _) => self.traveller.birth_place = named(),
            _ => {}
        }
    }

    fn reference(&mut self, segment: &Segment<'_>) {
        let value = segment.text(1, 1);
        match segment.text(1, 0).as_ref() {
            "AVF" => self.locator = text(&value),
            "ABO" => self.traveller.carrier_ref = text(&value),
            "SEA" => self.traveller.add_seat(None, &value),
            "YZY" => self.traveller.add_ticket(&value),
            "AEA" => self.traveller.add_reference(ReferenceKind::Government, &value),
            "CR" => self.traveller.add_reference(ReferenceKind::Customer, &value),
            "AHN" => self.traveller.add_reference(ReferenceKind::National, &value),
            _ => {}
        }
    }

    fn measure(&mut self, segment: &Segment<'_>) {
        let amount = |component: usize| {
            segment
                .text(3, component)
                .parse::<f64>()
                .ok()
                .filter(|n| (0.0..10_000.0).contains(n))
        };
        let whole = |number: f64| format!("{number:.0}").parse::<u32>().ok();
        let bags = self.traveller.bags.get_or_insert_default();
        match segment.text(1, 0).as_ref() {
            "CT" => bags.pieces = amount(1).or_else(|| amount(0)).and_then(whole),
            "WT" => {
                let pounds = segment.text(3, 0).starts_with('L');
                bags.weight_kg = amount(1)
                    .map(|n| if pounds { n * 0.453_592_37 } else { n })
                    .and_then(whole);
            }
            _ => {}
        }
    }

    fn tags(&mut self, segment: &Segment<'_>) {
        let count = segment.text(4, 1).parse().unwrap_or(1);
        self.traveller
            .bags
            .get_or_insert_with(Bags::default)
            .add_tags(&segment.text(4, 0), count);
    }

    fn contacts(&mut self, segment: &Segment<'_>) {
        for element in segment.elements() {
            let contact = match element.component(1).as_ref() {
                "EM" => Contact::email(ContactOwner::Passenger, &element.component(0)),
                "TE" | "AL" => Contact::phone(ContactOwner::Passenger, &element.component(0)),
                _ => None,
            };
            contact
                .into_iter()
                .for_each(|contact| self.traveller.add_contact(contact));
        }
    }
}

fn capture(code: &str) -> Option<Capture> {
    match code {
        "173" => Some(Capture::Verified),
        "174" => Some(Capture::NotVerified),
        "" => None,
        _ => Some(Capture::Other),
    }
}

/// A day in a `DTM`: six or eight digits, a time after it passed over.
fn day(written: &str, century: Century, message: Date) -> Option<PartialDate> {
    let length = if matches!(written.len(), 8 | 12) { 8 } else { 6 };
    date::digits(written.get(..length)?, Order::YearFirst, century, message)
}
