#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]
use super::*;
use proptest::prelude::*;

const RECEIVED: Date = jiff::civil::date(2026, 3, 4);

const HEAD: &str = "format = \"piux-mapping/1\"\nsource = \"csv\"\n";
const FLIGHT: &str = "\"flight.carrier\" = \"C\"\n\"flight.number\" = \"N\"\n";

/// The fault of a mapping whose `[fields]` begin on line 4.
fn fault(fields: &str) -> String {
    let text = format!("{HEAD}[fields]\n{fields}{FLIGHT}");
    Mapping::parse("map.toml", &text).unwrap_err().to_string()
}

fn mapped(fields: &str, cells: &[(&str, &str)]) -> (Line, Vec<&'static str>) {
    let mapping = Mapping::parse(
        "map.toml",
        &format!("{HEAD}empty = [\"NULL\"]\n[fields]\n{fields}{FLIGHT}"),
    )
    .unwrap();
    let cell = |column: &str| {
        let found = cells.iter().find(|(known, _)| *known == column);
        found.map(|(_, text)| (*text).to_owned())
    };
    let (line, doubts) = mapping.line(&cell, RECEIVED).unwrap();
    let doubts = doubts.into_iter().map(|(rule, _)| rule).collect();
    (line, doubts)
}

#[test]
fn the_mapping_files_of_the_repository_are_in_order() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/mapping");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            Mapping::read(&path).unwrap_or_else(|error| panic!("{error}"));
            read += 1;
        }
    }
    assert!(read >= 2);
}

#[test]
fn an_unknown_field_is_told_with_its_line_and_what_was_meant() {
    assert_eq!(
        fault("\"person.surnam\" = \"S\"\n"),
        "map.toml:4: the profile has no field `person.surnam`; did you mean `person.surname`?"
    );
    assert!(fault("\"seat\" = \"S\"\n\"docs\" = \"D\"\n").starts_with("map.toml:5: `docs` is a list"));
    assert!(fault("\"person.shoe_size_and_more\" = \"S\"\n").contains("README"));
}

#[test]
fn a_wrong_rule_is_told_with_its_line() {
    for (fields, wanted) in [
        ("\"seat\" = { colum = \"S\" }\n", "unknown field `colum`"),
        ("\"seat\" = { join = \"/\" }\n", "either `column` or `columns`"),
        ("\"seat\" = { column = \"S\", split = \"/\" }\n", "`split` needs `part`"),
        ("\"seat\" = { column = \"S\", part = 1 }\n", "needs `split`"),
        ("\"seat[2]\" = \"S\"\n", "is no list"),
        ("\"docs[0].number\" = \"S\"\n", "[1] to [99]"),
        (
            "\"person.dob\" = { column = \"S\", dates = [\"DD/mo/YYYY\"] }\n",
            "cannot read the date pattern at `mo/YYYY`",
        ),
        (
            "\"op\" = { column = \"S\", translate = { D = \"delete\" } }\n",
            "one of upsert, cancel",
        ),
        ("\"seat\" = 7\n", "a column's name, or a table"),
    ] {
        let told = fault(fields);
        assert!(told.starts_with("map.toml:4: ") && told.contains(wanted), "{told}");
    }
}

#[test]
fn a_mapping_that_can_name_no_flight_is_refused() {
    let text = format!("{HEAD}[fields]\nseat = \"S\"\n");
    assert!(
        Mapping::parse("m", &text)
            .unwrap_err()
            .to_string()
            .contains("`flight.carrier`")
    );
    for (head, wanted) in [
        ("format = \"piux-mapping/2\"\nsource = \"csv\"\n", "m:1: the format is"),
        ("format = \"piux-mapping/1\"\nsource = \"xls\"\n", "m:2: the source is"),
        (
            "format = \"piux-mapping/1\"\nsource = \"csv\"\nlist = \"L\"\n",
            "m:3: only a \"json\" source",
        ),
        (
            "format = \"piux-mapping/1\"\nsource = \"csv\"\nseparator = \"ab\"\n",
            "m:3: the separator",
        ),
        (
            "format = \"piux-mapping/1\"\nsource = \"csv\"\ncharset = \"ebcdic\"\n",
            "m:3: the charset",
        ),
    ] {
        let told = Mapping::parse("m", &format!("{head}[fields]\n{FLIGHT}"))
            .unwrap_err()
            .to_string();
        assert!(told.starts_with(wanted), "{told}");
    }
}

#[test]
fn columns_are_joined_split_translated_and_dated() {
    let fields = "\"person.sex\" = { column = \"G\", translate = { Female = \"F\", Male = \"M\", \"*\" = \"X\" } }\n\
        \"person.nat\" = { column = \"NAT\", split = \"|\" }\n\
        \"person.surname\" = { column = \"NAME\", split = \"/\", part = 1 }\n\
        \"person.given\" = { column = \"NAME\", split = \"/\", part = 2 }\n\
        \"person.dob\" = { column = \"DOB\", dates = [\"DD/MM/YYYY\", \"DDMONYY\"] }\n\
        \"flight.dep_local\" = { columns = [\"D\", \"T\"], dates = [\"YYYYMMDD hhmm\"] }\n\
        \"docs[2].number\" = \"VISA\"\n\"docs[2].type\" = { column = \"V\", translate = { \"*\" = \"=\" } }\n";
    let (line, doubts) = mapped(
        fields,
        &[
            ("C", "UT"),
            ("N", "451"),
            ("G", "female"),
            ("NAT", "GBR| NZL"),
            ("NAME", "QUILL / ZOE"),
            ("DOB", "29FEB84"),
            ("D", "20260305"),
            ("T", "0710"),
            ("VISA", "V1"),
            ("V", "V"),
        ],
    );
    assert_eq!(doubts, [""; 0]);
    assert_eq!((line.get(Field::Sex), line.get(Field::Birth)), ("F", "1984-02-29"));
    assert_eq!((line.get(Field::Surname), line.get(Field::Given)), ("QUILL", "ZOE"));
    assert_eq!(line.get(Field::DepartureLocal), "2026-03-05T07:10:00");
    let nations = line.items(crate::ingest::profile::List::Nationalities);
    assert_eq!(
        nations
            .iter()
            .map(|item| item[&Field::Nationality].as_str())
            .collect::<Vec<_>>(),
        ["GBR", "NZL"]
    );
    let documents = line.items(crate::ingest::profile::List::Documents);
    assert_eq!(
        (documents.len(), documents[1][&Field::DocumentNumber].as_str()),
        (2, "V1")
    );
}

#[test]
fn what_cannot_be_turned_is_a_finding_and_the_row_is_kept() {
    let fields = "\"person.role\" = { column = \"R\", translate = { P = \"passenger\" } }\n\
        \"person.dob\" = { column = \"DOB\", dates = [\"DD/MM/YYYY\"] }\n\"person.surname\" = \"S\"\n";
    let (line, mut doubts) = mapped(
        fields,
        &[
            ("C", "UT"),
            ("N", "1"),
            ("R", "Q"),
            ("DOB", "31/02/1984"),
            ("S", "NULL"),
        ],
    );
    doubts.sort_unstable();
    assert_eq!(doubts, ["field.date", "mapping.translate"]);
    assert!(line.has_flight());
    assert_eq!(line.find(Field::Surname), None);
}

#[test]
fn rows_that_are_no_travellers_are_left_out() {
    let text = format!("{HEAD}[skip]\nK = [\"T\", \"H\"]\n[fields]\n{FLIGHT}");
    let mapping = Mapping::parse("m", &text).unwrap();
    assert!(
        mapping
            .line(&|column| (column == "K").then(|| "T".to_owned()), RECEIVED)
            .is_none()
    );
    assert!(mapping.line(&|_| None, RECEIVED).is_some());
}

proptest! {
    #[test]
    fn no_text_stops_the_reader_of_mappings(text in "[a-z0-9\"'=.\\[\\]{}\n ,/-]{0,120}") {
        let _ = Mapping::parse("m", &text);
        let _ = Mapping::parse("m", &format!("{HEAD}[fields]\n{FLIGHT}{text}"));
    }
}
