use super::setting::*;
use piux_node::keys::SystemRandom;
use piux_node::store::{BucketRef, DocumentTable, EngineKind, FolderLock, Store, StoreError, SubjectId};
use piux_protocol::identifier::Keyset;
use piux_protocol::vocabulary::{Class, Window};
use std::fs;
use std::path::Path;
use std::sync::Arc;

const RECORDS: u8 = 60;

pub(crate) fn filled() -> Unit {
    let unit = Unit::new();
    let store = unit.open();
    for number in 0..RECORDS {
        store
            .put_record(record(number), DAY, &[number; 40], &[number; 400])
            .unwrap();
        store
            .put_index(&[entry(BucketRef::S(number % 4), DAY, u32::from(number))])
            .unwrap();
        store.put_subject(&[number], SubjectId([number; 16]), DAY).unwrap();
    }
    drop(store);
    unit
}

/// Whether everything reads back; damage that shows only now counts as recognised.
pub(crate) fn reads_back(store: &Store) -> Result<bool, StoreError> {
    let mut rows = 0;
    for bucket in 0..4 {
        rows += store
            .scan_bucket(Keyset::CURRENT, Class::Nx, BucketRef::S(bucket), Window::All)?
            .len();
    }
    for number in 0..RECORDS {
        let Some(found) = store.get_record(record(number))? else {
            return Ok(false);
        };
        if found.identity.is_none_or(|half| **half != [number; 40])
            || found.rest.is_none_or(|half| **half != [number; 400])
        {
            return Ok(false);
        }
        if store.subject(&[number])? != Some(SubjectId([number; 16])) {
            return Ok(false);
        }
    }
    Ok(rows == usize::from(RECORDS))
}

/// Flips two bytes at `step` sixtieths of the bytes in use.
pub(crate) fn flip(database: &Path, step: usize) {
    let mut bytes = fs::read(database).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    let at = used * step / 60;
    bytes[at] ^= 0x55;
    bytes[at + 7] ^= 0xaa;
    fs::write(database, bytes).unwrap();
}

#[test]
fn a_database_that_fell_behind_is_recognised() {
    let unit = filled();
    let old = tempfile::tempdir().unwrap();
    copy_folder(unit.path(), old.path());
    unit.open()
        .put_document(DocumentTable::Leaks, b"s", b"1", None)
        .unwrap();
    fs::copy(unit.path().join("db.mark"), old.path().join("db.mark")).unwrap();
    let error = open(old.path(), &unit.keys).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }));
    assert!(error.to_string().contains("piux store rebuild"));
}

#[test]
fn a_damaged_store_is_left_as_it_is_and_rebuilt_on_demand() {
    let unit = filled();
    fs::write(unit.database(), vec![0x5a; 600_000]).unwrap();
    let before = fs::read(unit.path().join("records/segment-00000000000000000001.log")).unwrap();
    assert!(matches!(open(unit.path(), &unit.keys), Err(StoreError::Damaged { .. })));
    let after = fs::read(unit.path().join("records/segment-00000000000000000001.log")).unwrap();
    assert!(before == after);
    let store = unit.rebuild();
    assert!(reads_back(&store).unwrap());
    assert!(unit.path().join("db.damaged-1").exists());
}

#[test]
fn a_database_that_is_gone_is_not_made_anew_unasked() {
    let unit = filled();
    match crate::ENGINE {
        EngineKind::Redb => fs::remove_file(unit.database()).unwrap(),
        EngineKind::Sled => fs::remove_dir_all(unit.path().join("db")).unwrap(),
    }
    for _ in 0..2 {
        assert!(matches!(open(unit.path(), &unit.keys), Err(StoreError::Damaged { .. })));
        assert!(!unit.database().exists() && !unit.path().join("db.redb").exists());
    }
    assert!(reads_back(&unit.rebuild()).unwrap());
}

#[test]
fn a_damaged_segment_log_stops_a_rebuild_before_anything_is_moved() {
    let unit = filled();
    let path = unit.path().join("records/segment-00000000000000000001.log");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let lock = FolderLock::acquire(unit.path()).unwrap();
    let random = Arc::new(SystemRandom);
    let refused = Store::rebuild_from_segments(lock, unit.keys.clone(), random, None)
        .map(|_| ())
        .unwrap_err();
    assert!(matches!(refused, StoreError::LogDamaged { .. }));
    assert!(unit.database().exists());
}
