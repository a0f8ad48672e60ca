//! The body of a lookup. What is accepted is written again as the same request.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piux_protocol::blind::LookupRequest;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = LookupRequest::parse(bytes) {
        let again = LookupRequest::parse(&request.to_body());
        assert_eq!(again.as_ref(), Ok(&request));
    }
});
