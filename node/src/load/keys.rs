//! What a traveller is found by: match keys, and the buckets they lie in.

use crate::ingest::model::{Document, DocumentClass, NameForm, NameSource};
use crate::ingest::{Booking, Traveller};
use crate::store::BucketRef;
use piux_protocol::blind::Bucket;
use piux_protocol::identifier::{self, Locator, MatchKey, Person, Source};
use std::collections::BTreeSet;

/// Family S for every birth date held, family I for every key that has a core.
pub(super) fn buckets(key: &MatchKey, traveller: &Traveller) -> BTreeSet<BucketRef> {
    let finest = |bucket: Bucket| u8::try_from(bucket.number()).unwrap_or(u8::MAX);
    let births = birth_dates(traveller).map(|date| BucketRef::S(finest(Bucket::of_birth_date(date, 8))));
    let core = key
        .class()
        .zip(key.core())
        .map(|(class, core)| BucketRef::I(finest(Bucket::of_core(class, core, 8))));
    births.chain(core).collect()
}

pub(super) fn birth_dates(traveller: &Traveller) -> impl Iterator<Item = jiff::civil::Date> {
    traveller
        .birth_date
        .iter()
        .chain(&traveller.other_birth_dates)
        .filter_map(|date| date.complete())
}

/// The match keys of every spelling and birth date held, each once.
pub(super) fn of(booking: &Booking, traveller: &Traveller) -> Vec<MatchKey> {
    let documents: Vec<_> = traveller.documents.iter().filter_map(document).collect();
    let locators = locators(booking);
    let dates: Vec<_> = birth_dates(traveller).map(Some).collect();
    let dates = if dates.is_empty() { vec![None] } else { dates };
    let mut keys = BTreeSet::new();
    for name in &traveller.names {
        for birth_date in &dates {
            keys.extend(identifier::derive(&Person {
                source: source(name),
                surname: name.surname.clone(),
                given: name.given.clone(),
                birth_date: birth_date.map(Into::into),
                ..Person::default()
            }));
        }
    }
    for document in documents {
        keys.extend(identifier::derive(&nameless(vec![document], Vec::new())));
    }
    for locator in locators {
        keys.extend(identifier::derive(&nameless(Vec::new(), vec![locator])));
    }
    keys.into_iter().collect()
}

fn nameless(documents: Vec<identifier::Document>, locators: Vec<Locator>) -> Person {
    Person {
        documents,
        locators,
        ..Person::default()
    }
}

/// Titles are glued to given names only in the name field of a booking.
fn source(name: &NameForm) -> Source {
    if matches!(name.source, NameSource::Tif | NameSource::Inft) {
        Source::Pnr
    } else {
        Source::Api
    }
}

/// A visa names the State it admits to, not the traveller: it is no key.
fn document(document: &Document) -> Option<identifier::Document> {
    if document.class == DocumentClass::Visa {
        return None;
    }
    let issuer = document.issuer.as_ref()?.code.as_deref()?;
    identifier::Document::new(issuer, &document.number).ok()
}

/// Every locator, with the month of the first departure.
fn locators(booking: &Booking) -> Vec<Locator> {
    let Some(departure) = booking.flights.iter().filter_map(|flight| flight.dep_date).min() else {
        return Vec::new();
    };
    let month = format!("{:04}-{:02}", departure.year(), departure.month());
    let locators = booking.locators.iter();
    locators
        .filter_map(|locator| Locator::new(&locator.system, &locator.locator, &month).ok())
        .collect()
}
