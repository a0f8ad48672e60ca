use super::setting::*;
use piux_node::store::{BucketRef, IndexRow, SubjectId, quarter_of};
use piux_protocol::identifier::Keyset;
use piux_protocol::vocabulary::{Class, Window};

fn subjects(rows: &[IndexRow]) -> Vec<u32> {
    let mut found: Vec<_> = rows
        .iter()
        .map(|row| u32::from_be_bytes(row.subject[..4].try_into().unwrap()))
        .collect();
    found.sort_unstable();
    found
}

#[test]
fn a_bucket_holds_its_own_rows_and_no_others() {
    let unit = Unit::new();
    let store = unit.open();
    let mut other_class = entry(BucketRef::S(5), DAY, 9);
    other_class.class = Class::Doc;
    let entries = [
        entry(BucketRef::S(5), DAY, 1),
        entry(BucketRef::S(5), DAY - 1, 2),
        entry(BucketRef::S(6), DAY, 3),
        entry(BucketRef::I(5), DAY, 4),
        entry(BucketRef::Undated, DAY, 5),
        other_class.clone(),
    ];
    store.put_index(&entries).unwrap();
    drop(store);
    let store = unit.open();
    let scan = |class, bucket| store.scan_bucket(Keyset::CURRENT, class, bucket, Window::All).unwrap();
    assert_eq!(subjects(&scan(Class::Nx, BucketRef::S(5))), [1, 2]);
    assert_eq!(subjects(&scan(Class::Nx, BucketRef::I(5))), [4]);
    assert_eq!(subjects(&scan(Class::Nx, BucketRef::Undated)), [5]);
    assert_eq!(scan(Class::Doc, BucketRef::S(5)), [other_class.row]);
    assert!(scan(Class::Loc, BucketRef::S(5)).is_empty());
    assert_eq!(
        store.occupancy(Keyset::CURRENT, Class::Nx).unwrap()[&(BucketRef::S(5), quarter_of(DAY))],
        2
    );
}

#[test]
fn a_window_searches_whole_quarters_and_no_day_more() {
    let unit = Unit::new();
    let store = unit.open();
    // 2025-12-31, 2026-01-01, 2026-03-31, 2026-04-01
    let days = [20_453, 20_454, 20_543, 20_544];
    let entries: Vec<_> = days
        .iter()
        .zip(1..)
        .map(|(day, number)| entry(BucketRef::S(0), *day, number))
        .collect();
    store.put_index(&entries).unwrap();
    let scan = |window: &str| {
        let rows = store.scan_bucket(Keyset::CURRENT, Class::Nx, BucketRef::S(0), window.parse().unwrap());
        subjects(&rows.unwrap())
    };
    assert_eq!(scan("2026Q1..2026Q1"), [2, 3]);
    assert_eq!(scan("2025Q4..2026Q1"), [1, 2, 3]);
    assert_eq!(scan("2026Q2..2027Q4"), [4]);
    assert_eq!(scan("all"), [1, 2, 3, 4]);
}

#[test]
fn a_removed_row_is_not_found_again() {
    let unit = Unit::new();
    let store = unit.open();
    let names = store
        .put_index(&[entry(BucketRef::S(1), DAY, 1), entry(BucketRef::S(1), DAY, 2)])
        .unwrap();
    let written = serde_json::to_string(&names[0]).unwrap();
    let mut batch = store.batch();
    batch.remove_index(&[serde_json::from_str(&written).unwrap()]);
    batch.commit().unwrap();
    let rows = store
        .scan_bucket(Keyset::CURRENT, Class::Nx, BucketRef::S(1), Window::All)
        .unwrap();
    assert_eq!(subjects(&rows), [2]);
}

#[test]
fn a_bucket_of_ten_thousand_rows_is_read_whole_and_its_persons_are_counted() {
    let unit = Unit::new();
    let store = unit.open();
    let entries: Vec<_> = (0..10_000)
        .map(|number| entry(BucketRef::S(9), DAY - number % 3, number))
        .collect();
    for part in entries.chunks(2_500) {
        store.put_index(part).unwrap();
    }
    let rows = store
        .scan_bucket(Keyset::CURRENT, Class::Nx, BucketRef::S(9), Window::All)
        .unwrap();
    assert_eq!(subjects(&rows), (0..10_000).collect::<Vec<_>>());
    let counted = store.subjects_per_quarter().unwrap()[&quarter_of(DAY)];
    assert!(counted.abs_diff(10_000) < 1_000, "{counted}");
    assert_eq!(store.subjects().unwrap(), counted);
}

#[test]
fn the_rows_of_two_keysets_lie_side_by_side_and_one_goes_without_the_other() {
    let unit = Unit::new();
    let store = unit.open();
    let mut older = entry(BucketRef::S(5), DAY, 2);
    older.keyset = Keyset::Exact;
    let names = store.put_index(&[entry(BucketRef::S(5), DAY, 1), older]).unwrap();
    let scan = |keyset| {
        let rows = store.scan_bucket(keyset, Class::Nx, BucketRef::S(5), Window::All);
        subjects(&rows.unwrap())
    };
    assert_eq!((scan(Keyset::CURRENT), scan(Keyset::Exact)), (vec![1], vec![2]));
    assert_eq!(names[1].keyset(), Some(Keyset::Exact));
    assert_eq!(store.keysets().unwrap().len(), 2);
    assert_eq!(store.drop_keyset(Keyset::Exact).unwrap(), 1);
    assert_eq!((scan(Keyset::CURRENT), scan(Keyset::Exact)), (vec![1], vec![]));
    store.delete_day(DAY).unwrap();
    assert!(store.keysets().unwrap().is_empty());
}

#[test]
fn a_row_given_to_another_subject_stays_where_it_is() {
    let unit = Unit::new();
    let store = unit.open();
    let names = store.put_index(&[entry(BucketRef::S(5), DAY, 1)]).unwrap();
    let mut batch = store.batch();
    batch.reassign_index(&names, SubjectId([9; 16])).unwrap();
    assert_eq!(
        batch.index_row(names[0]).unwrap().unwrap().subject,
        [9; 16],
        "the batch sees it"
    );
    batch.commit().unwrap();
    let rows = store.scan_bucket(Keyset::CURRENT, Class::Nx, BucketRef::S(5), Window::All);
    assert_eq!(rows.unwrap()[0].subject, [9; 16]);
}
