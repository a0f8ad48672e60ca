//! Whole EDIFACT files: PAXLST and PNRGOV, envelopes, dress.
#![no_main]

mod accounts;

use libfuzzer_sys::fuzz_target;
use piux_node::ingest::Format;

fuzz_target!(|bytes: &[u8]| {
    accounts::balanced(bytes, Some(Format::Edifact));
});
