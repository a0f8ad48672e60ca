//! Match keys against vectors (SPEC.md 3): ours, and those of the measured prototype.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use jiff::civil::Date;
use piux_protocol::identifier::{Document, Locator, MatchKey, Person, Source, derive};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

#[test]
fn match_keys_come_out_like_the_vectors() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/identifier/match_keys.json");
    let written: Vec<Json> = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let fresh: Vec<Json> = written
        .iter()
        .map(|vector| json!({ "person": vector["person"], "keys": keys(&read_person(&vector["person"])) }))
        .collect();
    if std::env::var_os("PIUX_WRITE_VECTORS").is_some() {
        std::fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&fresh).unwrap())).unwrap();
    } else {
        assert_eq!(written, fresh);
    }
}

#[test]
fn match_keys_equal_those_of_the_measured_prototype() {
    let Some(path) = prototype_vectors() else {
        eprintln!("SKIPPED: no key_vectors.csv beside the project");
        return;
    };
    let rows: Vec<csv::StringRecord> = csv::Reader::from_path(path)
        .unwrap()
        .records()
        .map(Result::unwrap)
        .collect();
    let mut persons: Vec<Vec<String>> = Vec::new();
    for row in &rows {
        let person: Vec<String> = row.iter().take(6).map(str::to_owned).collect();
        if !persons.contains(&person) {
            persons.push(person);
        }
    }
    assert!(persons.len() >= 10, "the file has its persons");
    for person in persons {
        let expected: Vec<(&str, &str)> = rows
            .iter()
            .filter(|row| row.iter().take(6).eq(person.iter().map(String::as_str)))
            .map(|row| (&row[6], &row[7]))
            .filter(|(family, _)| ["DOC", "NX", "MX"].contains(family))
            .collect();
        let derived = derive(&person_of_row(&person));
        let derived: Vec<_> = derived
            .iter()
            .map(|key| (key.family().term(), key.canonical()))
            .collect();
        assert_eq!(derived, expected);
    }
}

fn prototype_vectors() -> Option<PathBuf> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["../../shared", "../../../shared"]
        .iter()
        .map(|shared| project.join(shared).join("matching/key_vectors.csv"))
        .find(|path| path.exists())
}

/// Columns: surname, given, birth date with zeros for unknown parts, document, issuer, PNR flag.
fn person_of_row(row: &[String]) -> Person {
    Person {
        source: if row[5] == "1" { Source::Pnr } else { Source::Api },
        surname: row[0].clone(),
        given: row[1].clone(),
        birth_date: Date::strptime("%Y%m%d", &row[2]).ok().map(Into::into),
        documents: if row[3].is_empty() {
            Vec::new()
        } else {
            vec![Document::new(&row[4], &row[3]).unwrap()]
        },
        ..Person::default()
    }
}

fn read_person(vector: &Json) -> Person {
    let text = |name: &str| vector[name].as_str().unwrap_or_default().to_owned();
    let list = |name: &str| -> Vec<String> {
        vector
            .get(name)
            .map(|list| serde_json::from_value(list.clone()).unwrap())
            .unwrap_or_default()
    };
    Person {
        source: if vector["source"] == "pnr" {
            Source::Pnr
        } else {
            Source::Api
        },
        surname: text("surname"),
        given: text("given"),
        birth_date: vector.get("dob").map(|date| date.as_str().unwrap().parse().unwrap()),
        documents: list("documents")
            .iter()
            .map(|text| text.parse::<Document>().unwrap())
            .collect(),
        locators: list("locators")
            .iter()
            .map(|text| text.parse::<Locator>().unwrap())
            .collect(),
        ..Person::default()
    }
}

fn keys(person: &Person) -> Vec<Json> {
    let printed = |key: &MatchKey| {
        json!({
            "class": key.class(), "family": key.family(), "canonical": key.canonical(), "x": hex::encode(key.input()),
        })
    };
    derive(person).iter().map(printed).collect()
}
