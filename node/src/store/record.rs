//! Records: two sealed halves, each under a key of its own.
//!
//! The key of a half is HKDF-SHA-256(day key, `"piux/1/record\0" || record id`), from
//! the day's `identity` or `rest` key. So the independent authority, which holds the
//! day's `identity` key after the mask boundary, can hand out the key of one record
//! and of no other (Directive (EU) 2016/681 Art. 12(3)).

use super::cell::{Table, day_of_value, opened, place};
use super::engine::Change;
use super::name::random_name;
use super::{Batch, Store, StoreError};
use crate::keys::{DayPart, SealingKey, Seed};
use piux_protocol::vocabulary::UnitId;
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

random_name! {
    /// Names a record within this unit.
    RecordId
}

/// A record as far as its keys still exist.
pub struct StoredRecord {
    /// The day of receipt.
    pub day: u32,
    /// The identifying elements; nothing when their key was destroyed (masked).
    pub identity: Option<Zeroizing<Vec<u8>>>,
    /// The other elements; nothing when their key was destroyed (expired).
    pub rest: Option<Zeroizing<Vec<u8>>>,
}

impl fmt::Debug for StoredRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredRecord(day {}, ..)", self.day)
    }
}

impl Batch<'_> {
    /// Keeps a record received on `day`; a record of this name is replaced, its day included.
    pub fn put_record(
        &mut self,
        id: RecordId,
        day: u32,
        identity_half: &[u8],
        rest_half: &[u8],
    ) -> Result<(), StoreError> {
        if self.place_of(id)?.is_some_and(|held| held != day) {
            self.delete_record(id)?;
        }
        let keys = self.store.keys.day_keys(day)?;
        for (table, part, half) in [
            (Table::Identity, DayPart::Identity, identity_half),
            (Table::Rest, DayPart::Rest, rest_half),
        ] {
            let sealing = record_key(keys.require(part)?, id);
            let key = half_key(table, day, id);
            let value = sealing.seal(&*self.store.random, &place(self.store.unit(), &key), half);
            self.push(Some(day), key, Some(value));
        }
        self.push(Some(day), place_key(id), Some(day.to_be_bytes().to_vec()));
        Ok(())
    }

    /// Deletes a record and returns whether there was one; its index rows are the caller's to remove.
    pub fn delete_record(&mut self, id: RecordId) -> Result<bool, StoreError> {
        let Some(day) = self.place_of(id)? else {
            return Ok(false);
        };
        deletion(day, id).for_each(|change| self.add(change));
        Ok(true)
    }

    fn place_of(&self, id: RecordId) -> Result<Option<u32>, StoreError> {
        let value = self.get(&place_key(id))?;
        value.map(|value| day_of_value(&value).map(|(day, _)| day)).transpose()
    }
}

impl Store {
    /// Keeps one record (see [`Batch::put_record`]), durably.
    pub fn put_record(&self, id: RecordId, day: u32, identity_half: &[u8], rest_half: &[u8]) -> Result<(), StoreError> {
        let mut batch = self.batch();
        batch.put_record(id, day, identity_half, rest_half)?;
        batch.commit()
    }

    /// The record of this name, as far as its keys still exist.
    pub fn get_record(&self, id: RecordId) -> Result<Option<StoredRecord>, StoreError> {
        let Some(day) = self.batch().place_of(id)? else {
            return Ok(None);
        };
        Ok(Some(StoredRecord {
            day,
            identity: self.half(Table::Identity, DayPart::Identity, day, id)?,
            rest: self.half(Table::Rest, DayPart::Rest, day, id)?,
        }))
    }

    /// Deletes one record, durably; returns whether there was one.
    pub fn delete_record(&self, id: RecordId) -> Result<bool, StoreError> {
        let mut batch = self.batch();
        let held = batch.delete_record(id)?;
        batch.commit()?;
        Ok(held)
    }

    /// The records received on a day.
    pub fn records_of_day(&self, day: u32) -> Result<Vec<RecordId>, StoreError> {
        let keys = self.engine.keys(&Table::Rest.key(&[&day.to_be_bytes()]))?;
        Ok(keys
            .iter()
            .filter_map(|key| key.last_chunk().copied().map(RecordId))
            .collect())
    }

    /// How many records each day of receipt has.
    pub fn record_days(&self) -> Result<BTreeMap<u32, u64>, StoreError> {
        let mut days = BTreeMap::new();
        for key in self.engine.keys(&Table::Rest.key(&[]))? {
            let day = key
                .get(1..5)
                .and_then(|day| day.try_into().ok())
                .map(u32::from_be_bytes);
            *days.entry(day.unwrap_or(0)).or_default() += 1;
        }
        Ok(days)
    }

    /// A half is absent once its day was expired, or when its key was destroyed.
    fn half(
        &self,
        table: Table,
        part: DayPart,
        day: u32,
        id: RecordId,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let Some(seed) = self.day_key(day, part) else {
            return Ok(None);
        };
        let key = half_key(table, day, id);
        let Some(value) = self.engine.get(&key)? else {
            return Ok(None);
        };
        opened(record_key(&seed, id).open(&place(self.unit(), &key), &value)).map(Some)
    }
}

/// The changes that delete everything of one record.
pub(super) fn deletion(day: u32, id: RecordId) -> impl Iterator<Item = Change> {
    let keys = [
        half_key(Table::Identity, day, id),
        half_key(Table::Rest, day, id),
        place_key(id),
    ];
    keys.into_iter().map(move |key| Change {
        day: Some(day),
        key,
        value: None,
    })
}

fn record_key(day_key: &Seed, id: RecordId) -> SealingKey {
    SealingKey::derive(day_key.expose(), &[b"piux/1/record\0", &id.0])
}

fn half_key(table: Table, day: u32, id: RecordId) -> Vec<u8> {
    table.key(&[&day.to_be_bytes(), &id.0])
}

/// Where a record is: its day, which is no more than its index rows tell anyway.
fn place_key(id: RecordId) -> Vec<u8> {
    Table::Place.key(&[&id.0])
}

/// The unit is part of every sealed value's place.
impl Store {
    pub(super) fn unit(&self) -> UnitId {
        self.keys.unit()
    }
}
