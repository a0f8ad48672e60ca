//! CSV of our profile, as a file whose format is told from its content. The header is given, so that
//! the reader is reached at once.
#![no_main]

mod accounts;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    accounts::balanced(bytes, None);
    let header = b"src,src_id,carrier,number,date,dep,arr,locator,surname,given,dob,sex,nat,type,doc_number,issuer\n";
    accounts::balanced(&[header.as_slice(), bytes].concat(), None);
});
