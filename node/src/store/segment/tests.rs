#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use super::*;
use proptest::prelude::*;

fn change() -> impl Strategy<Value = Change> {
    let bytes = || proptest::collection::vec(any::<u8>(), 0..80);
    (any::<u32>(), bytes(), proptest::option::of(bytes())).prop_map(|(day, key, value)| Change {
        day: Some(day),
        key,
        value,
    })
}

fn some_change(name: &[u8]) -> Change {
    Change {
        day: Some(7),
        key: name.to_vec(),
        value: Some(vec![9; 30]),
    }
}

fn all(dir: &Path) -> Result<Vec<(u64, Vec<Change>)>, StoreError> {
    let mut found = Vec::new();
    read_after(dir, 0, |number, changes| {
        found.push((number, changes));
        Ok(())
    })?;
    Ok(found)
}

proptest! {
    #[test]
    fn what_is_appended_is_read_back(batches in proptest::collection::vec(proptest::collection::vec(change(), 0..4), 1..6)) {
        let mut bytes = Vec::new();
        for (number, batch) in batches.iter().enumerate() {
            bytes.extend(encode_entry(number as u64, &batch.iter().collect::<Vec<_>>()));
        }
        let read: Vec<_> = entries(&bytes).unwrap().into_iter().map(|(_, changes)| changes).collect();
        prop_assert_eq!(read, batches);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = entries(&[MAGIC.as_slice(), &bytes].concat());
        let _ = decode(&bytes);
    }
}

#[test]
fn numbering_goes_on_over_restarts_and_an_unfinished_entry_is_left_out() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = SegmentLog::open(dir.path(), 0).unwrap();
    assert_eq!(log.append(&[&some_change(b"a")]), Ok(1));
    assert_eq!(log.append(&[&some_change(b"b")]), Ok(2));
    let path = segments(dir.path()).unwrap()[0].1.clone();
    let torn = encode_entry(3, &[&some_change(b"c")]);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, [&whole, &torn[..torn.len() - 5]].concat()).unwrap();

    let mut log = SegmentLog::open(dir.path(), 2).unwrap();
    assert_eq!(log.append(&[&some_change(b"d")]), Ok(3));
    let names: Vec<_> = all(dir.path())
        .unwrap()
        .into_iter()
        .map(|(_, changes)| changes[0].key.clone())
        .collect();
    assert_eq!(names, [b"a", b"b", b"d"]);
}

#[test]
fn a_spoilt_entry_before_a_whole_one_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = SegmentLog::open(dir.path(), 0).unwrap();
    log.append(&[&some_change(b"a")]).unwrap();
    log.append(&[&some_change(b"b")]).unwrap();
    let path = segments(dir.path()).unwrap()[0].1.clone();
    let mut bytes = fs::read(&path).unwrap();
    bytes[HEAD + 8] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert_eq!(all(dir.path()), Err(log_damaged("an entry is spoilt")));
}

#[test]
fn a_missing_file_in_the_middle_is_damage_and_pruned_ones_at_the_start_are_not() {
    let dir = tempfile::tempdir().unwrap();
    for last in 0..3 {
        let mut log = SegmentLog::open(dir.path(), last).unwrap();
        log.append(&[&some_change(b"a")]).unwrap();
    }
    let files = segments(dir.path()).unwrap();
    let middle = fs::read(&files[1].1).unwrap();
    fs::remove_file(&files[1].1).unwrap();
    assert_eq!(all(dir.path()), Err(log_damaged("entries are missing")));
    fs::write(&files[1].1, middle).unwrap();
    assert_eq!(prune(dir.path(), |_| false), Ok(0));
    assert_eq!(prune(dir.path(), |_| true), Ok(2));
    assert_eq!(all(dir.path()).unwrap().len(), 1);
}
