//! Values that are remembered until a day of receipt is forgotten.
//!
//! What is known of persons comes from records of several days. Such a value is sealed
//! under the `index` key of one of them, which it names: when that key is destroyed, the
//! value is noise.

use super::cell::{Table, day_of_value, open_dated, seal_dated};
use super::{Batch, Store, StoreError};
use crate::keys::{DayPart, SealingKey};
use zeroize::Zeroizing;

/// A value and the day until whose forgetting it is remembered.
pub type Dated = (u32, Zeroizing<Vec<u8>>);

/// The tables of such values.
const TABLES: [Table; 5] = [
    Table::Subject,
    Table::Trace,
    Table::Member,
    Table::Apart,
    Table::Sharers,
];

impl Batch<'_> {
    /// Keeps a value until the `index` key of `day` is destroyed.
    pub(super) fn put_dated(&mut self, key: Vec<u8>, day: u32, content: &[u8]) -> Result<(), StoreError> {
        let store = self.store;
        let keys = store.keys.day_keys(day)?;
        let sealing = SealingKey::new(keys.require(DayPart::Index)?.expose());
        let value = seal_dated(&sealing, &*store.random, store.unit(), (day, &key), content);
        self.push(Some(day), key, Some(value));
        Ok(())
    }

    /// A value and its day; none if its day is forgotten.
    pub(super) fn get_dated(&self, key: &[u8]) -> Result<Option<Dated>, StoreError> {
        let Some(value) = self.get(key)? else { return Ok(None) };
        let (day, sealed) = day_of_value(&value)?;
        let Some(seed) = self.store.day_key(day, DayPart::Index) else {
            return Ok(None);
        };
        let sealing = SealingKey::new(seed.expose());
        let content = open_dated(&sealing, self.store.unit(), (day, key), sealed)?;
        Ok(Some((day, content)))
    }

    /// Deletes a value; one that is not there is passed over.
    pub(super) fn remove_dated(&mut self, key: Vec<u8>) -> Result<(), StoreError> {
        if let Some(value) = self.get(&key)? {
            let (day, _) = day_of_value(&value)?;
            self.push(Some(day), key, None);
        }
        Ok(())
    }
}

impl Store {
    /// The keys of all such values of a day.
    pub(super) fn dated_of_day(&self, day: u32) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut found = Vec::new();
        for table in TABLES {
            self.engine
                .each(table.key(&[])..=table.key(&[&[0xff; 64]]), |key, value| {
                    if day_of_value(value)?.0 == day {
                        found.push(key.to_vec());
                    }
                    Ok(())
                })?;
        }
        Ok(found)
    }
}
