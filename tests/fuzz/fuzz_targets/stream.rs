//! A file read in small blocks gives what it gives in one; its format is told from its content.
#![no_main]

mod accounts;

use libfuzzer_sys::fuzz_target;
use piux_node::ingest::{Decoded, read};
use std::io::BufReader;

fuzz_target!(|input: (u8, &[u8])| {
    let (block, bytes) = input;
    let whole = accounts::balanced(bytes, None);
    let mut blocks = BufReader::with_capacity(usize::from(block) + 1, bytes);
    let mut pieces = Decoded::default();
    let outcome = read::<std::io::Error>(&mut blocks, None, accounts::now(), &mut |part| {
        pieces.absorb(part);
        Ok(())
    });
    assert!(outcome.is_ok(), "memory does not fail");
    assert_eq!(pieces.findings, whole.findings);
    assert!(pieces.bookings == whole.bookings, "the same bookings");
});
