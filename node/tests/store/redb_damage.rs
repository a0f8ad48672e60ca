//! redb checks the pages of a small database when it is opened.

use super::damage::{filled, flip, reads_back};
use super::setting::*;
use piux_node::store::StoreError;
use std::fs;
use std::path::Path;

/// Opens a copy after `spoil` had its way with it: whole, or recognised as damaged and not forgotten.
fn spoilt(unit: &Unit, spoil: impl FnOnce(&Path)) -> Result<(), StoreError> {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(unit.path(), copy.path());
    let database = copy.path().join("db.redb");
    spoil(&database);
    let found = fs::read(&database).unwrap();
    let opened = open(copy.path(), &unit.keys);
    if opened.is_err() {
        assert!(fs::read(&database).unwrap() == found, "a damaged database was touched");
        assert!(open(copy.path(), &unit.keys).is_err(), "the damage was forgotten");
    }
    assert!(reads_back(&opened?)?, "lost without a word");
    Ok(())
}

#[test]
fn a_flipped_byte_is_recognised_or_harmless() {
    let unit = filled();
    let mut recognised = 0;
    for step in 0..60 {
        match spoilt(&unit, |database| flip(database, step)) {
            Ok(()) => {}
            Err(StoreError::Damaged { .. }) => recognised += 1,
            Err(other) => panic!("{step}: {other}"),
        }
    }
    assert!(recognised > 0, "some byte must matter");
}

#[test]
fn a_database_cut_short_is_recognised() {
    let unit = filled();
    for part in [0, 1, 2, 3] {
        let outcome = spoilt(&unit, |database| {
            let bytes = fs::read(database).unwrap();
            fs::write(database, &bytes[..bytes.len() * part / 4]).unwrap();
        });
        assert!(
            matches!(outcome, Err(StoreError::Damaged { .. })),
            "{part}: {outcome:?}"
        );
    }
}
