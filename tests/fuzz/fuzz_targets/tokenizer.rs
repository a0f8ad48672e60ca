//! The EDIFACT tokenizer: places only grow, nothing is read twice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piux_node::ingest::edifact::segments;

fuzz_target!(|bytes: &[u8]| {
    let mut last = None;
    for segment in segments(bytes) {
        assert!(
            last.is_none_or(|last| last < segment.offset()),
            "segments follow each other"
        );
        last = Some(segment.offset());
        let read: usize = segment
            .elements()
            .flat_map(|element| element.occurrences())
            .flat_map(|occurrence| occurrence.components())
            .map(|text| text.chars().count())
            .sum();
        assert!(read <= bytes.len(), "no text is longer than what was written");
    }
});
