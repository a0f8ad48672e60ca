//! PNRGOV XML, as a file whose format is told from its content. The root is given, so that the reader
//! is reached at once.
#![no_main]

mod accounts;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    accounts::balanced(bytes, None);
    let rooted = [b"<IATA_PNRGOV_NotifRQ>".as_slice(), bytes].concat();
    accounts::balanced(&rooted, None);
});
