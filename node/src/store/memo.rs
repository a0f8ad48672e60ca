//! What loading remembers between messages: which booking a locator means, who is in it.
//!
//! A memo's key is HMAC-SHA-256(join key, name), its content sealed under the `index` key of
//! the day it was last written: past the mask boundary nobody can be told from it any more.
//! Memos are in the segment log.

use super::cell::Table;
use super::{Batch, Store, StoreError};
use crate::keys::{KeyName, mac};
use zeroize::Zeroizing;

impl Batch<'_> {
    /// Remembers `content` under `name` until the index key of `day` is destroyed; an older memo is replaced.
    pub fn put_memo(&mut self, name: &[u8], day: u32, content: &[u8]) -> Result<(), StoreError> {
        let key = self.store.memo_key(name)?;
        self.put_dated(key, day, content)
    }
}

impl Store {
    /// What is remembered under `name`, unless nothing is or its day is forgotten.
    pub fn memo(&self, name: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let key = self.memo_key(name)?;
        Ok(self.batch().get_dated(&key)?.map(|(_, content)| content))
    }

    fn memo_key(&self, name: &[u8]) -> Result<Vec<u8>, StoreError> {
        let join = self.keys.seed(KeyName::Join)?;
        Ok(Table::Memo.key(&[&mac(join.expose(), &[b"piux/1/memo\0", name])]))
    }
}
