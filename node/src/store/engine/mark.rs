//! The commit mark: how far the database had come when it was last written.
//!
//! An engine takes a damaged latest commit for one that never ended and forgets it. The
//! mark, in a file of its own, tells the difference: a database that is behind its
//! mark has lost what was acknowledged.

use super::damaged;
use crate::store::StoreError;
use piux_protocol::vocabulary::sha256;
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;

const NAME: &str = "db.mark";

pub(super) struct CommitMark(File);

impl CommitMark {
    /// Opens the mark; a database behind it is damaged.
    pub(super) fn open(dir: &Path, commits: u64) -> Result<Self, StoreError> {
        let path = dir.join(NAME);
        if Self::told(dir) > commits {
            return Err(damaged("its latest writes are missing"));
        }
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(false);
        let mark = Self(options.open(path).map_err(StoreError::io("open the commit mark"))?);
        mark.set(commits)?;
        Ok(mark)
    }

    /// How far the database in `dir` had come, as far as is known.
    pub(super) fn told(dir: &Path) -> u64 {
        let bytes = fs::read(dir.join(NAME)).unwrap_or_default();
        read(&bytes).unwrap_or_default()
    }

    /// Not synced: after a power cut the mark may be older than the database, never newer.
    pub(super) fn set(&self, commits: u64) -> Result<(), StoreError> {
        let number = commits.to_be_bytes();
        let bytes = [number.as_slice(), &check(&number)].concat();
        self.0
            .write_all_at(&bytes, 0)
            .map_err(StoreError::io("write the commit mark"))
    }

    pub(super) fn remove(dir: &Path) {
        let _ = fs::remove_file(dir.join(NAME));
    }
}

fn read(bytes: &[u8]) -> Option<u64> {
    let (number, sum) = bytes.split_first_chunk::<8>()?;
    (sum == check(number)).then(|| u64::from_be_bytes(*number))
}

fn check(number: &[u8; 8]) -> [u8; 8] {
    sha256(number).0.first_chunk().copied().unwrap_or_default()
}
