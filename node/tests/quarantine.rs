//! What lost its structure waits in quarantine: sealed, for a time, and read only with a reason.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "load/messages.rs"]
#[allow(dead_code, reason = "shared with the life of bookings")]
mod messages;
#[path = "load/unit.rs"]
#[allow(dead_code, reason = "shared with the life of bookings")]
mod unit;

use messages::{OUT, booking, full, traveller};
use piux_node::ledger::Kind;
use piux_node::load::{LoadOptions, LoadReport, TravellerCounts};
use piux_node::quarantine::Part;
use std::io::{BufReader, Read};
use unit::Unit;

/// A push with one traveller.
fn push() -> String {
    let ada = traveller("QUILL", "ADA", "UT1000001");
    full("PUSH1", &[booking("ADA111", OUT, &[&ada])])
}

/// A part of a file that cannot be read, with one traveller.
fn lost(content: &[u8]) -> Part<'_> {
    Part {
        offset: 0,
        message: 1,
        rule: "syntax.lost",
        travellers: 1,
        content,
        complete: true,
        mapped: false,
    }
}

#[test]
fn a_part_in_quarantine_is_read_only_with_a_reason_and_forgotten_in_time() {
    let unit = Unit::new();
    let quarantine = unit.loader.quarantine();
    let part = Part {
        offset: 7,
        message: 1,
        rule: "syntax.lost",
        travellers: 1,
        content: b"NAD+FL+++MARKER:MAUD'",
        complete: true,
        mapped: false,
    };
    let held = quarantine.keep("inbox/file", part, unit.now()).unwrap();
    assert_eq!(quarantine.list(unit.now()).unwrap(), std::slice::from_ref(&held));
    assert!(!format!("{held:?}").contains("MARKER"));
    assert!(quarantine.content(held.id, ("F. Clerk", " "), unit.now()).is_err());
    let content = quarantine
        .content(held.id, ("F. Clerk", "the carrier asks"), unit.now())
        .unwrap();
    assert_eq!(&*content, b"NAD+FL+++MARKER:MAUD'");
    assert_eq!(unit.entries(Kind::QuarantineRead), 1);
    unit.clock.advance(14 * 86_400);
    assert!(quarantine.show(held.id, unit.now()).is_err());
    assert_eq!(quarantine.sweep(unit.now()).unwrap(), 1);
    assert_eq!(unit.ground.store.record_days().unwrap().len(), 0);
}

#[test]
fn a_part_that_can_be_read_after_all_leaves_quarantine() {
    let unit = Unit::new();
    let file = push();
    let held = unit
        .loader
        .quarantine()
        .keep("file", lost(file.as_bytes()), unit.now())
        .unwrap();
    let report = unit.loader.retry(held.id, LoadOptions::default()).unwrap();
    let one = TravellerCounts {
        read: 1,
        stored: 1,
        merged: 0,
        rejected: 0,
    };
    assert_eq!(report.travellers, one);
    assert!(unit.loader.quarantine().list(unit.now()).unwrap().is_empty());
}

#[test]
fn a_part_in_which_nothing_is_found_stays() {
    let unit = Unit::new();
    let quarantine = unit.loader.quarantine();
    let held = quarantine.keep("file", lost(b"\r\n"), unit.now()).unwrap();
    let report = unit.loader.retry(held.id, LoadOptions::default()).unwrap();
    assert_eq!(report.travellers, TravellerCounts::default());
    assert_eq!(quarantine.list(unit.now()).unwrap(), [held]);
}

/// A stream that ends in an error.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof))
    }
}

#[test]
fn what_quarantine_did_not_keep_is_told_again_when_a_broken_load_goes_on() {
    let unit = Unit::new();
    let line = |number| {
        format!(r#"{{"src_id":"{number}","flight":{{"carrier":"UT","number":"1"}},"person":{{"surname":"TESTMANN"}}}}"#)
    };
    let mut stream = "x".repeat(8 * 1024 * 1024) + "\n";
    stream.extend((0..600).map(|number| line(number) + "\n"));
    let options = LoadOptions::new(Some("ndjson"), None)
        .unwrap()
        .marked("feed".to_owned());
    let load = |input: &mut dyn Read| {
        let mut report = LoadReport::default();
        let mut input = BufReader::new(input);
        let loaded = unit
            .loader
            .load_stream("feed", &mut input, &options, &mut report, &mut |_| {});
        (loaded.is_ok(), report)
    };
    let (whole, first) = load(&mut stream.as_bytes().chain(Broken));
    assert!(!whole && first.unkept == 1 && first.travellers.read > 500, "{first:?}");
    let (whole, rest) = load(&mut stream.as_bytes());
    assert!(whole && rest.travellers.read < 200, "{rest:?}");
    assert_eq!(rest.unkept, 1);
}

#[test]
fn the_next_load_forgets_what_waited_too_long() {
    let unit = Unit::new();
    unit.loader.quarantine().keep("file", lost(b"'"), unit.now()).unwrap();
    unit.clock.advance(14 * 86_400);
    unit.load(&push());
    assert_eq!(unit.ground.store.record_days().unwrap().len(), 1);
    assert_eq!(unit.entries(Kind::DataErase), 1);
}

#[test]
fn a_discarded_part_is_gone_and_the_ledger_says_who() {
    let unit = Unit::new();
    let quarantine = unit.loader.quarantine();
    let held = quarantine.keep("file", lost(b"'"), unit.now()).unwrap();
    quarantine
        .discard(held.id, ("F. Clerk", "the sender sends it again"), unit.now())
        .unwrap();
    assert!(quarantine.list(unit.now()).unwrap().is_empty());
    assert_eq!(unit.entries(Kind::DataErase), 1);
}
