//! sled repairs while it opens, so a damaged database must be recognised before.

use super::damage::{filled, flip, reads_back};
use super::setting::*;
use piux_node::store::StoreError;
use std::fs;
use std::path::Path;

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
fn an_unfinished_snapshot_does_not_keep_the_store_closed() {
    let unit = filled();
    fs::write(unit.path().join("db/snap.0000000000000001.generating"), b"half").unwrap();
    assert!(reads_back(&unit.open()).unwrap());
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

#[test]
fn long_values_never_reach_files_that_are_not_synced() {
    let unit = Unit::new();
    let store = unit.open();
    for number in 0..40 {
        store
            .put_record(record(number), DAY, &[1; 300_000], &[2; 30_000])
            .unwrap();
    }
    drop(store);
    let blobs = unit.path().join("db/blobs");
    let count = std::fs::read_dir(blobs).map_or(0, Iterator::count);
    assert_eq!(count, 0);
}
