//! A unit's folder with its keyring and store.

use piux_node::keys::{KeyRing, Passphrase, Secret, SystemRandom, UnitSecrets};
use piux_node::store::{BucketRef, EngineKind, FolderLock, IndexEntry, IndexRow, RecordId, Store, StoreError};
use piux_protocol::identifier::Keyset;
use piux_protocol::vocabulary::{Class, Timestamp, UnitId};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// 2026-02-10.
pub(crate) const DAY: u32 = 20_494;
pub(crate) const NOW: i64 = DAY as i64 * 86_400;

pub(crate) struct Unit {
    pub(crate) dir: TempDir,
    pub(crate) keys: Arc<KeyRing>,
}

impl Unit {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        crate::ENGINE.choose(dir.path()).unwrap();
        let unit = UnitId::of_state("UTO").unwrap();
        let secrets = UnitSecrets::draw(unit, Secret::new(vec![1]), vec![2], &SystemRandom);
        let now = Timestamp::from_seconds(NOW);
        let keys = KeyRing::create(dir.path(), secrets, &Passphrase::None, Arc::new(SystemRandom), now);
        let keys = Arc::new(keys.unwrap());
        Self { dir, keys }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The file with the rows.
    pub(crate) fn database(&self) -> PathBuf {
        self.path().join(match crate::ENGINE {
            EngineKind::Redb => "db.redb",
            EngineKind::Sled => "db/db",
        })
    }

    pub(crate) fn open(&self) -> Store {
        open(self.path(), &self.keys).unwrap()
    }

    pub(crate) fn rebuild(&self) -> Store {
        let lock = FolderLock::acquire(self.path()).unwrap();
        Store::rebuild_from_segments(lock, self.keys.clone(), Arc::new(SystemRandom), None)
            .unwrap()
            .0
    }
}

pub(crate) fn open(dir: &Path, keys: &Arc<KeyRing>) -> Result<Store, StoreError> {
    Store::open(FolderLock::acquire(dir)?, keys.clone(), Arc::new(SystemRandom))
}

pub(crate) fn record(number: u8) -> RecordId {
    RecordId([number; 16])
}

pub(crate) fn entry(bucket: BucketRef, day: u32, number: u32) -> IndexEntry {
    let mut subject = [0; 16];
    subject[..4].copy_from_slice(&number.to_be_bytes());
    IndexEntry {
        keyset: Keyset::CURRENT,
        class: Class::Nx,
        bucket,
        day,
        row: IndexRow {
            element: [u8::try_from(number % 251).unwrap(); 32],
            subject,
            record: [7; 16],
            received: Timestamp::from_seconds(i64::from(day) * 86_400 + 5),
            kind: 1,
            flags: 2,
        },
    }
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// All bytes of all files below a folder.
pub(crate) fn contents(dir: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            bytes.extend(contents(&entry.path()));
        } else {
            bytes.extend(fs::read(entry.path()).unwrap());
        }
    }
    bytes
}
