//! After a crash the ledger loses nothing it acknowledged; after anything else it refuses to guess.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "ledger/support.rs"]
mod support;

use piux_node::ledger::{Filter, Kind, LedgerError, Options, Reader};
use std::fs;
use support::{Folder, Snapshot, answer, now, query};

const SEGMENT: &str = "wal/00000001.wal";

fn small() -> Options {
    Options {
        segment_bytes: 16 << 10,
        ..Options::default()
    }
}

/// Where the zeros after the last frame begin.
fn end(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)
}

fn starts_of_frames(bytes: &[u8]) -> Vec<usize> {
    bytes
        .windows(4)
        .enumerate()
        .filter(|(_, window)| *window == b"PXF1")
        .map(|(at, _)| at)
        .collect()
}

/// A folder as it is when the power goes during the last write: everything before it was
/// acknowledged and published, the last frame is in flight.
fn in_flight() -> (Folder, Snapshot, Vec<u8>, u64) {
    let folder = Folder::new();
    let ledger = folder.try_open(small()).unwrap();
    for _ in 0..3 {
        ledger.record(query(now()), ()).unwrap();
    }
    ledger.checkpoint().unwrap();
    let acknowledged = ledger.size();
    let before = folder.snapshot();
    ledger.record(query(now()), ()).unwrap();
    let after = fs::read(folder.path(SEGMENT)).unwrap();
    drop(ledger);
    (folder, before, after, acknowledged)
}

#[test]
fn a_torn_last_write_is_trimmed_at_every_byte_and_nothing_acknowledged_is_lost() {
    let (folder, before, after, acknowledged) = in_flight();
    let (start, end) = (*starts_of_frames(&after).last().unwrap(), end(&after));
    for cut in start..=end {
        folder.restore(&before);
        let mut torn = after.clone();
        torn[cut..].fill(0);
        fs::write(folder.path(SEGMENT), torn).unwrap();
        let ledger = folder.try_open(small()).unwrap();
        let expected = acknowledged + u64::from(cut == end) + 2;
        // A frame whose last bytes are zeros is whole a little earlier.
        assert!(
            ledger.size() == expected || ledger.size() == acknowledged + 3,
            "cut at {cut}"
        );
        drop(ledger);
        if cut % 32 == 0 {
            assert!(folder.verify().ok, "cut at {cut}");
        }
    }
}

#[test]
fn a_file_cut_short_recovers_as_well() {
    let (folder, before, after, acknowledged) = in_flight();
    let start = *starts_of_frames(&after).last().unwrap();
    for cut in [start, start + 1, start + 60, end(&after) - 1] {
        folder.restore(&before);
        fs::write(folder.path(SEGMENT), &after[..cut]).unwrap();
        assert_eq!(
            folder.try_open(small()).unwrap().size(),
            acknowledged + 2,
            "cut at {cut}"
        );
        assert!(folder.verify().ok);
    }
}

#[test]
fn a_segment_that_was_never_finished_is_made_anew() {
    let (folder, before, _, acknowledged) = in_flight();
    for unborn in [vec![], vec![0; 100], b"PIUXWAL1".to_vec()] {
        folder.restore(&before);
        fs::write(folder.path("wal/00000002.wal"), unborn).unwrap();
        assert_eq!(folder.try_open(small()).unwrap().size(), acknowledged + 2);
        assert!(folder.verify().ok);
    }
}

#[test]
fn damage_before_sound_entries_is_refused_and_nothing_is_changed() {
    let (folder, before, after, _) = in_flight();
    let starts = starts_of_frames(&after);
    let last = *starts.last().unwrap();
    for at in (starts[0]..last).step_by(7) {
        folder.restore(&before);
        fs::write(folder.path(SEGMENT), &after).unwrap();
        folder.flip(SEGMENT, at);
        let damaged = fs::read(folder.path(SEGMENT)).unwrap();
        let refused = folder.try_open(small()).map(drop);
        assert!(
            matches!(refused, Err(LedgerError::Corrupt { segment: 1, .. })),
            "{at}: {refused:?}"
        );
        assert_eq!(
            fs::read(folder.path(SEGMENT)).unwrap(),
            damaged,
            "evidence stays as it was"
        );
    }
}

#[test]
fn a_ledger_smaller_than_its_signed_checkpoint_is_refused_with_its_evidence() {
    let (folder, before, ..) = in_flight();
    // The node had stopped well: its last checkpoint covers everything.
    let stopped = folder.snapshot();
    let old_segment = before.iter().find(|(path, _)| path.ends_with(SEGMENT)).unwrap();
    folder.restore(&stopped);
    fs::write(&old_segment.0, &old_segment.1).unwrap();
    let refused = folder.try_open(small()).map(drop);
    assert!(
        matches!(refused, Err(LedgerError::RolledBack { held: 6, signed: 7 })),
        "{refused:?}"
    );
    assert!(refused.unwrap_err().to_string().contains("data protection officer"));

    folder.restore(&stopped);
    let bytes = fs::read(folder.path(SEGMENT)).unwrap();
    folder.flip(SEGMENT, end(&bytes) - 10);
    let damaged = fs::read(folder.path(SEGMENT)).unwrap();
    assert!(matches!(
        folder.try_open(small()).map(drop),
        Err(LedgerError::RolledBack { .. })
    ));
    assert_eq!(
        fs::read(folder.path(SEGMENT)).unwrap(),
        damaged,
        "evidence stays as it was"
    );
}

#[test]
fn a_missing_checkpoint_or_log_is_refused() {
    let (folder, ..) = in_flight();
    let stopped = folder.snapshot();
    fs::remove_file(folder.path("log/2026/checkpoint")).unwrap();
    assert!(matches!(
        folder.try_open(small()).map(drop),
        Err(LedgerError::Damaged(_))
    ));
    folder.restore(&stopped);
    fs::remove_dir_all(folder.path("wal")).unwrap();
    assert!(matches!(
        folder.try_open(small()).map(drop),
        Err(LedgerError::RolledBack { held: 0, .. })
    ));
}

#[test]
fn a_fork_after_a_restored_backup_is_refused() {
    let (folder, before, ..) = in_flight();
    let stopped = folder.snapshot();
    folder.restore(&before);
    let forked = folder.try_open(small()).unwrap();
    for _ in 0..5 {
        forked.record(query(now().plus_seconds(9)), ()).unwrap();
    }
    drop(forked);
    let checkpoint = stopped
        .iter()
        .find(|(path, _)| path.ends_with("log/2026/checkpoint"))
        .unwrap();
    fs::write(&checkpoint.0, &checkpoint.1).unwrap();
    assert!(matches!(
        folder.try_open(small()).map(drop),
        Err(LedgerError::Inconsistent)
    ));
}

#[test]
fn a_crash_before_anything_was_published_loses_nothing() {
    let folder = Folder::new();
    let ledger = folder.try_open(small()).unwrap();
    let published = folder.snapshot();
    ledger.record(answer(now()), ()).unwrap();
    let wal = fs::read(folder.path(SEGMENT)).unwrap();
    drop(ledger);
    folder.restore(&published);
    fs::write(folder.path(SEGMENT), wal).unwrap();
    drop(folder.try_open(small()).unwrap());
    let reader = Reader::open(folder.dir()).unwrap();
    let answers = reader
        .list(&Filter {
            kind: Some(Kind::AnswerOut),
            ..Filter::default()
        })
        .unwrap();
    assert_eq!(answers.len(), 1);
    assert_eq!(
        reader.open_detail(&answers[0], folder.dpo()).unwrap().len(),
        4,
        "the details were published too"
    );
    assert!(folder.verify().ok);
}
