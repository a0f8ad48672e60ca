//! The text of special service requests (DOCS, DOCA, DOCO, INFT, contacts), inside a booking.
#![no_main]

mod accounts;

use libfuzzer_sys::fuzz_target;
use piux_node::ingest::Format;

const CODES: [&str; 12] = [
    "DOCS", "DOCO", "DOCA", "INFT", "CHLD", "TKNE", "FQTV", "CTCM", "CTCE", "FOID", "SEAT", "OTHS",
];

fuzz_target!(|input: (u8, String)| {
    let (code, text) = input;
    let code = CODES.get(usize::from(code) % CODES.len()).copied().unwrap_or("DOCS");
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    let text = text
        .replace('?', "??")
        .replace('\'', "?'")
        .replace('+', "?+")
        .replace(':', "?:");
    let message = format!(
        "UNB+IATA:1+ZZ+UTOPIU+260304:1215+7'UNH+1+PNRGOV:13:1:IA+R+01:F'MSG+:22'TVL+050326:0700:0910+UTA+RUB+ZZ+451'\
         EQN+1'SRC'RCI+ZZ:ABC123::110126'TIF+MERROW:I+TILDAMS:A:1'SSR+{code}:HK:1:ZZ:::::{text}+::1'\
         IFT+4:28::ZZ+{text}'TVL+050326:0700::0910+UTA+RUB+ZZ+451:Y'UNT+12+1'UNZ+1+7'"
    );
    let decoded = accounts::balanced(message.as_bytes(), Some(Format::Edifact));
    assert_eq!(decoded.bookings.len(), 1, "no text of a request ends the booking");
});
