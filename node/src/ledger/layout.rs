//! The ledger's folders, and how files are put in place so that a crash leaves the old or the new one.

use super::LedgerError;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Takes the ledger for this opener; held until the file is dropped.
pub(super) fn lock(dir: &Path) -> Result<File, LedgerError> {
    fs::create_dir_all(dir)?;
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(dir.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LedgerError::Locked),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

pub(super) fn wal_dir(dir: &Path) -> PathBuf {
    dir.join("wal")
}

/// The shard of an origin: its last part.
pub(super) fn shard_dir(dir: &Path, origin: &str) -> PathBuf {
    let name: String = origin
        .rsplit('/')
        .next()
        .unwrap_or(origin)
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .collect();
    dir.join("log").join(if name.is_empty() { "log" } else { &name })
}

/// The sealed key of an epoch such as `20261121-01`.
pub(super) fn epoch_key(dir: &Path, epoch: &str) -> PathBuf {
    dir.join("keyring").join(epoch).with_extension("json")
}

/// The sealed details of an epoch.
pub(super) fn epoch_details(dir: &Path, epoch: &str) -> PathBuf {
    let day = epoch.split('-').next().unwrap_or(epoch);
    dir.join("detail").join(day).join(epoch).with_extension("jsonl")
}

/// Whether `epoch` is a name of ours, and no path to elsewhere.
pub(super) fn is_epoch(epoch: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    epoch
        .split_once('-')
        .is_some_and(|(day, number)| day.len() == 8 && digits(day) && digits(number))
}

/// Puts a file in place at once; durable before it returns if `durable`.
pub(super) fn replace(path: &Path, bytes: &[u8], durable: bool) -> io::Result<()> {
    let parent = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(parent)?;
    let temporary = path.with_extension("tmp");
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    if durable {
        file.sync_all()?;
    }
    drop(file);
    fs::rename(&temporary, path)?;
    if durable { sync_dir(parent) } else { Ok(()) }
}

/// Makes the names in a folder durable.
pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
