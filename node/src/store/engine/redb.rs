//! Rows in redb: one file, one table, a copy-on-write B-tree.
//!
//! A commit is synced before it returns and records which pages are in use, so that a
//! database that was not closed opens as fast as one that was. Pages carry checksums; a
//! small database is checked whole when it is opened. The values are sealed to their keys
//! besides, so that a damaged page of a large one is noticed when it is used.

use super::{CACHE_BYTES, Change, READ_THROUGH_BYTES, Rows, Visit};
use crate::store::StoreError;
use redb::{Database, Error, ReadOnlyTable, ReadableDatabase, TableDefinition};
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const ROWS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("rows");

struct Redb(Database);

pub(super) fn file(dir: &Path) -> PathBuf {
    dir.join("db.redb")
}

pub(super) fn open(dir: &Path) -> Result<Arc<dyn Rows>, StoreError> {
    let file = file(dir);
    let small = fs::metadata(&file).map_or(true, |found| found.len() <= READ_THROUGH_BYTES);
    let database = caught(|| {
        let mut builder = Database::builder();
        builder.set_cache_size(CACHE_BYTES).set_check_integrity_on_open(small);
        let database = builder.create(&file)?;
        let transaction = database.begin_write()?;
        transaction.open_table(ROWS)?;
        transaction.commit()?;
        Ok(database)
    })?;
    Ok(Arc::new(Redb(database)))
}

impl Redb {
    fn table(&self) -> Result<ReadOnlyTable<&'static [u8], &'static [u8]>, Error> {
        Ok(self.0.begin_read()?.open_table(ROWS)?)
    }
}

impl Rows for Redb {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        caught(|| Ok(self.table()?.get(key)?.map(|value| value.value().to_vec())))
    }

    fn keys(&self, prefix: &[u8], most: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        caught(|| {
            let mut keys = Vec::new();
            for row in self.table()?.range(prefix..)?.take(most) {
                let key = row?.0.value().to_vec();
                if !key.starts_with(prefix) {
                    break;
                }
                keys.push(key);
            }
            Ok(keys)
        })
    }

    fn each(&self, range: RangeInclusive<&[u8]>, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        caught(|| {
            for row in self.table()?.range::<&[u8]>(range)? {
                let (key, value) = row?;
                if let Err(error) = visit(key.value(), value.value()) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        })?
    }

    fn commit(&self, changes: &[Change]) -> Result<(), StoreError> {
        caught(|| {
            let mut transaction = self.0.begin_write()?;
            transaction.set_quick_repair(true);
            let mut table = transaction.open_table(ROWS)?;
            for change in changes {
                match &change.value {
                    Some(value) => table.insert(change.key.as_slice(), value.as_slice())?,
                    None => table.remove(change.key.as_slice())?,
                };
            }
            drop(table);
            Ok(transaction.commit()?)
        })
    }
}

fn caught<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, StoreError> {
    super::caught(work, |error| match error {
        Error::Io(error) => Some(error),
        _ => None,
    })
}
