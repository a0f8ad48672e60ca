//! Rows in sled 0.34.7, kept within the bounds its measurements demand.
//!
//! `flush` is followed by `fdatasync` of its file (without it acknowledged writes are lost
//! in a power cut), values stay far below the size at which sled puts them into files it
//! never syncs, and opening happens on a thread of its own whose panics and hangs are
//! reported as damage, with the [files as they were found](imprint). Everything lies in
//! one tree, so that one batch is one atomic change.

mod imprint;

use super::{CACHE_BYTES, Change, READ_THROUGH_BYTES, Rows, Visit, damaged};
use crate::store::StoreError;
use imprint::{Imprinter, Safeguard};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

/// A leaf of sled holds 16 values and must stay below 128 KiB (see above).
const PIECE: usize = 4000;
const OPEN_LIMIT: Duration = Duration::from_secs(120);
const PIECES: u8 = 255;

struct Sled {
    // The database is closed before its imprint is taken.
    db: sled::Db,
    file: File,
    _imprinter: Imprinter,
}

pub(super) fn folder(dir: &Path) -> PathBuf {
    dir.join("db")
}

pub(super) use imprint::forget;

/// Opens the database and whatever `join` builds on it; a damaged one is left as it was found.
pub(super) fn open<T>(dir: &Path, join: impl FnOnce(Arc<dyn Rows>) -> Result<T, StoreError>) -> Result<T, StoreError> {
    let safeguard = Safeguard::raise(dir)?;
    match open_secured(dir).and_then(join) {
        Ok(opened) => {
            safeguard.lower();
            Ok(opened)
        }
        Err(error) => {
            safeguard.restore();
            Err(error)
        }
    }
}

fn open_secured(dir: &Path) -> Result<Arc<dyn Rows>, StoreError> {
    let path = folder(dir);
    fs::create_dir_all(&path).map_err(StoreError::io("make the folder of the database"))?;
    let db = open_watched(&path)?;
    let file = File::open(path.join("db")).map_err(StoreError::io("open the database's file"))?;
    let folder = File::open(&path).and_then(|folder| folder.sync_all());
    folder.map_err(StoreError::io("sync the folder of the database"))?;
    Ok(Arc::new(Sled {
        db,
        file,
        _imprinter: Imprinter(dir.to_owned()),
    }))
}

impl Rows for Sled {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        // A value in pieces may be replaced while it is put together; then once more.
        for _ in 0..100 {
            let Some(head) = self.raw(key)? else { return Ok(None) };
            let (count, first) = split_head(&head)?;
            let mut value = first.to_vec();
            for number in 1..=count {
                value.extend_from_slice(&self.raw(&piece_key(key, number))?.unwrap_or_default());
            }
            if count == 0 || self.raw(key)?.as_ref() == Some(&head) {
                return Ok(Some(value));
            }
        }
        Err(damaged("a value does not hold still"))
    }

    fn keys(&self, prefix: &[u8], most: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        caught(|| {
            let keys = self.db.scan_prefix(prefix).keys().take(most);
            keys.map(|key| key.map(|key| key.to_vec())).collect::<Result<_, _>>()
        })
    }

    fn each(&self, range: RangeInclusive<&[u8]>, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        caught(|| {
            for entry in self.db.range::<&[u8], _>(range) {
                let (key, value) = entry?;
                if let Err(error) = split_head(&value).and_then(|(_, value)| visit(&key, value)) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        })?
    }

    fn commit(&self, changes: &[Change]) -> Result<(), StoreError> {
        let mut batch = sled::Batch::default();
        let mut pieces = HashMap::new();
        for change in changes {
            self.add(&mut batch, &mut pieces, change)?;
        }
        caught(|| {
            self.db.apply_batch(batch)?;
            self.db.flush()
        })?;
        // sled's own flush ends in sync_file_range, which a power cut does not respect.
        self.file.sync_data().map_err(StoreError::io("sync the database"))
    }
}

impl Sled {
    fn raw(&self, key: &[u8]) -> Result<Option<sled::IVec>, StoreError> {
        caught(|| self.db.get(key))
    }

    fn add(
        &self,
        batch: &mut sled::Batch,
        pieces: &mut HashMap<Vec<u8>, u16>,
        change: &Change,
    ) -> Result<(), StoreError> {
        let held = match pieces.get(&change.key) {
            Some(count) => *count,
            None => self.pieces_of(&change.key)?,
        };
        let count = match &change.value {
            Some(value) => put(batch, &change.key, value)?,
            None => {
                batch.remove(change.key.as_slice());
                0
            }
        };
        for number in count + 1..=held {
            batch.remove(piece_key(&change.key, number));
        }
        pieces.insert(change.key.clone(), count);
        Ok(())
    }

    fn pieces_of(&self, key: &[u8]) -> Result<u16, StoreError> {
        match self.raw(key)? {
            Some(head) => Ok(split_head(&head)?.0),
            None => Ok(0),
        }
    }
}

fn put(batch: &mut sled::Batch, key: &[u8], value: &[u8]) -> Result<u16, StoreError> {
    let (first, rest) = value.split_at(value.len().min(PIECE));
    let count = u16::try_from(rest.len().div_ceil(PIECE)).map_err(|_| StoreError::TooLong)?;
    batch.insert(key, [&count.to_be_bytes(), first].concat());
    for (number, piece) in (1..=count).zip(rest.chunks(PIECE)) {
        batch.insert(piece_key(key, number), piece);
    }
    Ok(count)
}

fn piece_key(key: &[u8], number: u16) -> Vec<u8> {
    [&[PIECES], key, &number.to_be_bytes()].concat()
}

fn split_head(value: &[u8]) -> Result<(u16, &[u8]), StoreError> {
    let (count, first) = value.split_first_chunk().ok_or(damaged("a value is cut short"))?;
    Ok((u16::from_be_bytes(*count), first))
}

/// Opens on a thread of its own: damage may make sled panic or never return.
fn open_watched(path: &Path) -> Result<sled::Db, StoreError> {
    let (done, outcome) = mpsc::channel();
    let path = path.to_owned();
    let opener = move || {
        let _ = done.send(caught(|| open_unlocked(&path)));
    };
    let named = thread::Builder::new().name("store-open".to_owned());
    named
        .spawn(opener)
        .map_err(StoreError::io("start the thread that opens the database"))?;
    match outcome.recv_timeout(OPEN_LIMIT) {
        Ok(result) => result,
        Err(_) => Err(damaged("it does not open in time")),
    }
}

/// sled gives its own file lock back a little after it is closed; `DIR/lock` is ours.
fn open_unlocked(path: &Path) -> sled::Result<sled::Db> {
    let config = sled::Config::new()
        .path(path)
        .flush_every_ms(None)
        .cache_capacity(CACHE_BYTES as u64);
    let mut attempts = 0;
    loop {
        match config.open() {
            Err(sled::Error::Io(error)) if attempts < 50 && is_locked(&error) => {
                attempts += 1;
                thread::sleep(Duration::from_millis(100));
            }
            Err(error) => return Err(error),
            Ok(db) => return read_through(db),
        }
    }
}

fn is_locked(error: &std::io::Error) -> bool {
    error.kind() == ErrorKind::WouldBlock || error.to_string().contains("lock")
}

fn read_through(db: sled::Db) -> sled::Result<sled::Db> {
    if db.size_on_disk()? <= READ_THROUGH_BYTES {
        db.iter().try_for_each(|entry| entry.map(drop))?;
    }
    Ok(db)
}

fn caught<T>(work: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
    super::caught(work, |error| match error {
        sled::Error::Io(error) => Some(error),
        _ => None,
    })
}
