use super::setting::*;
use piux_node::keys::{KeyRing, Passphrase, SystemRandom};
use piux_node::store::{BucketRef, FolderLock, RecordId, StoreError, SubjectId};
use piux_protocol::identifier::Keyset;
use piux_protocol::vocabulary::{Class, Window};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::{env, fs, thread};

const CHILD: &str = "PIUX_TEST_WRITER_FOLDER";

#[test]
fn a_second_opener_is_refused_and_told_who_holds_the_folder() {
    let unit = Unit::new();
    let store = unit.open();
    let pid = Some(std::process::id());
    let refused = FolderLock::acquire(unit.path()).unwrap_err();
    assert_eq!(refused, StoreError::Locked { pid });
    assert!(refused.to_string().contains("stop it first"));
    drop(store);
    assert!(FolderLock::acquire(unit.path()).is_ok());
}

#[test]
fn many_writers_at_once_are_all_acknowledged_and_all_kept() {
    let unit = Unit::new();
    let store = unit.open();
    thread::scope(|scope| {
        for hand in 0..8 {
            let store = &store;
            scope.spawn(move || {
                for number in 0..20 {
                    let id = RecordId([hand * 20 + number; 16]);
                    store.put_record(id, DAY, &[hand], &[number]).unwrap();
                    store
                        .put_index(&[entry(BucketRef::S(hand), DAY, u32::from(hand * 20 + number))])
                        .unwrap();
                }
            });
        }
    });
    drop(store);
    let store = unit.open();
    assert_eq!(store.records_of_day(DAY).unwrap().len(), 160);
    assert!(store.subjects().unwrap().abs_diff(160) <= 8);
}

/// Not a test of its own: the process that the next test kills.
#[test]
fn writer_process() {
    let Some(dir) = env::var_os(CHILD).map(PathBuf::from) else {
        return;
    };
    let keys = KeyRing::open(&dir, &Passphrase::None, Arc::new(SystemRandom)).unwrap();
    let store = open(&dir, &Arc::new(keys)).unwrap();
    let first = u32::try_from(store.records_of_day(DAY).unwrap().len()).unwrap();
    let mut out = std::io::stdout();
    for number in first.. {
        let mut batch = store.batch();
        batch
            .put_record(numbered(number), DAY, b"who", &number.to_be_bytes())
            .unwrap();
        batch.put_index(&[entry(BucketRef::S(1), DAY, number)]).unwrap();
        batch.commit().unwrap();
        writeln!(out, "\nacknowledged {number}").unwrap();
    }
}

fn numbered(number: u32) -> RecordId {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&number.to_be_bytes());
    RecordId(id)
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let unit = Unit::new();
    unit.keys.ensure_days(&[DAY]).unwrap();
    for round in 1..4 {
        let acknowledged = write_and_kill(&unit, round * 40);
        let keys = KeyRing::open(unit.path(), &Passphrase::None, Arc::new(SystemRandom)).unwrap();
        let store = open(unit.path(), &Arc::new(keys)).unwrap();
        for number in 0..=acknowledged {
            let found = store.get_record(numbered(number)).unwrap();
            assert_eq!(&**found.unwrap().rest.unwrap(), number.to_be_bytes());
        }
        let rows = store
            .scan_bucket(Keyset::CURRENT, Class::Nx, BucketRef::S(1), Window::All)
            .unwrap();
        assert_eq!(rows.len(), store.records_of_day(DAY).unwrap().len());
    }
}

/// Runs the writer until it has acknowledged `enough`, kills it, and returns its last word.
fn write_and_kill(unit: &Unit, enough: u32) -> u32 {
    let mut writer = Command::new(env::current_exe().unwrap())
        .args(["--exact", "store::durability::writer_process", "--nocapture"])
        .env(CHILD, unit.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let words = BufReader::new(writer.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let mut last = 0;
    let mut killed = false;
    for number in words.filter_map(|line| line.strip_prefix("acknowledged ")?.parse().ok()) {
        last = number;
        if number >= enough && !killed {
            writer.kill().unwrap();
            killed = true;
        }
    }
    writer.wait().unwrap();
    assert!(killed, "the writer ended by itself after {last}");
    last
}

#[test]
fn a_rebuild_from_the_segment_log_equals_the_store() {
    let unit = Unit::new();
    let store = unit.open();
    for number in 0..20 {
        let mut batch = store.batch();
        batch
            .put_record(record(number), DAY, &[number; 50], &vec![number; 9_000])
            .unwrap();
        batch
            .put_index(&[entry(BucketRef::S(3), DAY, u32::from(number))])
            .unwrap();
        batch.put_subject(&[number], SubjectId([number; 16]), DAY).unwrap();
        batch.commit().unwrap();
    }
    store.delete_record(record(7)).unwrap();
    let rows = store
        .scan_bucket(Keyset::CURRENT, Class::Nx, BucketRef::S(3), Window::All)
        .unwrap();
    let persons = store.subjects().unwrap();
    drop(store);
    fs::remove_file(unit.database()).unwrap();
    assert!(matches!(open(unit.path(), &unit.keys), Err(StoreError::Damaged { .. })));

    let store = unit.rebuild();
    assert!(store.get_record(record(7)).unwrap().is_none());
    assert_eq!(store.records_of_day(DAY).unwrap().len(), 19);
    for number in (0..20).filter(|number| *number != 7) {
        let found = store.get_record(record(number)).unwrap().unwrap();
        assert_eq!(**found.identity.unwrap(), [number; 50]);
        assert_eq!(**found.rest.unwrap(), vec![number; 9_000]);
        assert_eq!(store.subject(&[number]).unwrap(), Some(SubjectId([number; 16])));
    }
    assert!(
        store
            .scan_bucket(Keyset::CURRENT, Class::Nx, BucketRef::S(3), Window::All)
            .unwrap()
            == rows
    );
    assert_eq!(store.subjects().unwrap(), persons);
    store.put_record(record(50), DAY, b"goes", b"on").unwrap();
    drop(store);
    assert!(unit.open().get_record(record(50)).unwrap().is_some());
}
