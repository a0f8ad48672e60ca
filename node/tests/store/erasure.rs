use super::setting::*;
use piux_node::keys::{DayPart, KeyError};
use piux_node::store::{BucketRef, Store, StoreError, SubjectId, quarter_of};
use piux_protocol::identifier::Keyset;
use piux_protocol::vocabulary::{Class, Window};

fn fill(store: &Store) {
    for (number, day) in [(1, DAY), (2, DAY + 1)] {
        store.put_record(record(number), day, b"who", b"rest").unwrap();
        store
            .put_index(&[entry(BucketRef::S(4), day, u32::from(number))])
            .unwrap();
        store.put_subject(&[number], SubjectId([number; 16]), day).unwrap();
    }
}

fn rows(store: &Store) -> usize {
    store
        .scan_bucket(Keyset::CURRENT, Class::Nx, BucketRef::S(4), Window::All)
        .unwrap()
        .len()
}

#[test]
fn a_masked_day_keeps_the_rest_and_loses_identity_and_index() {
    let unit = Unit::new();
    let store = unit.open();
    fill(&store);
    unit.keys
        .destroy_day(DAY, &[DayPart::Identity, DayPart::Index])
        .unwrap();
    let masked = store.get_record(record(1)).unwrap().unwrap();
    assert!(masked.identity.is_none());
    assert_eq!(&**masked.rest.unwrap(), b"rest");
    assert!(store.get_record(record(2)).unwrap().unwrap().identity.is_some());
    assert_eq!(rows(&store), 1);
    assert_eq!(store.subject(&[1]).unwrap(), None);
    assert_eq!(store.subjects_per_quarter().unwrap()[&quarter_of(DAY)], 1);
}

#[test]
fn a_copy_of_the_store_made_before_the_destruction_does_not_bring_the_day_back() {
    let unit = Unit::new();
    fill(&unit.open());
    let backup = tempfile::tempdir().unwrap();
    copy_folder(unit.path(), backup.path());
    unit.keys.destroy_day(DAY, &DayPart::ALL).unwrap();

    let restored = open(backup.path(), &unit.keys).unwrap();
    let gone = restored.get_record(record(1)).unwrap().unwrap();
    assert!(gone.identity.is_none() && gone.rest.is_none());
    assert!(restored.get_record(record(2)).unwrap().unwrap().rest.is_some());
    assert_eq!(rows(&restored), 1);
    assert_eq!(restored.subject(&[1]).unwrap(), None);
}

#[test]
fn nothing_can_be_received_on_a_day_whose_keys_are_destroyed() {
    let unit = Unit::new();
    let store = unit.open();
    fill(&store);
    unit.keys.destroy_day(DAY, &DayPart::ALL).unwrap();
    let refused = StoreError::Key(KeyError::Destroyed(DayPart::Identity));
    assert_eq!(store.put_record(record(3), DAY, b"who", b"rest"), Err(refused));
    let refused = StoreError::Key(KeyError::Destroyed(DayPart::Index));
    assert_eq!(store.put_index(&[entry(BucketRef::S(4), DAY, 1)]), Err(refused));
}

#[test]
fn tidying_up_removes_what_no_key_opens() {
    let unit = Unit::new();
    let store = unit.open();
    fill(&store);
    unit.keys.destroy_day(DAY, &DayPart::ALL).unwrap();
    assert_eq!(store.delete_day(DAY).unwrap(), 1);
    assert_eq!(store.delete_records_of_day(DAY).unwrap(), 1);
    assert!(store.get_record(record(1)).unwrap().is_none());
    assert_eq!(rows(&store), 1);
    assert_eq!(
        store
            .occupancy(Keyset::CURRENT, Class::Nx)
            .unwrap()
            .values()
            .sum::<u32>(),
        1
    );
    assert_eq!(store.prune_segments().unwrap(), 0, "the other day is still needed");
}

#[test]
fn a_rebuilt_store_does_not_remember_what_was_destroyed() {
    let unit = Unit::new();
    fill(&unit.open());
    unit.keys.destroy_day(DAY, &DayPart::ALL).unwrap();
    let store = unit.rebuild();
    assert!(store.get_record(record(1)).unwrap().is_none());
    assert!(store.get_record(record(2)).unwrap().is_some());
    assert_eq!(
        store
            .occupancy(Keyset::CURRENT, Class::Nx)
            .unwrap()
            .values()
            .sum::<u32>(),
        1
    );
}
