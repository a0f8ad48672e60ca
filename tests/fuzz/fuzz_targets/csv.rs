//! CSV of our profile, as a file whose format is told from its content. The header is given, so that
//! the reader is reached at once.
#![no_main]

mod accounts;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    accounts::balanced(bytes, None);
    let header = b"src,src_id,flight.carrier,flight.number,flight.date,flight.dep,flight.arr,booking.locator,person.surname,person.given,person.dob,person.sex,person.nat,docs.type,docs.number,docs.issuer\n";
    accounts::balanced(&[header.as_slice(), bytes].concat(), None);
});
