use super::setting::*;
use piux_node::store::{DocumentTable, StoreError, Update};
use piux_protocol::vocabulary::Timestamp;
use std::thread;

#[test]
fn a_document_is_read_until_it_expires_and_then_swept() {
    let unit = Unit::new();
    let store = unit.open();
    let until = Timestamp::from_seconds(NOW + 10);
    store
        .put_document(DocumentTable::Queries, b"q1", b"secret", Some(until))
        .unwrap();
    store
        .put_document(DocumentTable::Queries, b"q2", b"kept", None)
        .unwrap();
    drop(store);
    let store = unit.open();
    let before = until.plus_seconds(-1);
    let found = store
        .get_document(DocumentTable::Queries, b"q1", before)
        .unwrap()
        .unwrap();
    assert_eq!(
        (&**found.name, &**found.body, found.expires),
        (b"q1".as_slice(), b"secret".as_slice(), Some(until))
    );
    assert!(
        store
            .get_document(DocumentTable::Requests, b"q1", before)
            .unwrap()
            .is_none()
    );
    assert!(
        store
            .get_document(DocumentTable::Queries, b"q1", until)
            .unwrap()
            .is_none()
    );
    assert_eq!(store.list_documents(DocumentTable::Queries, before).unwrap().len(), 2);
    assert_eq!(store.sweep_documents(until).unwrap(), 1);
    assert_eq!(store.list_documents(DocumentTable::Queries, before).unwrap().len(), 1);
    store.delete_document(DocumentTable::Queries, b"q2").unwrap();
    assert!(store.list_documents(DocumentTable::Queries, before).unwrap().is_empty());
}

#[test]
fn a_long_document_shrinks_and_grows_whole() {
    let unit = Unit::new();
    let store = unit.open();
    let now = Timestamp::from_seconds(NOW);
    for length in [200_000, 10, 4_000, 90_000, 0] {
        let body = vec![b'd'; length];
        store
            .put_document(DocumentTable::Received, b"one", &body, None)
            .unwrap();
        let found = store
            .get_document(DocumentTable::Received, b"one", now)
            .unwrap()
            .unwrap();
        assert_eq!(found.body.len(), length);
    }
    let far_too_long = vec![0; 5 * 1024 * 1024];
    let refused = store.put_document(DocumentTable::Received, b"one", &far_too_long, None);
    assert_eq!(refused, Err(StoreError::TooLong));
    assert!(
        store
            .put_document(DocumentTable::Received, b"one", b"still works", None)
            .is_ok()
    );
}

#[test]
fn many_hands_update_one_document_without_losing_a_count() {
    let unit = Unit::new();
    let store = unit.open();
    let now = Timestamp::from_seconds(NOW);
    let count_up = || {
        for _ in 0..25 {
            let counted = store.update_document(DocumentTable::Leaks, b"subject", now, |held| {
                let count = held.map_or(0, |held| held.body[0]);
                (Update::Put(vec![count + 1], None), count)
            });
            assert!(counted.is_ok());
        }
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(count_up);
        }
    });
    let found = store
        .get_document(DocumentTable::Leaks, b"subject", now)
        .unwrap()
        .unwrap();
    assert_eq!(**found.body, [100]);
}
