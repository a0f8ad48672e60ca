//! Structured fields (RFC 9651) of signed requests.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piux_protocol::signature::structured_field::parse_dictionary;

fuzz_target!(|text: &str| {
    let _ = parse_dictionary(text);
});
