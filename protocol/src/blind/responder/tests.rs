#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]
use super::*;
use proptest::prelude::*;

const REQ_HASH: Digest = Digest([1; 32]);
const SALT: Salt = Salt([2; 16]);

fn sealer() -> RowSealer {
    RowSealer::new(&EpochSeed::from_bytes([9; 32]), &REQ_HASH, &SALT)
}

fn held(key: u8, subject: u8, eligible: Option<Gate>) -> LiveRow {
    LiveRow {
        s: RowSecret::from_bytes([key; 32]),
        subject: [subject; 16],
        eligible,
    }
}

/// What a requester who knows the key opens, with the numbers `j`.
fn opened(rows: &[Row], key: u8) -> Vec<(u8, Label)> {
    let query = QueryKey::new(&REQ_HASH, &SALT);
    let secret = RowSecret::from_bytes([key; 32]);
    let numbers = 0..=CROWD;
    numbers
        .filter_map(|j| {
            rows.iter()
                .find_map(|row| query.open(&secret, j, row))
                .map(|label| (j, label))
        })
        .collect()
}

#[test]
fn subjects_of_one_key_are_numbered_in_handle_order() {
    let subjects: Vec<_> = (1..=8).map(|subject| held(5, subject, Some(Gate::Routine))).collect();
    let sealed = sealer().seal(Class::Doc, &subjects, 64).unwrap();
    let found = opened(&sealed.rows, 5);
    assert_eq!(
        found.iter().map(|(j, _)| *j).collect::<Vec<_>>(),
        (0..8).collect::<Vec<_>>()
    );
    assert!(found.is_sorted_by_key(|(_, label)| label.handle));
    let handles = Handles::new(&EpochSeed::from_bytes([9; 32]), &REQ_HASH, &SALT);
    assert!(found.iter().any(|(_, label)| label.handle == handles.of(&[3; 16])));
}

#[test]
fn more_than_eight_live_subjects_become_one_crowded_row() {
    let mut subjects: Vec<_> = (1..=9).map(|subject| held(5, subject, Some(Gate::Masked))).collect();
    let crowded = Label {
        gate: Gate::Crowded,
        handle: Handle([0; 7]),
    };
    let sealed = sealer().seal(Class::Doc, &subjects, 64).unwrap();
    assert_eq!(opened(&sealed.rows, 5), [(0, crowded)]);
    subjects[4].eligible = None;
    let sealed = sealer().seal(Class::Doc, &subjects, 64).unwrap();
    assert_eq!(opened(&sealed.rows, 5).len(), 8, "only live subjects make a crowd");
}

#[test]
fn an_ineligible_row_is_a_miss_and_leaves_no_trace() {
    let rows = [held(5, 1, None), held(5, 2, None), held(6, 1, Some(Gate::Refused))];
    let sealed = sealer().seal(Class::Doc, &rows, 32).unwrap();
    assert_eq!(opened(&sealed.rows, 5), []);
    assert_eq!(opened(&sealed.rows, 6).len(), 1);
    assert_eq!(sealed.rows.len(), 32);
    assert!(
        sealed.rows.is_sorted_by(|a, b| a < b),
        "two ineligible rows of a key differ as well"
    );
}

#[test]
fn classes_of_one_answer_share_no_filler() {
    let sealer = sealer();
    let (doc, nx) = (
        sealer.seal(Class::Doc, &[], 16).unwrap(),
        sealer.seal(Class::Nx, &[], 16).unwrap(),
    );
    assert!(doc.rows.iter().all(|row| !nx.rows.contains(row)));
}

#[test]
fn a_bucket_that_outgrew_its_slots_is_an_alarm() {
    let rows = [held(5, 1, None), held(6, 1, None)];
    assert_eq!(
        sealer().seal(Class::Doc, &rows, 1).unwrap_err(),
        SealError::Overflow(Class::Doc)
    );
}

#[test]
fn handles_change_with_request_and_salt() {
    let seed = EpochSeed::from_bytes([9; 32]);
    let handle = Handles::new(&seed, &REQ_HASH, &SALT).of(&[3; 16]);
    assert_ne!(handle, Handles::new(&seed, &REQ_HASH, &Salt([3; 16])).of(&[3; 16]));
    assert_ne!(handle, Handles::new(&seed, &Digest([3; 32]), &SALT).of(&[3; 16]));
}

proptest! {
    #[test]
    fn exactly_the_live_rows_open(entries in proptest::collection::btree_set((1_u8..20, 1_u8..6), 0..40), mask: u64) {
        let live = |index: usize| (mask >> index & 1 == 1).then_some(Gate::Routine);
        let rows: Vec<_> =
            entries.iter().enumerate().map(|(i, (key, subject))| held(*key, *subject, live(i))).collect();
        let sealed = sealer().seal(Class::Nx, &rows, 48).unwrap();
        prop_assert_eq!(sealed.rows.len(), 48);
        for key in 1..20 {
            let expected = rows.iter().filter(|row| row.s.expose()[0] == key && row.eligible.is_some()).count();
            prop_assert_eq!(opened(&sealed.rows, key).len(), expected);
        }
    }
}
