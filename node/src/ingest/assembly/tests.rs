#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]
use super::*;
use crate::ingest::model::Provenance;
use piux_protocol::vocabulary::sha256;
use proptest::prelude::*;

fn part(place: &str, carried: usize, total: Option<usize>) -> Part {
    part_of("ZZ", "260304/1200/ZZ/451", place, carried, total)
}

fn part_of(sender: &str, access_ref: &str, place: &str, carried: usize, total: Option<usize>) -> Part {
    Part {
        provenance: Provenance {
            sender: sender.to_owned(),
            message_type: "PNRGOV:11:1".to_owned(),
            access_ref: access_ref.to_owned(),
            part: place.to_owned(),
            ..Provenance::default()
        },
        total,
        carried,
        digest: sha256(format!("{sender} {access_ref} {place} {carried}")),
    }
}

fn second(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_772_600_000 + seconds)
}

fn place(ordinal: usize, of: usize) -> String {
    match ordinal {
        _ if ordinal == of => format!("{ordinal:02}:F"),
        1 => "01:C".to_owned(),
        _ => format!("{ordinal:02}"),
    }
}

/// The parts of one push that is cut after so many bookings each.
fn cut(sizes: &[usize]) -> Vec<Part> {
    let total = sizes.iter().sum();
    let one = |(at, size): (usize, &usize)| part(&place(at + 1, sizes.len()), *size, Some(total));
    sizes.iter().enumerate().map(one).collect()
}

#[test]
fn a_push_is_complete_with_its_last_missing_part() {
    let mut assembly = Assembly::default();
    let parts = cut(&[3, 3, 2]);
    assert_eq!(assembly.observe(&parts[0], second(0)), Progress::Partial);
    assert_eq!(assembly.observe(&parts[2], second(1)), Progress::Partial);
    assert_eq!(assembly.missing(&parts[0].push()), [2]);
    let Progress::Complete(whole) = assembly.observe(&parts[1], second(2)) else {
        panic!("complete")
    };
    assert_eq!((whole.parts, whole.carried, whole.total), (3, 8, Some(8)));
    assert!(whole.agrees());
    assert_eq!(assembly.waiting(), 0);
}

#[test]
fn a_single_message_is_a_whole_push() {
    for told in ["", "01:F", "1:f"] {
        let alone = part(told, 4, Some(5));
        assert!(alone.is_single());
        let Progress::Complete(whole) = Assembly::default().observe(&alone, second(0)) else {
            panic!("complete")
        };
        assert!(!whole.agrees(), "four came, five were announced");
    }
}

#[test]
fn a_part_that_comes_again_is_known_before_and_after_the_push_is_complete() {
    let mut assembly = Assembly::default();
    let parts = cut(&[1, 1]);
    assembly.observe(&parts[0], second(0));
    assert_eq!(assembly.observe(&parts[0], second(1)), Progress::Duplicate);
    assembly.observe(&parts[1], second(2));
    for part in &parts {
        assert_eq!(assembly.observe(part, second(900)), Progress::Duplicate);
    }
}

#[test]
fn a_part_sent_again_with_other_content_replaces_the_first() {
    let mut assembly = Assembly::default();
    assembly.observe(&part("01:C", 7, None), second(0));
    assembly.observe(&part("01:C", 5, None), second(1));
    let Progress::Complete(whole) = assembly.observe(&part("02:F", 1, None), second(2)) else {
        panic!("complete")
    };
    assert_eq!(whole.carried, 6);
}

#[test]
fn a_push_that_lacks_parts_expires_and_says_which() {
    let mut assembly = Assembly::default();
    assembly.observe(&part("01:C", 2, Some(9)), second(0));
    assembly.observe(&part("04:F", 2, None), second(100));
    assert_eq!(assembly.expire(second(399)), []);
    let expired = assembly.expire(second(400));
    assert_eq!(expired.len(), 1);
    assert_eq!(
        (expired[0].missing.as_slice(), expired[0].end_known),
        ([2, 3].as_slice(), true)
    );
    assert_eq!((expired[0].carried, expired[0].total), (4, Some(9)));
    assert_eq!(assembly.expire(second(9_999)), []);
}

#[test]
fn pushes_of_different_senders_and_references_keep_apart() {
    let mut assembly = Assembly::default();
    assembly.observe(&part_of("ZZ", "A", "01:C", 1, None), second(0));
    assembly.observe(&part_of("YY", "A", "02:F", 1, None), second(0));
    assembly.observe(&part_of("ZZ", "B", "02:F", 1, None), second(0));
    assert_eq!(assembly.waiting(), 3);
}

#[test]
fn an_ordinal_that_cannot_be_is_refused() {
    let mut assembly = Assembly::default();
    for told in ["00:C", "10000", "X", "-1"] {
        assert_eq!(assembly.observe(&part(told, 1, None), second(0)), Progress::Refused);
    }
    assembly.observe(&part("02:F", 1, None), second(0));
    assert_eq!(assembly.observe(&part("03", 1, None), second(0)), Progress::Refused);
}

#[test]
fn a_flood_of_first_parts_is_bounded_and_nothing_is_forgotten_silently() {
    let mut assembly = Assembly::default();
    let flood = OPEN + 50;
    for at in 0..flood {
        assembly.observe(&part_of("ZZ", &at.to_string(), "01:C", 1, None), second(at as i64));
    }
    assert_eq!(assembly.waiting(), OPEN);
    let displaced = assembly.expire(second(0));
    assert_eq!(displaced.len(), 50);
    assert_eq!(displaced[0].push.access_ref, "0");
}

#[test]
fn the_state_survives_being_stored() {
    let mut assembly = Assembly::default();
    let parts = cut(&[1, 2, 3]);
    assembly.observe(&parts[0], second(0));
    assembly.observe(&part_of("YY", "done", "", 1, None), second(0));
    let stored = serde_json::to_string(&assembly).unwrap();
    let mut again: Assembly = serde_json::from_str(&stored).unwrap();
    assert_eq!(again, assembly);
    again.observe(&parts[1], second(1));
    assert!(matches!(again.observe(&parts[2], second(1)), Progress::Complete(_)));
}

proptest! {
    #[test]
    fn however_a_push_is_cut_and_shuffled_it_is_complete_once_and_the_same(
        sizes in prop::collection::vec(0_usize..20, 1..12),
        order in any::<Vec<prop::sample::Index>>(),
        seed in any::<u64>(),
    ) {
        let parts = cut(&sizes);
        let mut sent: Vec<usize> = (0..parts.len()).collect();
        sent.sort_by_key(|at| sha256((*at as u64 ^ seed).to_be_bytes()).0);
        for again in &order {
            let copy = sent[again.index(sent.len())];
            sent.insert(again.index(sent.len()), copy);
        }
        let mut assembly = Assembly::default();
        let mut complete = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for (at, index) in sent.iter().enumerate() {
            let progress = assembly.observe(&parts[*index], second(at as i64));
            prop_assert_eq!(progress == Progress::Duplicate, !seen.insert(*index));
            if let Progress::Complete(whole) = progress {
                complete.push(whole);
            }
        }
        let total = sizes.iter().sum();
        prop_assert_eq!(complete, vec![Whole { parts: sizes.len() as u32, carried: total, total: Some(total) }]);
    }

    #[test]
    fn a_lost_part_is_named_whatever_came_before(count in 2_usize..30, lost in any::<prop::sample::Index>()) {
        let parts = cut(&vec![1; count]);
        let lost = lost.index(count);
        let mut assembly = Assembly::default();
        for part in parts.iter().enumerate().filter(|(at, _)| *at != lost).map(|(_, part)| part) {
            assembly.observe(part, second(0));
        }
        let expired = assembly.expire(second(300));
        prop_assert_eq!(expired.len(), 1);
        if lost + 1 == count {
            prop_assert!(!expired[0].end_known);
        } else {
            prop_assert_eq!(&expired[0].missing, &vec![lost as u32 + 1]);
        }
    }
}
