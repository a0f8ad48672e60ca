//! Keysets: versions of the derivation of match keys.

use super::match_key::{Keys, of_contacts, of_document, of_locator};
use super::name::Name;
use super::name_keys::{Dates, Side, of_name, of_reading};
use super::{MatchKey, Person, cluster};
use crate::vocabulary::{Class, Family};
use std::fmt;
use std::str::FromStr;

/// A version of the derivation of match keys.
///
/// Two units can ask each other only with the same one: another derivation finds
/// nothing, which would be a silent miss. A holder may index several side by side while
/// agreements move from one to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keyset {
    /// Documents, exact full names and locators.
    Exact,
    /// Every family, several spellings of a name.
    V1,
}

/// A text that names no keyset of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown keyset")]
pub struct ParseKeysetError;

impl Keyset {
    /// Every keyset, oldest first.
    pub const ALL: &'static [Self] = &[Self::Exact, Self::V1];
    /// The newest keyset.
    pub const CURRENT: Self = Self::V1;

    /// The name exchanged in metadata and agreements.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Exact => "piux-1-doc-nx-loc",
            Self::V1 => "piux-v1-959427b94f3dda8397a52cbd54eac3a5",
        }
    }

    /// What a holder indexes of one spelling of a person: every key, each once.
    ///
    /// Documents first, then the keys of each spelling of the name, the one of Doc 9303
    /// before others, then contacts and locators.
    pub fn derive(self, person: &Person) -> Vec<MatchKey> {
        self.derive_on(Side::Held, person)
    }

    /// What a requester asks of one spelling of a person: of each class at most its
    /// slots, the keys that tell most first. Families for screening are not among them.
    pub fn derive_query(self, person: &Person) -> Vec<MatchKey> {
        let mut keys = self.derive_on(Side::Asked, person);
        keys.sort_by_key(|key| key.family() == Family::Mb);
        let mut slots: Vec<(Class, usize)> = Class::ALL.iter().map(|class| (*class, class.slots())).collect();
        keys.retain(|key| {
            let left = slots.iter_mut().find(|(class, _)| Some(*class) == key.class());
            left.is_some_and(|(_, left)| take_one(left))
        });
        keys
    }

    fn derive_on(self, side: Side, person: &Person) -> Vec<MatchKey> {
        let mut keys = Keys::of(self.families());
        for document in &person.documents {
            of_document(&mut keys, document);
        }
        self.of_names(&mut keys, side, person);
        of_contacts(&mut keys, person);
        for locator in &person.locators {
            of_locator(&mut keys, locator);
        }
        keys.into_vec()
    }

    /// The keys of every spelling of the name, then those of other readings of the first.
    fn of_names(self, keys: &mut Keys, side: Side, person: &Person) {
        let Some(birth) = person.birth_date.filter(|birth| birth.year() >= 1) else {
            return;
        };
        let birth = &Dates::of(birth);
        let mut spellings = Name::spellings(person);
        spellings.truncate(if self.has_alternatives() { usize::MAX } else { 1 });
        for name in &spellings {
            of_name(keys, name, birth, side);
        }
        let first = spellings.first().filter(|_| self.has_alternatives());
        for name in first.into_iter().flat_map(cluster::readings) {
            of_reading(keys, &name, birth);
        }
    }

    /// The families that are derived. Leave one out and it is in no key.
    const fn families(self) -> &'static [Family] {
        match self {
            Self::Exact => &[Family::Doc, Family::Nx, Family::Mx, Family::Loc],
            Self::V1 => Family::ALL,
        }
    }

    /// Whether a name has other spellings and readings than that of Doc 9303.
    const fn has_alternatives(self) -> bool {
        match self {
            Self::Exact => false,
            Self::V1 => true,
        }
    }
}

/// Whether there was one left.
fn take_one(left: &mut usize) -> bool {
    let had = *left > 0;
    *left = left.saturating_sub(1);
    had
}

impl fmt::Display for Keyset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Keyset {
    type Err = ParseKeysetError;

    fn from_str(text: &str) -> Result<Self, ParseKeysetError> {
        let found = Self::ALL.iter().copied().find(|keyset| keyset.id() == text);
        found.ok_or(ParseKeysetError)
    }
}

/// What a holder indexes with the newest keyset; see [`Keyset::derive`].
pub fn derive(person: &Person) -> Vec<MatchKey> {
    Keyset::CURRENT.derive(person)
}

/// What a requester asks with the newest keyset; see [`Keyset::derive_query`].
pub fn derive_query(person: &Person) -> Vec<MatchKey> {
    Keyset::CURRENT.derive_query(person)
}
