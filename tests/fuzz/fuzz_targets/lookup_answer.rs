//! The binary answer to a lookup: one encoding each.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piux_protocol::blind::LookupAnswer;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(answer) = LookupAnswer::decode(bytes) {
        assert_eq!(answer.encode(), bytes);
    }
});
