//! The table of how well people are found, on invented records and, where they lie
//! beside the project, on the labelled files.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "shared/folder.rs"]
mod folder;

use folder::shared;
use piux_node::measure::{Extent, Strangers, Table, measure};
use std::fs;
use tempfile::TempDir;

const INDEX: &str = "person,surname,given,dob,doc,issuer,kind
0,TESTMANN,ERIKA MARIA,19840229,L898902C3,UTO,a
1,MUSTERSEN,OLE,19710105,K1234567A,UTO,a
2,BEISPIELOV,IVAN,19600601,M7654321B,UTO,a
";
const QUERIES: &str = "person_or_-1,surname,given,dob,doc,issuer,kind
0,ERIKA MARIA,TESTMANN,19840229,Z1111222Y,UTO,a
1,OTHERNAME,WHOLLY,19701231,K1234567A,UTO,a
-1,NOBODY,KNOWN,19700302,,UTO,a
";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn travelers() -> Table {
    let folder = folder(&[("sea_synth_index.csv", INDEX), ("sea_synth_queries.csv", QUERIES)]);
    measure(folder.path(), Extent::default())
}

fn recall(table: &Table, data: &str, method: &str) -> f64 {
    let line = table
        .line(data, method)
        .unwrap_or_else(|| panic!("no line {data}, {method}"));
    line.figures.recall.unwrap()
}

#[test]
fn a_swapped_name_is_found_by_derivation_and_through_buckets() {
    let table = travelers();
    for method in [
        "tight, derivation",
        "full, derivation",
        "tight, buckets",
        "full, buckets",
    ] {
        assert_eq!(recall(&table, "SE-Asia", method), 0.5, "{method}");
        let figures = table.line("SE-Asia", method).unwrap().figures;
        assert_eq!(figures.precision, Some(1.0));
        assert_eq!(figures.strangers, Some(Strangers::Count(0)));
    }
}

#[test]
fn a_document_is_found_under_another_birth_date_by_its_own_bucket() {
    let table = travelers();
    let data = "SE-Asia with documents";
    assert_eq!(recall(&table, data, "full, derivation"), 1.0);
    assert_eq!(recall(&table, data, "full, buckets"), 1.0);
    assert_eq!(
        recall(&table, data, "full, buckets: graded possible"),
        0.5,
        "the name conflicts"
    );
}

#[test]
fn files_that_are_missing_are_named_and_the_others_measured() {
    let table = travelers();
    assert!(table.missing.contains(&"febrl4_a.csv") && table.missing.contains(&"ofac_alias_pairs.csv"));
    let nothing = measure(folder(&[]).path(), Extent::default());
    assert!(nothing.lines.is_empty() && nothing.missing.len() == 6);
}

#[test]
fn a_file_with_other_columns_counts_as_missing() {
    let folder = folder(&[("ofac_names_background.csv", "a,b\n1,2\n")]);
    let table = measure(folder.path(), Extent::default());
    assert!(table.lines.is_empty() && table.missing.contains(&"ofac_names_background.csv"));
}

#[test]
fn the_table_prints_and_serializes_shares_and_no_person() {
    let table = travelers();
    let (text, json) = (table.to_string(), table.json());
    assert!(text.starts_with("| data "), "{text}");
    assert!(text.contains("not measured: febrl4_a.csv"));
    assert_eq!(json["lines"].as_array().unwrap().len(), table.lines.len());
    for name in ["TESTMANN", "BEISPIELOV", "L898902C3"] {
        assert!(!text.contains(name) && !json.to_string().contains(name));
    }
}

#[test]
fn a_sample_of_the_labelled_files_keeps_the_bars() {
    let Some(folder) = shared("matching") else { return };
    let extent = Extent {
        sample: Some(400),
        derivation_only: true,
    };
    let table = measure(&folder, extent);
    assert!(table.missing.is_empty(), "{:?}", table.missing);
    assert!(table.lines.iter().filter(|line| line.published).count() >= 10);
    // Samples vary: a little below the bars of the whole files.
    for (data, least) in [
        ("OFAC aliases, recoverable", 0.92),
        ("SE-Asia", 0.83),
        ("SE-Asia with documents", 0.87),
        ("FEBRL 4", 0.70),
        ("FEBRL 4 with documents", 0.96),
    ] {
        let recall = recall(&table, data, "full, derivation");
        assert!(recall >= least, "{data}: {recall}");
    }
}
