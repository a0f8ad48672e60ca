//! Keysets: versions of the derivation of match keys.

use super::{MatchKey, Person};
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
            Self::V1 => "piux-v1-draft",
        }
    }

    /// What a holder indexes of one spelling of a person: every key, each once.
    pub fn derive(self, person: &Person) -> Vec<MatchKey> {
        super::match_key::derive(person)
    }

    /// What a requester asks of one spelling of a person: of each class at most its
    /// slots, the keys that tell most first. Keys for screening have no slots and follow.
    pub fn derive_query(self, person: &Person) -> Vec<MatchKey> {
        super::match_key::derive(person)
    }
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
