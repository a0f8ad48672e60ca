//! What loading remembers between messages: which booking a locator means, who is in it.
//!
//! A memo's key is HMAC-SHA-256(join key, name), its content sealed under the `index` key of
//! the day it was last written: past the mask boundary nobody can be told from it any more.
//! Memos are in the segment log.

use super::cell::{Table, day_of_value, open_dated, seal_dated};
use super::{Batch, Store, StoreError};
use crate::keys::{DayPart, KeyName, SealingKey, mac};
use zeroize::Zeroizing;

impl Batch<'_> {
    /// Remembers `content` under `name` until the index key of `day` is destroyed; an older memo is replaced.
    pub fn put_memo(&mut self, name: &[u8], day: u32, content: &[u8]) -> Result<(), StoreError> {
        let store = self.store;
        let keys = store.keys.day_keys(day)?;
        let sealing = SealingKey::new(keys.require(DayPart::Index)?.expose());
        let key = store.memo_key(name)?;
        let value = seal_dated(&sealing, &*store.random, store.unit(), (day, &key), content);
        self.push(Some(day), key, Some(value));
        Ok(())
    }
}

impl Store {
    /// What is remembered under `name`, unless nothing is or its day is forgotten.
    pub fn memo(&self, name: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let key = self.memo_key(name)?;
        let Some(value) = self.engine.get(&key)? else {
            return Ok(None);
        };
        let (day, sealed) = day_of_value(&value)?;
        let Some(seed) = self.day_key(day, DayPart::Index) else {
            return Ok(None);
        };
        open_dated(&SealingKey::new(seed.expose()), self.unit(), (day, &key), sealed).map(Some)
    }

    /// The keys of the memos last written on a day.
    pub(super) fn memos_of_day(&self, day: u32) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut found = Vec::new();
        let all = Table::Memo.key(&[])..=Table::Memo.key(&[&[0xff; 33]]);
        self.engine.each(all, |key, value| {
            if day_of_value(value)?.0 == day {
                found.push(key.to_vec());
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn memo_key(&self, name: &[u8]) -> Result<Vec<u8>, StoreError> {
        let join = self.keys.seed(KeyName::Join)?;
        Ok(Table::Memo.key(&[&mac(join.expose(), &[b"piux/1/memo\0", name])]))
    }
}
