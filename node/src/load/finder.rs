//! Makes records findable: index rows under every match key, and the subject they belong to.

mod reindex;

use super::keys::{self, Keys};
use super::subjects::{self, Evidence, Trace};
use super::{LoadError, Loader};
use crate::ground::Ground;
use crate::ingest::{Booking, Traveller};
use crate::keys::{KeyError, KeyName, day_of};
use crate::records::RecordFacts;
use crate::store::{Batch, IndexEntry, IndexRow, RecordId, RowKey, Sharers, SubjectId};
use piux_protocol::blind::{StorageKey, StoredElement};
use piux_protocol::identifier::{Keyset, MatchKey};
use piux_protocol::vocabulary::Class;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// A telephone number or e-mail address of more persons than this is nobody's: an agency's,
/// a company's, a group's.
const MOST_SHARERS: usize = 50;
/// Rows that are remembered of one person's contact: the latest.
const MOST_ROWS: usize = 500;

/// Puts records into the index.
///
/// A caller holds [`Store::joining`](crate::store::Store::joining) from its first call until
/// the batch is committed, or two records of one person become two persons.
#[derive(Debug)]
pub(super) struct Finder {
    ground: Arc<Ground>,
    storage: Vec<(Class, StorageKey)>,
    /// The keysets of which the index has rows, once it was asked: partners still ask by them.
    keysets: RwLock<Option<BTreeSet<Keyset>>>,
    conflicts: AtomicU64,
    unread: AtomicU64,
    crowded: AtomicU64,
}

/// What was noticed while records were made findable, since the node was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noticed {
    /// Persons a document or name speaks for and the rest against: the records were kept apart.
    pub conflicts: u64,
    /// Contacts that could not be read without a guess: not indexed.
    pub unread_contacts: u64,
    /// Contacts that too many persons share: not indexed.
    pub crowded_contacts: u64,
}

impl Noticed {
    /// What came since an earlier look.
    pub(super) const fn since(self, earlier: Self) -> Self {
        Self {
            conflicts: self.conflicts.saturating_sub(earlier.conflicts),
            unread_contacts: self.unread_contacts.saturating_sub(earlier.unread_contacts),
            crowded_contacts: self.crowded_contacts.saturating_sub(earlier.crowded_contacts),
        }
    }

    /// Adds what another report noticed.
    pub(super) const fn add(&mut self, more: Self) {
        self.conflicts += more.conflicts;
        self.unread_contacts += more.unread_contacts;
        self.crowded_contacts += more.crowded_contacts;
    }
}

impl Loader {
    /// What was noticed while records were made findable.
    pub fn noticed(&self) -> Noticed {
        self.finder.noticed()
    }
}

impl Finder {
    /// A finder that indexes under the unit's storage keys.
    pub(super) fn new(ground: Arc<Ground>) -> Result<Self, KeyError> {
        let seed = ground.keys.seed(KeyName::Storage)?;
        let storage = Class::ALL
            .iter()
            .map(|class| (*class, StorageKey::derive(seed.expose(), *class)))
            .collect();
        Ok(Self {
            ground,
            storage,
            keysets: RwLock::new(None),
            conflicts: AtomicU64::new(0),
            unread: AtomicU64::new(0),
            crowded: AtomicU64::new(0),
        })
    }

    /// Makes a record findable by what is known of the traveller now; what it was found by
    /// before no longer counts. Returns how many match keys it has.
    pub(super) fn put(
        &self,
        batch: &mut Batch<'_>,
        record: RecordId,
        booking: &Booking,
        traveller: &Traveller,
        facts: RecordFacts,
    ) -> Result<u64, LoadError> {
        let earlier = Trace::read(batch, record)?;
        if let Some(earlier) = &earlier {
            batch.remove_index(&earlier.rows);
            subjects::leave(batch, earlier)?;
        }
        let newest = keys::of(Keyset::CURRENT, booking, traveller);
        let exact = keys::of(subjects::JOINING, booking, traveller);
        let evidence = Evidence::of(&self.ground, (&exact, &newest), traveller, facts.received)?;
        let placed = subjects::place(&self.ground, batch, record, &evidence, earlier.as_ref(), facts.received)?;
        self.notice(booking, traveller, placed.conflicts);
        let mut trace = placed.trace(record, day_of(facts.received), evidence);
        trace.rows = self.index(batch, Keyset::CURRENT, &newest, (&trace, facts))?;
        for keyset in self.older_keysets()? {
            let keys = keys::of(keyset, booking, traveller);
            trace.rows.extend(self.index(batch, keyset, &keys, (&trace, facts))?);
        }
        self.settle(batch, &trace, earlier.as_ref(), facts)?;
        Ok(newest.len() as u64)
    }

    /// What was noticed so far.
    pub(super) fn noticed(&self) -> Noticed {
        Noticed {
            conflicts: self.conflicts.load(Ordering::Relaxed),
            unread_contacts: self.unread.load(Ordering::Relaxed),
            crowded_contacts: self.crowded.load(Ordering::Relaxed),
        }
    }

    fn notice(&self, booking: &Booking, traveller: &Traveller, conflicts: u64) {
        let unread = keys::phones(booking, traveller).unread + keys::emails(booking, traveller).unread;
        self.unread.fetch_add(unread, Ordering::Relaxed);
        self.conflicts.fetch_add(conflicts, Ordering::Relaxed);
    }

    /// Writes down whose the record is; what it no longer ties together falls apart.
    fn settle(
        &self,
        batch: &mut Batch<'_>,
        trace: &Trace,
        earlier: Option<&Trace>,
        facts: RecordFacts,
    ) -> Result<(), LoadError> {
        trace.write(batch)?;
        batch.put_member(trace.subject, trace.record, trace.day)?;
        for join in &trace.joins {
            // A key that is somebody else's stays theirs: a conflict, or set apart.
            if batch.owner(join.key)?.is_none_or(|owner| owner == trace.subject) {
                batch.put_owner(join.key, trace.subject, trace.day)?;
            }
        }
        let lost = |earlier: &&Trace| earlier.joins.iter().any(|join| !trace.joins.contains(join));
        if let Some(earlier) = earlier.filter(lost) {
            subjects::regroup(&self.ground, batch, earlier.subject, facts.received)?;
        }
        Ok(())
    }

    /// The keysets, besides the newest, that records are indexed under.
    fn older_keysets(&self) -> Result<Vec<Keyset>, LoadError> {
        let held = self.keysets.read().unwrap_or_else(PoisonError::into_inner).clone();
        let held = match held {
            Some(held) => held,
            None => self.look_for_keysets()?,
        };
        Ok(held.into_iter().filter(|keyset| *keyset != Keyset::CURRENT).collect())
    }

    fn look_for_keysets(&self) -> Result<BTreeSet<Keyset>, LoadError> {
        let held = self.ground.store.keysets()?;
        *self.keysets.write().unwrap_or_else(PoisonError::into_inner) = Some(held.clone());
        Ok(held)
    }

    /// Puts the rows of one keyset and names them.
    fn index(
        &self,
        batch: &mut Batch<'_>,
        keyset: Keyset,
        keys: &Keys,
        (trace, facts): (&Trace, RecordFacts),
    ) -> Result<Vec<RowKey>, LoadError> {
        let keys = self.without_crowds(batch, keys, trace.subject)?;
        let element = |(key, class): &(&MatchKey, Class)| {
            let storage = self.storage.iter().find(|(of, _)| of == class);
            storage.map(|(_, storage)| storage.store(&key.input()))
        };
        // The group operation is what indexing costs.
        let classed: Vec<_> = keys.iter().filter_map(|(key, _)| Some((*key, key.class()?))).collect();
        let elements: Vec<Option<StoredElement>> = classed.par_iter().map(element).collect();
        let mut rows = Vec::new();
        for (((key, buckets), (_, class)), element) in keys.iter().zip(classed).zip(elements) {
            let Some(element) = element else { continue };
            let row = IndexRow {
                element: element.0,
                subject: trace.subject.0,
                record: trace.record.0,
                received: facts.received,
                kind: facts.kind,
                flags: facts.flags,
            };
            let entry = |bucket: &crate::store::BucketRef| IndexEntry {
                keyset,
                class,
                bucket: *bucket,
                day: day_of(facts.received),
                row: row.clone(),
            };
            let entries: Vec<IndexEntry> = buckets.iter().map(entry).collect();
            let names = batch.put_index(&entries)?;
            if is_shared_by_many(class) {
                self.share(batch, key, trace, &names)?;
            }
            rows.extend(names);
        }
        Ok(rows)
    }

    /// The keys that still tell persons apart. The rows of a contact go when one person too
    /// many comes to have it.
    fn without_crowds<'k>(
        &self,
        batch: &mut Batch<'_>,
        keys: &'k Keys,
        subject: SubjectId,
    ) -> Result<Vec<(&'k MatchKey, &'k BTreeSet<crate::store::BucketRef>)>, LoadError> {
        let mut kept = Vec::new();
        for (key, buckets) in keys {
            if key.class().is_some_and(is_shared_by_many) && self.is_crowd(batch, key, subject)? {
                self.crowded.fetch_add(1, Ordering::Relaxed);
            } else {
                kept.push((key, buckets));
            }
        }
        Ok(kept)
    }

    fn is_crowd(&self, batch: &mut Batch<'_>, key: &MatchKey, subject: SubjectId) -> Result<bool, LoadError> {
        let key = self.ground.store.join_key(&key.input())?;
        let Sharers::Few(persons) = batch.sharers(key)? else {
            return Ok(true);
        };
        if persons.len() < MOST_SHARERS || persons.contains_key(&subject) {
            return Ok(false);
        }
        for rows in persons.values() {
            batch.remove_index(rows);
        }
        batch.put_sharers(key, &Sharers::Crowd, day_of(self.ground.clock.now()))?;
        Ok(true)
    }

    fn share(&self, batch: &mut Batch<'_>, key: &MatchKey, trace: &Trace, names: &[RowKey]) -> Result<(), LoadError> {
        let key = self.ground.store.join_key(&key.input())?;
        if let Sharers::Few(mut persons) = batch.sharers(key)? {
            let rows = persons.entry(trace.subject).or_default();
            rows.extend(names);
            rows.drain(..rows.len().saturating_sub(MOST_ROWS));
            batch.put_sharers(key, &Sharers::Few(persons), trace.day)?;
        }
        Ok(())
    }
}

/// Contacts may be an agency's although the message says a passenger's.
fn is_shared_by_many(class: Class) -> bool {
    matches!(class, Class::Phone | Class::Email)
}

#[cfg(test)]
mod tests;
