#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]
use crate::ingest::{Decoded, Format, Mapping, decode, resume_mapped};
use proptest::prelude::*;

fn read(bytes: &[u8]) -> Decoded {
    decode(bytes, Some(Format::Csv), "2026-03-04T20:00:00.000Z".parse().unwrap())
}

fn rules(decoded: &Decoded) -> Vec<&'static str> {
    decoded.findings.iter().map(|finding| finding.rule).collect()
}

fn names(decoded: &Decoded) -> Vec<String> {
    let travellers = decoded.bookings.iter().flat_map(|booking| &booking.travellers);
    let name = |traveller: &crate::ingest::Traveller| {
        traveller
            .names
            .first()
            .map_or("unnamed".to_owned(), |name| format!("{}/{}", name.surname, name.given))
    };
    travellers.map(name).collect()
}

const HEADER: &str =
    "src_id,flight.carrier,flight.number,flight.date,person.surname,person.given,docs.type,docs.number";

#[test]
fn a_table_of_the_profile_is_recognized_and_rows_of_one_record_are_joined() {
    let text = format!(
        "{HEADER}\r\n1,UT,451,2026-03-05,QUILL,ZOE,P,X1\r\n1,,,,,,V,V1\r\n2,UT,451,2026-03-05,QUILL,ADA,P,X2\r\n"
    );
    assert_eq!(Format::detect(text.as_bytes()), Some(Format::Csv));
    let all = read(text.as_bytes());
    assert_eq!(
        (rules(&all), names(&all)),
        (vec![], vec!["QUILL/ZOE".to_owned(), "QUILL/ADA".to_owned()])
    );
    assert_eq!((all.travellers_read, all.messages), (2, 3));
    let numbers: Vec<_> = all.bookings[0].travellers[0]
        .documents
        .iter()
        .map(|d| d.number.as_str())
        .collect();
    assert_eq!(numbers, ["X1", "V1"]);
}

#[test]
fn separators_quotes_marks_and_line_ends_within_cells_are_understood() {
    for separator in [";", "\t", "|"] {
        let text = format!("{HEADER}\n1,UT,451,2026-03-05,\"O\"\"HARA\",\"ZOE\nMAE\",P,X1\n").replace(',', separator);
        let all = read(format!("\u{FEFF}{text}").as_bytes());
        assert_eq!(
            (rules(&all), names(&all)),
            (vec![], vec!["O\"HARA/ZOE MAE".to_owned()]),
            "{separator}"
        );
    }
}

#[test]
fn positions_count_lines_and_columns_and_hold_no_content() {
    let text = format!(
        "{HEADER},person.dob,shoe\n1,UT,451,2026-03-05,\"A\nB\",C,P,X1,1984-02-29,44\n2,UT,451,2026-03-05,A,B,P,X1,1984-02-31,44\n"
    );
    let all = read(text.as_bytes());
    let told: Vec<_> = all
        .findings
        .iter()
        .map(|f| (f.rule, f.position.message, f.position.segment))
        .collect();
    assert_eq!(told, [("csv.column_unknown", 1, 10), ("field.date", 4, 0)]);
    assert!(text[all.findings[1].position.offset..].starts_with("2,UT"));
}

#[test]
fn rows_in_iso_8859_1_lose_nobody() {
    let mut bytes = format!("{HEADER}\n1,UT,451,2026-03-05,").into_bytes();
    bytes.extend_from_slice(b"MU\xD1OZ,ANA,P,X1\n");
    let all = read(&bytes);
    assert_eq!(
        (rules(&all), names(&all)),
        (vec!["syntax.charset"], vec!["MUÑOZ/ANA".to_owned()])
    );
}

#[test]
fn a_quote_that_is_never_closed_loses_its_own_line_only() {
    let mut text = format!("{HEADER}\n1,UT,451,2026-03-05,\"QUILL,ZOE,P,X1\n");
    for n in 2..2_000 {
        text.push_str(&format!("{n},UT,451,2026-03-05,QUILL,ADA N{n},P,X{n}\n"));
    }
    let all = read(text.as_bytes());
    assert_eq!(
        (rules(&all), all.rejected, all.travellers_read),
        (vec!["syntax.csv"], 1, 1_999)
    );
    assert_eq!(all.findings[0].position.message, 2);
}

#[test]
fn an_endless_row_is_refused_and_the_next_one_loads() {
    let text = format!(
        "{HEADER}\n{}\n2,UT,451,2026-03-05,QUILL,ADA,P,X2\n",
        "x".repeat(2_000_000)
    );
    let all = read(text.as_bytes());
    assert_eq!((rules(&all), all.travellers_read), (vec!["limit.line"], 2));
    assert_eq!(all.findings[0].position.offset, HEADER.len() + 1);
}

#[test]
fn a_row_of_another_width_is_told() {
    let text = format!("{HEADER}\n1,UT,451\n2,UT,451,2026-03-05,QUILL,ADA,P,X2,,,more\n");
    let all = read(text.as_bytes());
    assert_eq!(
        (rules(&all), all.rejected, all.travellers_read),
        (vec!["csv.width", "csv.width"], 1, 2)
    );
}

#[test]
fn a_table_without_a_flight_column_is_refused_whole() {
    let all = read(b"person.surname,person.given\nQUILL,ZOE\n");
    assert_eq!((rules(&all), all.rejected), (vec!["csv.header"], 1));
    assert_eq!(Format::detect(b"name,shoe\n1,2\n"), None);
}

#[test]
fn a_missing_column_is_told_once_and_an_unused_one_is_a_remark() {
    let mapping = "format = \"piux-mapping/1\"\nsource = \"csv\"\n[fields]\n\"flight.carrier\" = \"C\"\n\"flight.number\" = \"N\"\n\"seat\" = \"S\"\n\"person.surname\" = { column = \"P\", optional = true }\n";
    let mapping = Mapping::parse("m", mapping).unwrap();
    let mut all = Decoded::default();
    let text = b"C;N;Q\nUT;1;z\nUT;2;z\n";
    resume_mapped::<std::io::Error>(
        &mut text.as_slice(),
        &mapping,
        "2026-03-04T20:00:00.000Z".parse().unwrap(),
        0,
        &mut |part| {
            all.absorb(part);
            Ok(())
        },
    )
    .unwrap();
    assert_eq!(
        (rules(&all), all.travellers_read),
        (vec!["csv.column_unknown", "csv.column_missing"], 2)
    );
}

proptest! {
    #[test]
    fn no_bytes_stop_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200), headed in any::<bool>()) {
        let mut text = if headed { format!("{HEADER}\n").into_bytes() } else { Vec::new() };
        text.extend(bytes);
        let all = read(&text);
        let stored: usize = all.bookings.iter().map(|booking| booking.travellers.len()).sum();
        prop_assert_eq!(all.travellers_read, stored + all.rejected);
    }

    #[test]
    fn no_quoting_stops_the_reader(text in "[\",;\n\r a1]{0,80}") {
        let _ = read(format!("{HEADER}\n{text}").as_bytes());
    }
}
