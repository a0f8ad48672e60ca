use super::setting::*;
use piux_node::store::{BucketRef, Store, StoreError, SubjectId};
use piux_protocol::identifier::Keyset;
use piux_protocol::vocabulary::{Class, Window};
use std::fs;
use std::path::Path;

const RECORDS: u8 = 60;

fn filled() -> Unit {
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
fn reads_back(store: &Store) -> Result<bool, StoreError> {
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

/// Opens a copy after `spoil` had its way with it: whole, or recognised as damaged and untouched.
fn spoilt(unit: &Unit, spoil: impl FnOnce(&Path)) -> Result<(), StoreError> {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(unit.path(), copy.path());
    spoil(copy.path());
    let found = contents(&copy.path().join("db"));
    let opened = open(copy.path(), &unit.keys);
    if opened.is_err() {
        assert!(
            contents(&copy.path().join("db")) == found,
            "a damaged database was touched"
        );
        assert!(open(copy.path(), &unit.keys).is_err(), "the damage was forgotten");
    }
    assert!(reads_back(&opened?)?, "lost without a word");
    Ok(())
}

/// Flips two bytes at `step` sixtieths of the bytes in use.
fn flip(database: &Path, step: usize) {
    let mut bytes = fs::read(database).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    let at = used * step / 60;
    bytes[at] ^= 0x55;
    bytes[at + 7] ^= 0xaa;
    fs::write(database, bytes).unwrap();
}

#[test]
fn any_flipped_byte_of_a_closed_database_is_recognised() {
    let unit = filled();
    for step in 0..60 {
        let outcome = spoilt(&unit, |copy| flip(&copy.join("db/db"), step));
        assert!(
            matches!(outcome, Err(StoreError::Damaged { .. })),
            "{step}: {outcome:?}"
        );
    }
}

#[test]
fn a_flipped_byte_after_a_crash_is_recognised_or_harmless() {
    let unit = filled();
    let mut recognised = 0;
    for step in 0..60 {
        let outcome = spoilt(&unit, |copy| {
            fs::remove_file(copy.join("db.imprint")).unwrap();
            flip(&copy.join("db/db"), step);
        });
        match outcome {
            Ok(()) => {}
            Err(StoreError::Damaged { .. }) => recognised += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(recognised > 0, "some byte must matter");
}

#[test]
fn a_database_cut_short_is_recognised() {
    let unit = filled();
    for part in [0, 1, 2, 3] {
        let outcome = spoilt(&unit, |copy| {
            fs::remove_file(copy.join("db.imprint")).unwrap();
            let path = copy.join("db/db");
            let bytes = fs::read(&path).unwrap();
            fs::write(&path, &bytes[..bytes.len() * part / 4]).unwrap();
        });
        assert!(
            matches!(outcome, Ok(()) | Err(StoreError::Damaged { .. })),
            "{outcome:?}"
        );
    }
}

#[test]
fn a_database_that_fell_behind_is_recognised() {
    let unit = filled();
    let old = tempfile::tempdir().unwrap();
    copy_folder(&unit.path().join("db"), old.path());
    unit.open()
        .put_document(piux_node::store::DocumentTable::Leaks, b"s", b"1", None)
        .unwrap();
    fs::remove_dir_all(unit.path().join("db")).unwrap();
    copy_folder(old.path(), &unit.path().join("db"));
    fs::remove_file(unit.path().join("db.imprint")).unwrap();
    let error = open(unit.path(), &unit.keys).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }));
    assert!(error.to_string().contains("piux store rebuild"));
}

#[test]
fn an_unfinished_snapshot_does_not_keep_the_store_closed() {
    let unit = filled();
    fs::write(unit.path().join("db/snap.0000000000000001.generating"), b"half").unwrap();
    assert!(reads_back(&unit.open()).unwrap());
}

#[test]
fn a_damaged_store_is_left_as_it_is_and_rebuilt_on_demand() {
    let unit = filled();
    fs::write(unit.path().join("db/db"), vec![0x5a; 600_000]).unwrap();
    let before = fs::read(unit.path().join("records/segment-00000000000000000001.log")).unwrap();
    assert!(matches!(open(unit.path(), &unit.keys), Err(StoreError::Damaged { .. })));
    let after = fs::read(unit.path().join("records/segment-00000000000000000001.log")).unwrap();
    assert!(before == after);
    let store = unit.rebuild();
    assert!(reads_back(&store).unwrap());
    assert!(unit.path().join("db.damaged-1").exists());
}

#[test]
fn a_damaged_segment_log_stops_a_rebuild_before_anything_is_moved() {
    let unit = filled();
    let path = unit.path().join("records/segment-00000000000000000001.log");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let lock = piux_node::store::FolderLock::acquire(unit.path()).unwrap();
    let random = std::sync::Arc::new(piux_node::keys::SystemRandom);
    let refused = Store::rebuild_from_segments(lock, unit.keys.clone(), random)
        .map(|_| ())
        .unwrap_err();
    assert!(matches!(refused, StoreError::LogDamaged { .. }));
    assert!(unit.path().join("db/db").exists());
}

#[test]
fn an_opening_that_was_interrupted_starts_again_from_what_was_found() {
    let unit = filled();
    let db = unit.path().join("db");
    copy_folder(&db, &unit.path().join("db.kept"));
    fs::remove_file(unit.path().join("db.imprint")).unwrap();
    fs::write(db.join("db"), b"half repaired").unwrap();
    assert!(reads_back(&unit.open()).unwrap());
    assert!(!unit.path().join("db.kept").exists());
}
