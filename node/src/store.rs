//! The store: passenger records, their index, and the unit's work state.
//!
//! It holds sealed values only; the keys are in the [keyring](crate::keys). What is
//! acknowledged has been synced to the disk. Records, index rows and the map to
//! subjects are also in the segment log `DIR/records`, from which the database can be
//! made anew; evidence (the ledger) and keys never come here.

mod cell;
mod crowd;
mod dated;
mod document;
mod engine;
mod error;
mod index;
mod lock;
mod memo;
mod name;
mod person;
mod rebuild;
mod record;
mod segment;
mod sketch;
mod subject;
mod writer;

pub use crowd::Sharers;
pub use dated::Dated;
pub use document::{Document, DocumentTable, Update};
pub use engine::EngineKind;
pub use error::StoreError;
pub use index::{BucketRef, IndexEntry, IndexRow, RowKey, quarter_of};
pub use lock::FolderLock;
pub use rebuild::RebuildReport;
pub use record::{RecordId, StoredRecord};
pub use subject::{JoinKey, SubjectId};

use crate::keys::{DayPart, KeyRing, Seed};
use engine::{Change, Engine};
use piux_protocol::vocabulary::Random;
use segment::SegmentLog;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use writer::Writer;

/// The opened store of one unit; shared by all parts of the node.
pub struct Store {
    // Fields are dropped in this order: the writer ends, the database is closed, the
    // folder is given back.
    writer: Writer,
    engine: Engine,
    keys: Arc<KeyRing>,
    random: Arc<dyn Random>,
    /// Held from reading a sketch until it is written back.
    sketches: Mutex<()>,
    /// Held from looking for a record's person until that is written (see [`Store::joining`]).
    joins: Mutex<()>,
    /// One document is updated by one caller at a time.
    lanes: [Mutex<()>; 64],
    lock: FolderLock,
}

/// Changes that become durable together or not at all.
///
/// A batch reads what it has written itself before what the store holds. Dropped
/// without [`Batch::commit`], nothing has happened, except that days met for the
/// first time have their keys.
pub struct Batch<'a> {
    store: &'a Store,
    /// By key: of several changes of one value the last counts.
    changes: BTreeMap<Vec<u8>, Change>,
    sightings: Vec<(u32, [u8; 16])>,
}

impl Store {
    /// Opens the store of the folder that `lock` holds; an empty one is made if there is none.
    ///
    /// A damaged database or segment log is reported and left exactly as it is.
    pub fn open(lock: FolderLock, keys: Arc<KeyRing>, random: Arc<dyn Random>) -> Result<Self, StoreError> {
        let (engine, mut writer) = Engine::open(lock.dir(), EngineKind::of(lock.dir()))?;
        let last = rebuild::catch_up(lock.dir(), &engine, &mut writer)?;
        let log = SegmentLog::open(lock.dir(), last)?;
        Ok(Self {
            writer: Writer::start(writer, log)?,
            engine,
            keys,
            random,
            sketches: Mutex::new(()),
            joins: Mutex::new(()),
            lanes: std::array::from_fn(|_| Mutex::new(())),
            lock,
        })
    }

    /// Makes the database anew from the segment log and opens it; the old one is set aside.
    ///
    /// Its rows are then kept by `engine`, or by the one there was. Days whose keys were
    /// destroyed stay forgotten; documents are not in the log and are gone.
    pub fn rebuild_from_segments(
        lock: FolderLock,
        keys: Arc<KeyRing>,
        random: Arc<dyn Random>,
        engine: Option<EngineKind>,
    ) -> Result<(Self, RebuildReport), StoreError> {
        let report = rebuild::rebuild(lock.dir(), &keys, engine)?;
        Ok((Self::open(lock, keys, random)?, report))
    }

    /// The unit's folder.
    pub fn dir(&self) -> &std::path::Path {
        self.lock.dir()
    }

    /// Starts a batch of changes.
    pub fn batch(&self) -> Batch<'_> {
        Batch {
            store: self,
            changes: BTreeMap::new(),
            sightings: Vec::new(),
        }
    }

    /// Whoever joins records into persons, or takes them apart, works alone: the guard is
    /// taken before the first look and kept until the batch is committed.
    pub fn joining(&self) -> MutexGuard<'_, ()> {
        self.joins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Deletes the index rows, persons, memos and counts of a day; returns how many index rows.
    ///
    /// The erasure itself is the destruction of the day's `index` key; this tidies up.
    pub fn delete_day(&self, day: u32) -> Result<usize, StoreError> {
        let mut batch = self.batch();
        let rows = self.rows_of_day(day)?;
        let count = rows.len();
        let persons = self.dated_of_day(day)?;
        for key in rows.into_iter().chain(persons).chain([subject::sketch_key(day)]) {
            batch.push(Some(day), key, None);
        }
        batch.commit()?;
        Ok(count)
    }

    /// Deletes the records of a day; returns how many. The erasure is the destruction of its keys.
    pub fn delete_records_of_day(&self, day: u32) -> Result<usize, StoreError> {
        let mut batch = self.batch();
        let records = self.records_of_day(day)?;
        for id in &records {
            record::deletion(day, *id).for_each(|change| batch.add(change));
        }
        batch.commit()?;
        Ok(records.len())
    }

    /// Deletes the oldest files of the segment log that no key opens any more; returns how many.
    pub fn prune_segments(&self) -> Result<usize, StoreError> {
        segment::prune(self.lock.dir(), |day| rebuild::is_forgotten(&self.keys, Some(day)))
    }

    fn day_key(&self, day: u32, part: DayPart) -> Option<Seed> {
        self.keys.known_day(day)?.key(part).cloned()
    }
}

impl Batch<'_> {
    /// Makes the changes durable, all or none.
    pub fn commit(mut self) -> Result<(), StoreError> {
        if self.sightings.is_empty() {
            return self.store.writer.commit(self.changes.into_values().collect());
        }
        let _alone = self.store.sketches.lock().unwrap_or_else(PoisonError::into_inner);
        for change in self.store.sketch_changes(&self.sightings)? {
            self.add(change);
        }
        self.store.writer.commit(self.changes.into_values().collect())
    }

    fn push(&mut self, day: Option<u32>, key: Vec<u8>, value: Option<Vec<u8>>) {
        self.add(Change { day, key, value });
    }

    fn add(&mut self, change: Change) {
        self.changes.insert(change.key.clone(), change);
    }

    /// A value as it will be after the batch.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.changes.get(key) {
            Some(change) => Ok(change.value.clone()),
            None => self.store.engine.get(key),
        }
    }

    /// The keys that start with `prefix`, as they will be after the batch.
    fn keys(&self, prefix: &[u8]) -> Result<BTreeSet<Vec<u8>>, StoreError> {
        let mut keys: BTreeSet<Vec<u8>> = self.store.engine.keys(prefix)?.into_iter().collect();
        let pending = self.changes.range(prefix.to_vec()..);
        for (key, change) in pending.take_while(|(key, _)| key.starts_with(prefix)) {
            match change.value {
                Some(_) => keys.insert(key.clone()),
                None => keys.remove(key),
            };
        }
        Ok(keys)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({:?}, ..)", self.keys.unit())
    }
}

impl fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Batch({} changes)", self.changes.len())
    }
}
