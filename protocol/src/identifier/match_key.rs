//! Match keys: canonical strings of which two records of one person share one.

use super::{Document, Locator, Person};
use crate::vocabulary::{Class, Family, Random, length_prefixed};
use indexmap::map::RawEntryApiV1;
use indexmap::map::raw_entry_v1::RawEntryMut;
use indexmap::{Equivalent, IndexMap};
use std::fmt;
use std::hash::BuildHasher;
use zeroize::{Zeroize, Zeroizing};

/// One canonical string and its family; wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

    /// The canonical string: `A-Z`, `0-9` and `|/.-`; of an e-mail address, printable ASCII.
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
}

/// The match keys of one person: each once, in the order they were first added.
pub(super) struct Keys {
    /// None but of these families, unless every family is made.
    only: Option<&'static [Family]>,
    made: IndexMap<MatchKey, (), foldhash::fast::RandomState>,
    /// The key that is being added.
    text: Zeroizing<String>,
}

/// A match key that may be there already.
#[derive(Hash)]
struct Written<'a> {
    family: Family,
    canonical: &'a str,
}

impl Keys {
    /// No keys yet, and none but of these families.
    pub(super) fn of(families: &'static [Family]) -> Self {
        Self {
            only: Some(families).filter(|only| *only != Family::ALL),
            made: IndexMap::with_capacity_and_hasher(112, foldhash::fast::RandomState::default()),
            text: Zeroizing::new(String::with_capacity(256)),
        }
    }

    /// Adds the key of these parts, one after the other; returns which one it is.
    pub(super) fn add(&mut self, family: Family, parts: &[&str]) -> Option<usize> {
        if self.only.is_some_and(|only| !only.contains(&family)) {
            return None;
        }
        self.text.clear();
        self.text.extend(parts.iter().copied());
        let canonical = self.text.as_str();
        let written = Written { family, canonical };
        let hash = self.made.hasher().hash_one(&written);
        let place = self.made.raw_entry_mut_v1();
        Some(match place.from_key_hashed_nocheck(hash, &written) {
            RawEntryMut::Occupied(made) => made.index(),
            RawEntryMut::Vacant(place) => {
                let (canonical, next) = (canonical.to_owned(), place.index());
                place.insert_hashed_nocheck(hash, MatchKey { family, canonical }, ());
                next
            }
        })
    }

    /// All of them.
    pub(super) fn into_vec(self) -> Vec<MatchKey> {
        self.made.into_keys().collect()
    }
}

impl Equivalent<MatchKey> for Written<'_> {
    fn equivalent(&self, key: &MatchKey) -> bool {
        self.family == key.family && self.canonical == key.canonical
    }
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

pub(super) fn of_document(keys: &mut Keys, document: &Document) {
    keys.add(Family::Doc, &[document.number(), "/", document.issuer()]);
}

pub(super) fn of_locator(keys: &mut Keys, locator: &Locator) {
    keys.add(
        Family::Loc,
        &[locator.carrier(), "/", locator.code(), "/", &locator.month()],
    );
}

/// Telephone numbers, e-mail addresses and frequent flyer numbers.
pub(super) fn of_contacts(keys: &mut Keys, person: &Person) {
    for phone in &person.phones {
        keys.add(Family::Phone, &[phone.digits()]);
    }
    for email in &person.emails {
        keys.add(Family::Email, &[email.address()]);
    }
    for flyer in &person.frequent_flyers {
        keys.add(Family::Ff, &[flyer.programme(), "/", flyer.number()]);
    }
}
