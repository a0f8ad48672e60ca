//! What a record tells of a person besides the keys it joins by: enough to notice that two
//! records cannot be about one person.
//!
//! Names and dates are kept as short digests; a collision can only fail to notice.

use super::bytes::{Reader, list};
use crate::ingest::Traveller;
use crate::ingest::model::Kind;
use crate::load::keys::birth_dates;
use jiff::civil::Date;
use piux_protocol::identifier::MatchKey;
use piux_protocol::vocabulary::{Family, Timestamp, sha256};
use std::collections::BTreeSet;
use std::fmt;

/// The years in which a traveller goes on somebody else's document.
const GROWN_UP: i32 = 18;

/// Digests of what is known of a person's names and birth dates.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Likeness {
    dates: BTreeSet<u32>,
    /// Words of names, and names run together.
    words: BTreeSet<u32>,
    /// Pairs of words as they sound.
    sounds: BTreeSet<u32>,
    minor: Option<bool>,
}

impl Likeness {
    /// What the keys of a record, and the sort of traveller, tell.
    pub(super) fn of<'a>(keys: impl Iterator<Item = &'a MatchKey>, traveller: &Traveller, now: Timestamp) -> Self {
        let mut likeness = Self {
            dates: birth_dates(traveller).map(|date| digest(&date.to_string())).collect(),
            minor: is_minor(traveller, now.date()),
            ..Self::default()
        };
        for key in keys {
            let Some((name, _)) = key.canonical().rsplit_once('/') else {
                continue;
            };
            match key.family() {
                Family::Nx | Family::Mx => likeness.words.extend(name.split('|').map(digest)),
                Family::Pk => likeness.sounds.extend([digest(name)]),
                _ => {}
            }
        }
        likeness
    }

    /// Whether these cannot be one person: birth dates and names both differ, or one is a
    /// child, the other is not, and no birth date says that it grew up. Names differ unless
    /// they have two words in common, or two that sound alike; a surname alone is a family's.
    pub(super) fn contradicts(&self, other: &Self) -> bool {
        let no_date_in_common = self.dates.is_disjoint(&other.dates);
        let known = !self.dates.is_empty() && !other.dates.is_empty();
        let other_age = self.minor.zip(other.minor).is_some_and(|(one, other)| one != other);
        no_date_in_common && (other_age || known && self.has_another_name_than(other))
    }

    fn has_another_name_than(&self, other: &Self) -> bool {
        let most = self.words.len().min(other.words.len()).min(2);
        let shared = self.words.intersection(&other.words).count();
        most > 0 && shared < most && self.sounds.is_disjoint(&other.sounds)
    }

    /// `minor (0, 1, 2: not known) || dates || words || sounds`
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.push(self.minor.map_or(2, u8::from));
        for digests in [&self.dates, &self.words, &self.sounds] {
            list(out, digests, |digest, out| out.extend_from_slice(&digest.to_be_bytes()));
        }
    }

    pub(super) fn decode(reader: &mut Reader<'_>) -> Option<Self> {
        let [minor] = reader.take()?;
        let digests = |reader: &mut Reader<'_>| reader.list(|reader| reader.take().map(u32::from_be_bytes));
        Some(Self {
            minor: (minor < 2).then_some(minor == 1),
            dates: digests(reader)?,
            words: digests(reader)?,
            sounds: digests(reader)?,
        })
    }
}

impl fmt::Debug for Likeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Likeness(..)")
    }
}

impl<'a> FromIterator<&'a Likeness> for Likeness {
    /// What all records of one person tell together; of a child that grew up, neither.
    fn from_iter<T: IntoIterator<Item = &'a Likeness>>(all: T) -> Self {
        let (mut whole, mut ages) = (Self::default(), BTreeSet::new());
        for one in all {
            whole.dates.extend(&one.dates);
            whole.words.extend(&one.words);
            whole.sounds.extend(&one.sounds);
            ages.extend(one.minor);
        }
        whole.minor = ages.first().copied().filter(|_| ages.len() == 1);
        whole
    }
}

/// Whether the key has a birth date that stands for an unknown one.
pub(super) fn has_default_date(key: &MatchKey) -> bool {
    let date = key.canonical().rsplit('/').next().unwrap_or_default();
    ["0101", "0701"].iter().any(|unknown| date.ends_with(unknown))
}

fn is_minor(traveller: &Traveller, today: Date) -> Option<bool> {
    let by_date = birth_dates(traveller)
        .min()
        .map(|birth| i32::from(today.year()) - i32::from(birth.year()) < GROWN_UP);
    match traveller.kind {
        Kind::Infant | Kind::Child => Some(true),
        _ if by_date.is_some() => by_date,
        Kind::Adult => Some(false),
        Kind::Unknown => None,
    }
}

fn digest(text: &str) -> u32 {
    u32::from_be_bytes(sha256(text).0.first_chunk().copied().unwrap_or_default())
}

#[cfg(test)]
pub(super) fn any_likeness() -> impl proptest::strategy::Strategy<Value = Likeness> {
    use proptest::prelude::*;
    let digests = || proptest::collection::btree_set(any::<u32>(), 0..6);
    (digests(), digests(), digests(), any::<Option<bool>>()).prop_map(|(dates, words, sounds, minor)| Likeness {
        dates,
        words,
        sounds,
        minor,
    })
}
