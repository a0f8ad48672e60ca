//! The index as a question sees it: buckets re-keyed for one epoch, purpose and class.
//!
//! A bucket is re-keyed when first touched, on all cores, and kept within a memory
//! budget. After an ingest only new elements are re-keyed, so new records are
//! found by the next question. No identifier is ever touched here.

use crate::answer::eligibility::Eligibility;
use crate::epochs::Epoch;
use crate::records::RecordFacts;
use crate::store::{BucketRef, IndexRow, Store, StoreError};
use moka::sync::Cache;
use piux_protocol::blind::{
    Bucket, Context, ElementError, LiveRow, Rekey, RowSecret, StorageKey, StoredElement, Undated,
};
use piux_protocol::identifier::Keyset;
use piux_protocol::vocabulary::{AgreementId, Class, Purpose, Quarter, Window};
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use zeroize::Zeroizing;

/// Memory for re-keyed rows, in rows of about 100 bytes.
const BUDGET_ROWS: u64 = 4_000_000;
/// Rows one core re-keys at a time.
const CHUNK: usize = 256;

/// The index cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LiveError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored element is not a group element: the index is damaged.
    #[error("the index holds what is no group element; rebuild the store")]
    Element(#[from] ElementError),
}

/// Re-keyed buckets.
pub struct LiveIndex {
    store: Arc<Store>,
    storage_seed: Zeroizing<[u8; 32]>,
    changes: AtomicU64,
    buckets: Cache<Place, Arc<Rekeyed>>,
}

/// Where a re-keyed bucket belongs: never two partners, purposes or epochs in one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    agreement: AgreementId,
    epoch: u32,
    purpose: Purpose,
    keyset: Keyset,
    class: Class,
    bucket: BucketRef,
    quarter: Quarter,
}

/// The rows of one finest bucket in one quarter, sorted by secret and subject.
struct Rekeyed {
    change: u64,
    rows: Vec<HeldRow>,
    secrets: HashMap<StoredElement, RowSecret>,
}

/// One index row under the key of one epoch, purpose and class.
#[derive(Clone)]
pub(crate) struct HeldRow {
    pub(crate) secret: RowSecret,
    pub(crate) subject: [u8; 16],
    pub(crate) record: [u8; 16],
    pub(crate) facts: RecordFacts,
}

/// What a question searches of one class.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// The epoch whose keys the rows are under.
    pub epoch: &'a Epoch,
    /// What the question serves.
    pub purpose: Purpose,
    /// The derivation of its match keys.
    pub keyset: Keyset,
    /// The kind of match key.
    pub class: Class,
    /// Where it looks.
    pub bucket: Bucket,
    /// Which quarters of receipt it looks at.
    pub window: Window,
}

impl LiveIndex {
    /// The live index of a store, under the storage keys of this seed.
    pub fn new(store: Arc<Store>, storage_seed: Zeroizing<[u8; 32]>) -> Self {
        let weight = |_: &Place, rekeyed: &Arc<Rekeyed>| u32::try_from(rekeyed.rows.len() + 8).unwrap_or(u32::MAX);
        let buckets = Cache::builder().max_capacity(BUDGET_ROWS).weigher(weight).build();
        Self {
            store,
            storage_seed,
            changes: AtomicU64::new(0),
            buckets,
        }
    }

    /// Says that rows were added or removed: the next question reads the index anew.
    pub fn changed(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// Every row of the searched buckets, sorted by secret and subject.
    pub(crate) fn rows(&self, search: &Search<'_>) -> Result<Vec<HeldRow>, LiveError> {
        let mut pieces = Vec::new();
        for bucket in finest(search.bucket, search.epoch.descriptor.undated) {
            for quarter in quarters(search) {
                pieces.push(self.bucket(search, bucket, quarter)?);
            }
        }
        let mut rows: Vec<HeldRow> = pieces.iter().flat_map(|piece| piece.rows.iter().cloned()).collect();
        if pieces.len() > 1 {
            rows.sort_unstable_by(order);
        }
        Ok(rows)
    }

    /// One row for each key and subject, with the gate of its eligible records.
    pub fn live_rows(&self, search: &Search<'_>, eligibility: &Eligibility) -> Result<Vec<LiveRow>, LiveError> {
        let rows = self.rows(search)?;
        let same = |a: &HeldRow, b: &HeldRow| a.subject == b.subject && a.secret.expose() == b.secret.expose();
        let live = |group: &[HeldRow]| {
            let first = group.first()?;
            let eligible = group.iter().filter_map(|row| eligibility.gate(row.facts)).min();
            Some(LiveRow {
                s: first.secret.clone(),
                subject: first.subject,
                eligible,
            })
        };
        Ok(rows.chunk_by(same).filter_map(live).collect())
    }

    fn bucket(&self, search: &Search<'_>, bucket: BucketRef, quarter: Quarter) -> Result<Arc<Rekeyed>, LiveError> {
        let place = Place {
            agreement: search.epoch.descriptor.agreement.clone(),
            epoch: search.epoch.descriptor.epoch,
            purpose: search.purpose,
            keyset: search.keyset,
            class: search.class,
            bucket,
            quarter,
        };
        let change = self.changes.load(Ordering::SeqCst);
        let known = self.buckets.get(&place);
        if let Some(fresh) = known.as_ref().filter(|known| known.change == change) {
            return Ok(fresh.clone());
        }
        let held = self
            .store
            .scan_bucket(search.keyset, search.class, bucket, Window::Quarters(quarter, quarter))?;
        let rekeyed = Arc::new(self.rekey(search, &held, known.as_deref(), change)?);
        self.buckets.insert(place, rekeyed.clone());
        Ok(rekeyed)
    }

    fn rekey(
        &self,
        search: &Search<'_>,
        held: &[IndexRow],
        known: Option<&Rekeyed>,
        change: u64,
    ) -> Result<Rekeyed, LiveError> {
        let mut secrets = known.map(|known| known.secrets.clone()).unwrap_or_default();
        let mut new: Vec<StoredElement> = held.iter().map(|row| StoredElement(row.element)).collect();
        new.sort_unstable();
        new.dedup();
        new.retain(|element| !secrets.contains_key(element));
        secrets.extend(new.iter().copied().zip(self.row_secrets(search, &new)?));
        let of_row = |row: &IndexRow| {
            let secret = secrets.get(&StoredElement(row.element))?.clone();
            let facts = RecordFacts {
                received: row.received,
                kind: row.kind,
                flags: row.flags,
            };
            Some(HeldRow {
                secret,
                subject: row.subject,
                record: row.record,
                facts,
            })
        };
        let mut rows: Vec<HeldRow> = held.iter().filter_map(of_row).collect();
        rows.sort_unstable_by(order);
        Ok(Rekeyed { change, rows, secrets })
    }

    /// Re-keys elements at the speed of the group operation, on all cores.
    fn row_secrets(&self, search: &Search<'_>, elements: &[StoredElement]) -> Result<Vec<RowSecret>, ElementError> {
        if elements.is_empty() {
            return Ok(Vec::new());
        }
        let key = search.epoch.seed.key(search.purpose, search.class);
        let context = Context::new(
            &search.epoch.descriptor.agreement,
            search.epoch.descriptor.epoch,
            search.purpose,
            search.class,
            &key.public_key(),
        );
        let rekey = Rekey::new(&key, &StorageKey::derive(&self.storage_seed, search.class));
        let chunks: Result<Vec<_>, _> = elements
            .par_chunks(CHUNK)
            .map(|chunk| rekey.row_secrets(&context, chunk))
            .collect();
        Ok(chunks?.into_iter().flatten().collect())
    }
}

fn order(a: &HeldRow, b: &HeldRow) -> std::cmp::Ordering {
    a.secret
        .expose()
        .cmp(b.secret.expose())
        .then_with(|| a.subject.cmp(&b.subject))
}

/// The quarters of the window for which the descriptor publishes rows.
fn quarters(search: &Search<'_>) -> Vec<Quarter> {
    let slots = search
        .epoch
        .descriptor
        .slots
        .iter()
        .filter(|slot| slot.class == search.class);
    slots
        .map(|slot| slot.quarter)
        .filter(|quarter| search.window.contains(*quarter))
        .collect()
}

/// The finest buckets, of eight bits, that a bucket holds; with those of no birth date if published so.
fn finest(bucket: Bucket, undated: Undated) -> Vec<BucketRef> {
    let (bits, number) = (bucket.bits().min(8), bucket.number());
    let held = |finest: &u8| match bucket {
        Bucket::S { .. } => u16::from(crate::epochs::low_bits(*finest, bits)) == number,
        Bucket::I { .. } => u16::from(crate::epochs::top_bits(*finest, bits)) == number,
    };
    let refer = |finest: u8| match bucket {
        Bucket::S { .. } => BucketRef::S(finest),
        Bucket::I { .. } => BucketRef::I(finest),
    };
    let dated = (0..=u8::MAX).filter(held).map(refer);
    let everywhere = matches!((bucket, undated), (Bucket::S { .. }, Undated::All));
    dated.chain(everywhere.then_some(BucketRef::Undated)).collect()
}

impl std::fmt::Debug for LiveIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LiveIndex(..)")
    }
}

impl std::fmt::Debug for HeldRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HeldRow(..)")
    }
}
