//! What the law forbids to process leaves no trace of code or text, wherever it stands.

use super::{interchange, read};
use piux_node::ingest::Decoded;
use piux_node::ingest::sensitive::removed_codes;
use proptest::prelude::*;

/// Where a code and a text can stand in a push. `%C` is the code, `%T` the text.
const PUSH: [&str; 12] = [
    "SSR+%C:HK:1:UT:::::%T'",
    "SSR+%C:HK:1:UT:::::%T+::1'",
    "SSR+%C:HK:1:UT:::UTA:RUB:%T+%T::1'",
    "SSR+OTHS:HK:1:UT:::::%C %T'",
    "SSR+QQQQ:HK:1:UT:::::/%T/%C'",
    "SSR+UMNR:HK:1:UT:::::%T %C+::1'",
    "IFT+4:28::UT+%C %T'",
    "IFT+4:28::UT+CTCM 447700900123 %C %T'",
    "IFT+4:63+%T %C'",
    "DAT+3:%T %C'",
    "SSR+SEAT:HK:1:UT:::UTA:RUB:%C %T'",
    "APD+%C %T'",
];

/// Where they can stand in history.
const HISTORY: [&str; 4] = [
    "SAC+++X'SSR+%C:HK:1:UT:::::%T'",
    "LTS+0/O/SR/SSR %CUTHK1 %T'",
    "SAC+++X'IFT+4:19+%T %C'",
    "SAC+++A'TIF+%T+%C:A:9'",
];

/// Where they can stand in a passenger list.
const LIST: [&str; 2] = ["FTX+AAI+++%C %T'", "FTX+%C+++%T'"];

fn filled(template: &str, code: &str, text: &str) -> String {
    template.replace("%C", code).replace("%T", text)
}

/// Everything a decoder gives away, written out.
fn everything(decoded: &Decoded) -> String {
    let findings = serde_json::to_string(&decoded.findings).unwrap();
    let bookings = serde_json::to_string(&decoded.bookings).unwrap();
    let responses = serde_json::to_string(&decoded.responses).unwrap();
    let elements: Vec<_> = decoded
        .bookings
        .iter()
        .flat_map(|booking| booking.travellers.iter().map(|one| booking.elements(one)))
        .collect();
    let answers = decoded.acknowledgements("UTOPIU", "2026-03-04T20:00:00.000Z".parse().unwrap());
    format!(
        "{bookings} {findings} {responses} {elements:?} {:?} {:?} {answers:?}",
        decoded.bookings, decoded.text_withheld
    )
}

fn codes() -> impl Strategy<Value = &'static str> {
    prop::sample::select(removed_codes().collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn no_sensitive_code_or_text_leaves_a_push(
        inserted in prop::collection::vec((0..PUSH.len(), 0usize..5, codes(), "ZQX[A-Z]{3,8}"), 1..12),
        history in prop::collection::vec((0..HISTORY.len(), codes(), "ZQX[A-Z]{3,8}"), 0..6),
    ) {
        let mut parts = ["MSG+:22'ORG+UT:UTA'TVL+050326:0700:0910+UTA+RUB+UT+451'", "SRC'RCI+1A:FAM1LY'",
            "TIF+ROOKWOOD+TAMSINMRS:A:1'", "TVL+050326:0700::0910+UTA+RUB+UT+451:Y'", "RPI+1+HK'"].map(str::to_owned);
        for (template, place, code, text) in &inserted {
            parts[*place].push_str(&filled(PUSH[*template], code, text));
        }
        let mut body = parts.concat();
        body.push_str("ABI+1+:UTARR+UTA++UT'");
        for (template, code, text) in &history {
            body.push_str(&filled(HISTORY[*template], code, text));
        }
        let decoded = read(&interchange("PNRGOV:13:1:IA", "X", "", &body));
        let told = everything(&decoded);
        prop_assert!(!told.contains("ZQX"), "{told}");
        for code in removed_codes() {
            prop_assert!(!told.contains(code), "{code}");
        }
        let purged: u64 = decoded.sensitive_removed.values().sum();
        let listed = inserted.iter().filter(|(template, ..)| *template < 3).count()
            + history.iter().filter(|(template, ..)| *template == 0).count();
        prop_assert_eq!(purged, u64::try_from(listed).unwrap());
        prop_assert_eq!(decoded.bookings.len(), 1);
        prop_assert_eq!(decoded.bookings[0].travellers.len(), 1);
    }

    #[test]
    fn no_free_text_leaves_a_passenger_list(
        inserted in prop::collection::vec((0..LIST.len(), codes(), "ZQX[A-Z]{3,8}"), 1..8),
    ) {
        let texts: String = inserted.iter().map(|(template, code, text)| filled(LIST[*template], code, text)).collect();
        let body = format!("BGM+745'TDT+20+UT451+++UT'LOC+125+UTA'LOC+87+RUB'NAD+FL+++ROOKWOOD:TAMSIN'{texts}");
        let decoded = read(&interchange("PAXLST:D:15B:UN:IATA", "", "", &body));
        let told = everything(&decoded);
        prop_assert!(!told.contains("ZQX"), "{told}");
        prop_assert_eq!(decoded.text_withheld.get("FTX").copied(), u64::try_from(inserted.len()).ok());
    }
}

/// The second line of the design's list: unknown codes are denied, not trusted.
#[test]
fn an_unknown_request_keeps_neither_code_nor_text() {
    let body = "MSG+:22'TVL+050326:0700:0910+UTA+RUB+UT+451'SRC'RCI+1A:FAM1LY'TIF+A+B:A:1'\
                SSR+WXYZ:HK:1:UT:::::PRIVATE MATTER+::1'";
    let decoded = read(&interchange("PNRGOV:13:1:IA", "X", "", body));
    let told = everything(&decoded);
    assert!(!told.contains("WXYZ") && !told.contains("PRIVATE"));
    assert_eq!(decoded.text_withheld.get("SSR"), Some(&1));
}
