//! Disclosures, what is released, receipts, problems and token requests.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piux_protocol::message::disclosure::{Disclosure, DisclosureRequest, Release};
use piux_protocol::message::problem::Problem;
use piux_protocol::message::{MAX_DOCUMENT, MAX_REQUEST, strict_json};
use piux_protocol::receipt::Receipt;
use piux_protocol::token::TokenRequest;

fuzz_target!(|bytes: &[u8]| {
    let _ = strict_json::<DisclosureRequest>(bytes, MAX_REQUEST);
    let _ = strict_json::<Disclosure>(bytes, MAX_DOCUMENT);
    let _ = strict_json::<Release>(bytes, MAX_DOCUMENT);
    let _ = Problem::from_json(bytes);
    let _ = TokenRequest::from_form(bytes);
    if let Ok(receipt) = Receipt::from_json(bytes) {
        let _ = receipt.roots();
        let _ = receipt.verify(&[]);
    }
});
