//! What a traveller is found by: match keys, and the buckets they lie in.

mod contacts;

pub(super) use contacts::{emails, phones};

use crate::ingest::model::{NameForm, NameSource};
use crate::ingest::{Booking, Traveller};
use crate::store::BucketRef;
use jiff::civil::Date;
use piux_protocol::blind::Bucket;
use piux_protocol::identifier::{Document, FrequentFlyer, Keyset, Locator, MatchKey, Person, Source};
use std::collections::{BTreeMap, BTreeSet};

/// Match keys, each with the finest buckets it lies in.
pub(super) type Keys = BTreeMap<MatchKey, BTreeSet<BucketRef>>;

/// The match keys of every spelling and birth date held, and of everything else that
/// belongs to the traveller. Keys for screening have no class and are left out.
pub(super) fn of(keyset: Keyset, booking: &Booking, traveller: &Traveller) -> Keys {
    let dates: Vec<Date> = birth_dates(traveller).collect();
    let mut keys = Keys::new();
    for name in &traveller.names {
        for date in &dates {
            add(&mut keys, keyset, &named(name, *date), &[*date]);
        }
    }
    add(&mut keys, keyset, &belongings(booking, traveller), &dates);
    keys
}

/// Every birth date of which day, month and year are known.
pub(super) fn birth_dates(traveller: &Traveller) -> impl Iterator<Item = Date> {
    traveller
        .birth_date
        .iter()
        .chain(&traveller.other_birth_dates)
        .filter_map(|date| date.complete())
}

/// Family S for the birth dates, family I where the key has a core; so a traveller
/// without a birth date is found in family I only (`"undated": "i"`, SPEC.md 4.5).
fn add(keys: &mut Keys, keyset: Keyset, person: &Person, dates: &[Date]) {
    let finest = |bucket: Bucket| u8::try_from(bucket.number()).unwrap_or(u8::MAX);
    for key in keyset.derive(person) {
        let Some(class) = key.class() else { continue };
        let births = dates.iter().map(|date| finest(Bucket::of_birth_date(*date, 8)));
        let core = key.core().map(|core| finest(Bucket::of_core(class, core, 8)));
        let buckets: Vec<BucketRef> = births.map(BucketRef::S).chain(core.map(BucketRef::I)).collect();
        keys.entry(key).or_default().extend(buckets);
    }
}

fn named(name: &NameForm, birth: Date) -> Person {
    Person {
        source: source(name),
        surname: name.surname.clone(),
        given: name.given.clone(),
        birth_date: Some(birth.into()),
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

/// What is the traveller's own, and the contacts of a booking, which may be any fellow
/// traveller's: a key of theirs is found, but joins nobody.
fn belongings(booking: &Booking, traveller: &Traveller) -> Person {
    let documents: BTreeSet<Document> = traveller.documents.iter().flat_map(|held| held.keys()).collect();
    let flyers = traveller.frequent_flyer.iter();
    Person {
        documents: documents.into_iter().collect(),
        locators: locators(booking),
        phones: phones(booking, traveller).read,
        emails: emails(booking, traveller).read,
        frequent_flyers: flyers
            .filter_map(|member| FrequentFlyer::new(&member.programme, &member.number).ok())
            .collect(),
        ..Person::default()
    }
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
