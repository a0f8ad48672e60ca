//! By derivation alone: two records meet if they share a key.

use super::data::Record;
use super::figures::Tally;
use piux_protocol::identifier::{Keyset, MatchKey, Person};
use piux_protocol::vocabulary::{Class, Scope};
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap};

/// The keys a scope carries, with or without documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Searched {
    pub(super) scope: Scope,
    pub(super) documents: bool,
}

impl Searched {
    pub(super) fn carries(self, key: &MatchKey) -> bool {
        let carried = |class: Class| self.scope.segments().contains(&class) && (self.documents || class != Class::Doc);
        key.class().is_some_and(carried)
    }

    /// What a holder indexes.
    pub(super) fn held(self, person: &Person) -> Vec<MatchKey> {
        self.only(Keyset::CURRENT.derive(person))
    }

    /// What a requester asks.
    pub(super) fn asked(self, person: &Person) -> Vec<MatchKey> {
        self.only(Keyset::CURRENT.derive_query(person))
    }

    fn only(self, mut keys: Vec<MatchKey>) -> Vec<MatchKey> {
        keys.retain(|key| self.carries(key));
        keys
    }
}

/// Who has which key.
pub(super) struct Index {
    searched: Searched,
    holders: HashMap<MatchText, Vec<u32>>,
}

/// Family and canonical string.
type MatchText = (piux_protocol::vocabulary::Family, String);

impl Index {
    /// Of records, each a subject by its place.
    pub(super) fn of<'a>(searched: Searched, held: impl IntoIterator<Item = &'a Person>) -> Self {
        let mut holders: HashMap<MatchText, Vec<u32>> = HashMap::new();
        for (subject, person) in (0..).zip(held) {
            let keys: BTreeSet<MatchKey> = searched.held(person).into_iter().collect();
            for key in keys {
                holders.entry(text(&key)).or_default().push(subject);
            }
        }
        Self { searched, holders }
    }

    /// The subjects that share a key with a person, and how many keys were asked.
    pub(super) fn ask(&self, person: &Person) -> (BTreeSet<u32>, u64) {
        let keys = self.searched.asked(person);
        let found = keys.iter().filter_map(|key| self.holders.get(&text(key))).flatten();
        (found.copied().collect(), keys.len() as u64)
    }
}

fn text(key: &MatchKey) -> MatchText {
    (key.family(), key.canonical().to_owned())
}

/// Asks every question of an index of every record.
pub(super) fn tally(searched: Searched, held: &[Record], asked: &[Record]) -> Tally {
    let index = Index::of(searched, held.iter().map(|record| &record.person));
    asked
        .par_iter()
        .map(|question| {
            let (found, keys) = index.ask(&question.person);
            judged(held, question, &found, keys)
        })
        .reduce(Tally::default, Tally::and)
}

/// What one question found, against the truth.
pub(super) fn judged(held: &[Record], question: &Record, found: &BTreeSet<u32>, keys: u64) -> Tally {
    let same = |subject: &&u32| {
        let held = usize::try_from(**subject).ok().and_then(|place| held.get(place));
        question.truth.is_some() && held.is_some_and(|held| held.truth == question.truth)
    };
    let right = found.iter().filter(same).count() as u64;
    Tally {
        findable: u64::from(question.truth.is_some()),
        found: right.min(1),
        strangers: found.len() as u64 - right,
        questions: 1,
        keys,
    }
}
