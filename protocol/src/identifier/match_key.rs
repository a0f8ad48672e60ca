//! Match keys: canonical strings of which two records of one person share one.

use super::name::Name;
use super::{Document, Locator, Person};
use crate::vocabulary::{Class, Family, Random, length_prefixed};
use std::collections::BTreeSet;
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// Tokens that count for the set of all tokens: the first ones, surname before given.
const MOST_TOKENS: usize = 5;

/// One canonical string and its family; wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MatchKey {
    family: Family,
    canonical: String,
}

impl MatchKey {
    /// How the key was derived.
    pub fn family(&self) -> Family {
        self.family
    }

    /// The class whose slots carry the key in a lookup; none if it is for screening only.
    pub fn class(&self) -> Option<Class> {
        self.family.class()
    }

    /// The canonical string: `A-Z`, `0-9`, `|` and `/`.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// What a bucket of family I is computed from: the document number or the locator
    /// code (SPEC.md 4.5). Names have none.
    pub fn core(&self) -> Option<&str> {
        match self.family {
            Family::Doc => self.canonical.split('/').next(),
            Family::Loc | Family::Ff => self.canonical.split('/').nth(1),
            Family::Phone => self.canonical.get(self.canonical.len().saturating_sub(7)..),
            Family::Email => Some(&self.canonical),
            _ => None,
        }
    }

    /// `x`, what is hashed to the group: `"piux/1/id\0" || LP(family) || LP(canonical)` (SPEC.md 3.1).
    pub fn input(&self) -> Zeroizing<Vec<u8>> {
        let canonical = Zeroizing::new(length_prefixed(&self.canonical));
        Zeroizing::new(
            [
                b"piux/1/id\0".as_slice(),
                &length_prefixed(self.family.term()),
                &canonical,
            ]
            .concat(),
        )
    }

    fn new(family: Family, canonical: String) -> Self {
        Self { family, canonical }
    }
}

/// The match keys of one spelling of a person.
///
/// Documents first, then names, then locators; each key once, and of each class at
/// most its slots, so that whatever is known of a person fits the fixed request. A
/// holder with more documents or locators than slots calls it once for each.
pub(super) fn derive(person: &Person) -> Vec<MatchKey> {
    let mut keys: Vec<MatchKey> = Vec::new();
    let documents = person.documents.iter().map(of_document);
    let locators = person.locators.iter().map(of_locator);
    let contacts = of_contacts(person);
    for key in documents.chain(of_names(person)).chain(contacts).chain(locators) {
        let taken = keys.iter().filter(|other| other.class() == key.class()).count();
        let most = key.class().map_or(usize::MAX, Class::slots);
        if taken < most && !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// What fills an empty slot: `"piux/1/dummy\0"` and 16 random bytes. It is kept, so that
/// an audit can open it and see that the slot was empty.
pub fn dummy_input(random: &dyn Random) -> Zeroizing<Vec<u8>> {
    let chance = Zeroizing::new(random.bytes::<16>());
    Zeroizing::new([b"piux/1/dummy\0".as_slice(), chance.as_slice()].concat())
}

impl Drop for MatchKey {
    fn drop(&mut self) {
        self.canonical.zeroize();
    }
}

impl fmt::Debug for MatchKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MatchKey({}, ..)", self.family)
    }
}

fn of_document(document: &Document) -> MatchKey {
    MatchKey::new(Family::Doc, format!("{}/{}", document.number(), document.issuer()))
}

fn of_locator(locator: &Locator) -> MatchKey {
    MatchKey::new(
        Family::Loc,
        format!("{}/{}/{}", locator.carrier(), locator.code(), locator.month()),
    )
}

fn of_contacts(person: &Person) -> Vec<MatchKey> {
    let phones = person
        .phones
        .iter()
        .map(|phone| MatchKey::new(Family::Phone, phone.digits().to_owned()));
    let emails = person
        .emails
        .iter()
        .map(|email| MatchKey::new(Family::Email, email.address().to_owned()));
    let flyers = person.frequent_flyers.iter();
    let flyers = flyers.map(|flyer| MatchKey::new(Family::Ff, format!("{}/{}", flyer.programme(), flyer.number())));
    phones.chain(emails).chain(flyers).collect()
}

/// The keys of the full name with the birth date, without which a name says too little.
fn of_names(person: &Person) -> Vec<MatchKey> {
    let Some(date) = person.birth_date.and_then(|date| date.complete()) else {
        return Vec::new();
    };
    let Ok(name) = Name::read(person.source, &person.surname, &person.given) else {
        return Vec::new();
    };
    let date = format!("{:04}{:02}{:02}", date.year(), date.month(), date.day());
    let tokens = name.surname.tokens.iter().chain(&name.given.tokens);
    let tokens: BTreeSet<&str> = tokens.take(MOST_TOKENS).map(String::as_str).collect();
    match tokens.len() {
        0 => Vec::new(),
        1 => tokens
            .iter()
            .map(|token| MatchKey::new(Family::Mx, format!("{token}/{date}")))
            .collect(),
        _ => full_name(&name, &tokens, &date),
    }
}

/// All tokens; the two fields run together; the two as they were written. Each is a
/// sorted set, so that it does not matter which name stood in which field.
fn full_name(name: &Name, tokens: &BTreeSet<&str>, date: &str) -> Vec<MatchKey> {
    let tokens: Vec<&str> = tokens.iter().copied().collect();
    let mut canonicals = vec![tokens.join("|")];
    let (surname, given) = (name.surname.joined(), name.given.joined());
    if !surname.is_empty() && !given.is_empty() {
        canonicals.push(pair(&surname, &given));
        canonicals.push(pair(&name.surname.raw, &name.given.raw));
    }
    canonicals
        .into_iter()
        .map(|canonical| MatchKey::new(Family::Nx, format!("{canonical}/{date}")))
        .collect()
}

fn pair(one: &str, other: &str) -> String {
    let (first, second) = if one <= other { (one, other) } else { (other, one) };
    format!("{first}|{second}")
}
