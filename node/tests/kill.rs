//! Nothing acknowledged is lost when the machine takes the node away in the middle of its work.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "command_line/piux.rs"]
#[allow(dead_code, reason = "shared with the tests of the command line")]
mod piux;

use piux::{Piux, text, traveller};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

const ROUNDS: usize = 3;
/// Loads acknowledged before each kill.
const ENOUGH: usize = 4;

/// Loads one file after the other and tells which were acknowledged, until told to stop.
fn load(piux: &Piux, from: usize, stop: &AtomicBool, acknowledged: &Sender<PathBuf>) {
    for number in from.. {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let file = piux.file(&format!("{number}.ndjson"), traveller(number));
        if piux.runs(&["ingest", text(&file)]).exit == 0 {
            let _ = acknowledged.send(file);
        }
    }
}

/// Kills the node in the middle of a stream of loads; the files that were acknowledged.
fn killed_while_loading(piux: &Piux, round: usize) -> Vec<PathBuf> {
    let (sender, receiver): (Sender<PathBuf>, Receiver<PathBuf>) = channel();
    let (serving, stop) = (piux.serves(), AtomicBool::new(false));
    let mut files = Vec::new();
    std::thread::scope(|scope| {
        let (stop, sender) = (&stop, sender);
        scope.spawn(move || load(piux, round * 1000, stop, &sender));
        files.extend(receiver.iter().take(ENOUGH));
        stop.store(true, Ordering::SeqCst);
        serving.dies();
    });
    files.extend(receiver.iter());
    files
}

#[test]
fn every_acknowledged_load_is_there_after_each_kill_and_the_ledger_verifies() {
    let piux = Piux::of("RUR");
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        acknowledged.extend(killed_while_loading(&piux, round));
        let verified = piux.runs(&["audit", "verify"]);
        assert_eq!(verified.exit, 0, "as the kill left it: {verified:?}");
    }
    assert!(acknowledged.len() >= ROUNDS * ENOUGH);
    for file in &acknowledged {
        let (exit, report) = piux.tells(&["ingest", text(file)]);
        assert_eq!(
            (exit, report["travellers"]["merged"].as_u64()),
            (0, Some(1)),
            "{} was lost",
            file.display()
        );
    }
    let (_, list) = piux.tells(&["audit", "list", "--limit", "100000"]);
    let loads = list["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["leaf"]["k"] == "data.load");
    assert!(loads.count() >= 2 * acknowledged.len());
    assert_eq!(piux.runs(&["audit", "verify"]).exit, 0);
}
