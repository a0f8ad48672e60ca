//! The embedded database: rows of bytes in the order of their keys.
//!
//! Two crates can keep them, and the folder tells which one does: redb (`DIR/db.redb`), in
//! which a new unit begins, or sled (`DIR/db`). Reads come from any thread, writes from
//! one; a commit is all or nothing and on the disk when it returns. Whichever crate it is,
//! a mark beside the database tells whether its latest writes are there.

mod guard;
mod mark;
mod redb;
mod sled;

use super::StoreError;
use guard::{Panicked, guarded};
use mark::CommitMark;
use std::fs;
use std::io::ErrorKind;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The longest sealed value the store takes.
pub(super) const LONGEST: usize = 4 * 1024 * 1024;
/// In neither engine do the pages kept in memory grow beyond this.
const CACHE_BYTES: usize = 64 * 1024 * 1024;
/// A database up to this size is read through when it is opened; a larger one as it is used.
const READ_THROUGH_BYTES: u64 = 256 * 1024 * 1024;
/// Tables begin at 1 ([`Table`](super::cell::Table)); these are the engine's own rows.
const META: u8 = 0;
const COMMITS: [u8; 2] = [META, b'c'];
const LOGGED: [u8; 2] = [META, b'l'];

/// The crate that keeps a unit's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum EngineKind {
    /// Memory stays the same however much is stored.
    #[default]
    Redb,
    /// 0.34: memory and the time to open grow with what is stored; for up to 100,000 travellers.
    Sled,
}

/// One change of one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// The day of receipt whose keys sealed the value; such changes are in the segment log too.
    pub(super) day: Option<u32>,
    pub(super) key: Vec<u8>,
    /// The sealed value, or nothing to delete it.
    pub(super) value: Option<Vec<u8>>,
}

/// What is done with each row of a walk.
type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> Result<(), StoreError> + 'a;

/// An opened database; it is closed when the last handle is dropped.
trait Rows: Send + Sync {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;
    /// At most so many keys that start with `prefix`, in order.
    fn keys(&self, prefix: &[u8], most: usize) -> Result<Vec<Vec<u8>>, StoreError>;
    /// Every short value within a range of keys, in order.
    fn each(&self, range: RangeInclusive<&[u8]>, visit: &mut Visit<'_>) -> Result<(), StoreError>;
    /// All or none; durable on return.
    fn commit(&self, changes: &[Change]) -> Result<(), StoreError>;
}

/// Reads from any thread.
#[derive(Clone)]
pub(super) struct Engine {
    rows: Arc<dyn Rows>,
}

/// Writes from one thread.
pub(super) struct EngineWriter {
    rows: Arc<dyn Rows>,
    mark: CommitMark,
    commits: u64,
}

impl EngineKind {
    /// What keeps the rows of this folder, or would.
    pub(super) fn of(dir: &Path) -> Self {
        match sled::folder(dir).exists() {
            true => Self::Sled,
            false => Self::Redb,
        }
    }

    /// The file or folder of the database.
    pub(super) fn path(self, dir: &Path) -> PathBuf {
        match self {
            Self::Redb => redb::file(dir),
            Self::Sled => sled::folder(dir),
        }
    }

    /// Makes the store of a new unit begin with this engine.
    pub fn choose(self, dir: &Path) -> std::io::Result<()> {
        match self {
            Self::Redb => Ok(()),
            Self::Sled => fs::create_dir_all(sled::folder(dir)),
        }
    }
}

impl Engine {
    /// Opens the database in `dir`, or makes it; one that is damaged or gone is reported and left so.
    pub(super) fn open(dir: &Path, kind: EngineKind) -> Result<(Self, EngineWriter), StoreError> {
        let is_empty = fs::metadata(kind.path(dir)).map_or(true, |found| found.len() == 0);
        if is_empty && CommitMark::told(dir) > 0 {
            return Err(damaged("it is gone"));
        }
        let join = |rows: Arc<dyn Rows>| Self::join(dir, rows);
        let opened = match kind {
            EngineKind::Redb => redb::open(dir).and_then(join)?,
            EngineKind::Sled => sled::open(dir, join)?,
        };
        let folder = fs::File::open(dir).and_then(|folder| folder.sync_all());
        folder.map_err(StoreError::io("sync the folder of the database"))?;
        Ok(opened)
    }

    fn join(dir: &Path, rows: Arc<dyn Rows>) -> Result<(Self, EngineWriter), StoreError> {
        let engine = Self { rows };
        let commits = engine.counter(&COMMITS)?;
        let writer = EngineWriter {
            rows: engine.rows.clone(),
            mark: CommitMark::open(dir, commits)?,
            commits,
        };
        Ok((engine, writer))
    }

    /// Forgets what lies beside a database that is set aside.
    pub(super) fn forget(dir: &Path) {
        CommitMark::remove(dir);
        sled::forget(dir);
    }

    /// The number of the last segment log entry that is in the database.
    pub(super) fn logged(&self) -> Result<u64, StoreError> {
        self.counter(&LOGGED)
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.rows.get(key)
    }

    /// All keys that start with `prefix`, in order.
    pub(super) fn keys(&self, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StoreError> {
        self.keys_up_to(prefix, usize::MAX)
    }

    /// The first keys that start with `prefix`, at most so many.
    pub(super) fn keys_up_to(&self, prefix: &[u8], most: usize) -> Result<Vec<Vec<u8>>, StoreError> {
        self.rows.keys(prefix, most)
    }

    /// Whether any key starts with `prefix`.
    pub(super) fn has_any(&self, prefix: &[u8]) -> Result<bool, StoreError> {
        Ok(!self.keys_up_to(prefix, 1)?.is_empty())
    }

    /// Every short value within a range of keys, in order.
    pub(super) fn each(
        &self,
        range: RangeInclusive<Vec<u8>>,
        mut visit: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.rows
            .each(range.start().as_slice()..=range.end().as_slice(), &mut visit)
    }

    fn counter(&self, key: &[u8]) -> Result<u64, StoreError> {
        let Some(value) = self.get(key)? else { return Ok(0) };
        let bytes = value.try_into().map_err(|_| damaged("a counter has another size"))?;
        Ok(u64::from_be_bytes(bytes))
    }
}

impl EngineWriter {
    /// Makes the changes, all or none, and returns when they are on the disk.
    pub(super) fn commit(&mut self, mut changes: Vec<Change>, logged: Option<u64>) -> Result<(), StoreError> {
        self.commits += 1;
        changes.push(counted(COMMITS, self.commits));
        changes.extend(logged.map(|number| counted(LOGGED, number)));
        self.rows.commit(&changes)?;
        self.mark.set(self.commits)
    }
}

fn counted(key: [u8; 2], number: u64) -> Change {
    Change {
        day: None,
        key: key.to_vec(),
        value: Some(number.to_be_bytes().to_vec()),
    }
}

pub(super) const fn damaged(sign: &'static str) -> StoreError {
    StoreError::Damaged { sign }
}

/// Does something with an engine; `system` finds what the operating system said in its error.
fn caught<T, E>(work: impl FnOnce() -> Result<T, E>, system: fn(E) -> Option<std::io::Error>) -> Result<T, StoreError> {
    match guarded(work).map(|outcome| outcome.map_err(system)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(Some(error))) if !is_damage(error.kind()) => Err(StoreError::io("use the database")(error)),
        Ok(Err(_)) => Err(damaged("it does not read as it was written")),
        Err(Panicked) => Err(damaged("the database engine gave up")),
    }
}

fn is_damage(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput
    )
}
