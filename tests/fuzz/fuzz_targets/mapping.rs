//! The text of a mapping file, and a small table read by it.
#![no_main]

mod accounts;

use libfuzzer_sys::fuzz_target;
use piux_node::ingest::{Decoded, Mapping, resume_mapped};

fuzz_target!(|input: (&str, &[u8])| {
    let (text, mut table) = input;
    let Ok(mapping) = Mapping::parse("mapping", text) else {
        return;
    };
    let mut whole = Decoded::default();
    let outcome = resume_mapped::<std::io::Error>(&mut table, &mapping, accounts::now(), 0, &mut |unit| {
        whole.absorb(unit);
        Ok(())
    });
    assert!(outcome.is_ok(), "memory does not fail");
    accounts::settled(&whole);
});
