//! Match keys: canonical strings of which two records of one person share one.

use super::{Document, Locator, Person};
use crate::vocabulary::{Class, Family, Random, length_prefixed};
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

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

    pub(super) fn new(family: Family, canonical: String) -> Self {
        Self { family, canonical }
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

pub(super) fn of_document(document: &Document) -> MatchKey {
    MatchKey::new(Family::Doc, format!("{}/{}", document.number(), document.issuer()))
}

pub(super) fn of_locator(locator: &Locator) -> MatchKey {
    MatchKey::new(
        Family::Loc,
        format!("{}/{}/{}", locator.carrier(), locator.code(), locator.month()),
    )
}

/// Telephone numbers, e-mail addresses and frequent flyer numbers.
pub(super) fn of_contacts(person: &Person) -> impl Iterator<Item = MatchKey> {
    let phones = person.phones.iter();
    let phones = phones.map(|phone| MatchKey::new(Family::Phone, phone.digits().to_owned()));
    let emails = person.emails.iter();
    let emails = emails.map(|email| MatchKey::new(Family::Email, email.address().to_owned()));
    let flyers = person.frequent_flyers.iter();
    let flyers = flyers.map(|flyer| MatchKey::new(Family::Ff, format!("{}/{}", flyer.programme(), flyer.number())));
    phones.chain(emails).chain(flyers)
}
