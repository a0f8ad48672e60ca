//! Makes records findable: index rows under every match key, and the subject they belong to.

use super::{LoadError, keys, subjects};
use crate::ground::Ground;
use crate::ingest::{Booking, Traveller};
use crate::keys::{KeyError, KeyName, day_of};
use crate::records::RecordFacts;
use crate::store::{Batch, IndexEntry, IndexRow, RecordId, SubjectId};
use piux_protocol::blind::StorageKey;
use piux_protocol::identifier::MatchKey;
use piux_protocol::vocabulary::Class;
use std::sync::Arc;

/// Puts records into the index and takes them out again.
#[derive(Debug)]
pub(super) struct Finder {
    ground: Arc<Ground>,
    storage: Vec<(Class, StorageKey)>,
}

impl Finder {
    /// A finder that indexes under the unit's storage keys.
    pub(super) fn new(ground: Arc<Ground>) -> Result<Self, KeyError> {
        let seed = ground.keys.seed(KeyName::Storage)?;
        let storage = Class::ALL
            .iter()
            .map(|class| (*class, StorageKey::derive(seed.expose(), *class)))
            .collect();
        Ok(Self { ground, storage })
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
        self.remove(batch, record)?;
        let keys = keys::of(booking, traveller);
        let subject = subjects::find(&self.ground, &keys)?;
        batch.put_index(&self.entries(&keys, traveller, subject, record, facts))?;
        for key in keys.iter().filter(|key| subjects::joins(key)) {
            batch.put_subject(&key.input(), subject, day_of(facts.received))?;
        }
        Ok(keys.len() as u64)
    }

    /// Makes a record unfindable.
    pub(super) fn remove(&self, _batch: &mut Batch<'_>, _record: RecordId) -> Result<(), LoadError> {
        Ok(())
    }

    fn entries(
        &self,
        keys: &[MatchKey],
        traveller: &Traveller,
        subject: SubjectId,
        record: RecordId,
        facts: RecordFacts,
    ) -> Vec<IndexEntry> {
        let mut entries = Vec::new();
        for key in keys {
            let Some((class, storage)) = self.storage.iter().find(|(class, _)| Some(*class) == key.class()) else {
                continue;
            };
            let row = IndexRow {
                element: storage.store(&key.input()).0,
                subject: subject.0,
                record: record.0,
                received: facts.received,
                kind: facts.kind,
                flags: facts.flags,
            };
            let entry = |bucket| IndexEntry {
                class: *class,
                bucket,
                day: day_of(facts.received),
                row: row.clone(),
            };
            entries.extend(keys::buckets(key, traveller).into_iter().map(entry));
        }
        entries
    }
}
