use super::setting::*;
use piux_node::store::{DocumentTable, SubjectId};
use piux_protocol::vocabulary::base64url;

#[test]
fn a_record_comes_back_as_it_was_kept_also_after_a_restart() {
    let unit = Unit::new();
    let long = vec![b'x'; 70_000];
    unit.open().put_record(record(1), DAY, b"who", &long).unwrap();
    let store = unit.open();
    let found = store.get_record(record(1)).unwrap().unwrap();
    assert_eq!(found.day, DAY);
    assert_eq!(&**found.identity.unwrap(), b"who");
    assert_eq!(*found.rest.unwrap(), long);
    assert!(store.get_record(record(2)).unwrap().is_none());
    assert_eq!(store.records_of_day(DAY).unwrap(), [record(1)]);
}

#[test]
fn a_record_received_again_on_a_later_day_moves_there() {
    let unit = Unit::new();
    let store = unit.open();
    store.put_record(record(1), DAY, b"old", b"old").unwrap();
    store.put_record(record(1), DAY + 1, b"new", b"new").unwrap();
    let found = store.get_record(record(1)).unwrap().unwrap();
    assert_eq!((found.day, &**found.identity.unwrap()), (DAY + 1, b"new".as_slice()));
    assert_eq!(
        store.record_days().unwrap().into_iter().collect::<Vec<_>>(),
        [(DAY + 1, 1)]
    );
}

#[test]
fn a_deleted_record_is_gone() {
    let unit = Unit::new();
    let store = unit.open();
    store.put_record(record(1), DAY, b"who", &[5; 20_000]).unwrap();
    assert!(store.delete_record(record(1)).unwrap());
    assert!(!store.delete_record(record(1)).unwrap());
    assert!(store.get_record(record(1)).unwrap().is_none());
    assert!(store.records_of_day(DAY).unwrap().is_empty());
}

#[test]
fn a_match_key_finds_its_subject_again() {
    let unit = Unit::new();
    let store = unit.open();
    let (one, other) = (SubjectId([1; 16]), SubjectId([2; 16]));
    store.put_subject(b"x1", one, DAY).unwrap();
    store.put_subject(b"x1", one, DAY - 3).unwrap();
    store.put_subject(b"x2", other, DAY).unwrap();
    drop(store);
    let store = unit.open();
    assert_eq!(store.subject(b"x1").unwrap(), Some(one));
    assert_eq!(store.subject(b"x2").unwrap(), Some(other));
    assert_eq!(store.subject(b"x3").unwrap(), None);
}

#[test]
fn a_dropped_batch_leaves_nothing() {
    let unit = Unit::new();
    let store = unit.open();
    let mut batch = store.batch();
    batch.put_record(record(1), DAY, b"who", b"rest").unwrap();
    drop(batch);
    assert!(store.get_record(record(1)).unwrap().is_none());
}

#[test]
fn no_written_file_shows_what_is_stored() {
    let unit = Unit::new();
    let marker = "ZAPHODBEEBLEBROX";
    let store = unit.open();
    store
        .put_record(record(1), DAY, marker.as_bytes(), marker.as_bytes())
        .unwrap();
    store.put_subject(marker.as_bytes(), SubjectId([1; 16]), DAY).unwrap();
    store
        .put_document(DocumentTable::Received, marker.as_bytes(), marker.as_bytes(), None)
        .unwrap();
    drop(store);
    let written = contents(unit.path());
    let shapes = [
        marker.to_owned(),
        hex::encode(marker),
        hex::encode_upper(marker),
        base64url(marker),
        base64url(&marker[1..]),
        base64url(&marker[2..]),
    ];
    for shape in shapes {
        let needle = &shape.as_bytes()[..shape.len() - 2];
        assert!(!written.windows(needle.len()).any(|window| window == needle), "{shape}");
    }
}
