//! Sealing: each value is bound to its table, its key, its form and its unit.

use super::StoreError;
use super::engine::damaged;
use crate::keys::{SealingKey, Seed};
use piux_protocol::vocabulary::{Random, UnitId, length_prefixed};
use std::collections::HashMap;
use zeroize::Zeroizing;

/// What a key of the database starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Table {
    Identity = 1,
    Rest = 2,
    Place = 3,
    Index = 4,
    Sketch = 5,
    Subject = 6,
    Document = 7,
    Trace = 8,
    Member = 9,
    Apart = 10,
    Sharers = 11,
    Memo = 16,
}

impl Table {
    pub(super) fn key(self, parts: &[&[u8]]) -> Vec<u8> {
        let mut key = vec![self as u8];
        for part in parts {
            key.extend_from_slice(part);
        }
        key
    }
}

/// Associated data of a value: `"piux/1/cell\0" || form 1 || LP(unit) || LP(key)`.
///
/// The key starts with its table. A sealed value copied to another place, table or
/// unit does not open there.
pub(super) fn place(unit: UnitId, key: &[u8]) -> Vec<u8> {
    let unit = length_prefixed(unit.state());
    [b"piux/1/cell\0\x01".as_slice(), &unit, &length_prefixed(key)].concat()
}

/// `u32 day || sealed value`, for tables whose key does not tell the day.
pub(super) fn seal_dated(
    sealing: &SealingKey,
    random: &dyn Random,
    unit: UnitId,
    (day, key): (u32, &[u8]),
    content: &[u8],
) -> Vec<u8> {
    let sealed = sealing.seal(random, &dated_place(unit, day, key), content);
    [day.to_be_bytes().as_slice(), &sealed].concat()
}

/// The day of a dated value.
pub(super) fn day_of_value(value: &[u8]) -> Result<(u32, &[u8]), StoreError> {
    let (day, sealed) = value.split_first_chunk().ok_or(damaged("a value is cut short"))?;
    Ok((u32::from_be_bytes(*day), sealed))
}

/// Opens the sealed part of a dated value.
pub(super) fn open_dated(
    sealing: &SealingKey,
    unit: UnitId,
    (day, key): (u32, &[u8]),
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    opened(sealing.open(&dated_place(unit, day, key), sealed))
}

/// A key that exists and does not open its value means that the value is another one.
pub(super) fn opened<T>(content: Option<T>) -> Result<T, StoreError> {
    content.ok_or(damaged("a sealed value does not open"))
}

fn dated_place(unit: UnitId, day: u32, key: &[u8]) -> Vec<u8> {
    [place(unit, key).as_slice(), &day.to_be_bytes()].concat()
}

/// The sealing keys of the days met in one walk; nothing where a key was destroyed.
pub(super) struct DaySealing<F> {
    find: F,
    met: HashMap<u32, Option<SealingKey>>,
}

impl<F: Fn(u32) -> Option<Seed>> DaySealing<F> {
    pub(super) fn new(find: F) -> Self {
        Self {
            find,
            met: HashMap::new(),
        }
    }

    pub(super) fn get(&mut self, day: u32) -> Option<&SealingKey> {
        let find = &self.find;
        let met = self.met.entry(day);
        met.or_insert_with(|| find(day).map(|seed| SealingKey::new(seed.expose())))
            .as_ref()
    }
}
