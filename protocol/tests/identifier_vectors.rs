//! Match keys against vectors (SPEC.md 3): ours, and those of the measured prototype.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use piux_protocol::identifier::{BirthDate, Document, MatchKey, Person, Source, derive, derive_query, skeletons};
use serde_json::{Map, Value as Json, json};
use std::path::{Path, PathBuf};
use std::str::FromStr;

#[test]
fn match_keys_come_out_like_the_vectors() {
    let written = vectors("match_keys.json");
    let fresh: Vec<Json> = written
        .iter()
        .map(|vector| {
            let person = read_person(&vector["person"]);
            let (held, asked) = (by_family(&derive(&person)), by_family(&derive_query(&person)));
            json!({ "person": vector["person"], "held": held, "asked": asked })
        })
        .collect();
    compare("match_keys.json", &written, &fresh);
}

#[test]
fn inputs_come_out_like_the_vectors() {
    let persons = vectors("match_keys.json");
    let mut first: Vec<MatchKey> = Vec::new();
    for key in persons
        .iter()
        .flat_map(|vector| derive(&read_person(&vector["person"])))
    {
        if first.iter().all(|other| other.family() != key.family()) {
            first.push(key);
        }
    }
    let fresh: Vec<Json> = first
        .iter()
        .map(|key| {
            json!({
                "class": key.class(), "family": key.family(), "canonical": key.canonical(), "core": key.core(),
                "x": hex::encode(key.input()),
            })
        })
        .collect();
    assert_eq!(fresh.len(), 16, "every family has a vector");
    compare("inputs.json", &vectors("inputs.json"), &fresh);
}

#[test]
fn skeletons_come_out_like_the_vectors() {
    let written = vectors("skeletons.json");
    let fresh: Vec<Json> = written
        .iter()
        .map(|vector| json!({ "token": vector["token"], "codes": skeletons(vector["token"].as_str().unwrap()) }))
        .collect();
    compare("skeletons.json", &written, &fresh);
}

#[test]
fn skeletons_equal_those_of_the_measured_prototype() {
    let Some(rows) = prototype("tsk_vectors.csv") else {
        return;
    };
    assert!(rows.len() >= 50, "the file has its tokens");
    for row in rows {
        assert_eq!(skeletons(&row[0]).join("|"), row[2], "{}", &row[0]);
    }
}

#[test]
fn match_keys_equal_those_of_the_measured_prototype() {
    let Some(rows) = prototype("key_vectors.csv") else {
        return;
    };
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
            .collect();
        let derived = derive(&person_of_row(&person));
        let mut derived: Vec<_> = derived
            .iter()
            .filter(|key| key.family().term() != "MB")
            .map(|key| (key.family().term(), key.canonical()))
            .collect();
        if person[0].is_ascii() && person[1].is_ascii() {
            assert_eq!(derived, expected);
        } else {
            // Letters with several spellings: what the prototype has comes first in each family.
            derived.truncate(expected.len());
            assert_eq!(derived, expected);
        }
    }
}

fn vectors(name: &str) -> Vec<Json> {
    serde_json::from_slice(&std::fs::read(vector_file(name)).unwrap()).unwrap()
}

fn compare(name: &str, written: &[Json], fresh: &[Json]) {
    if std::env::var_os("PIUX_WRITE_VECTORS").is_some() {
        let text = format!("{}\n", serde_json::to_string_pretty(fresh).unwrap());
        std::fs::write(vector_file(name), text).unwrap();
    } else {
        assert_eq!(written, fresh);
    }
}

fn vector_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("vectors/identifier")
        .join(name)
}

/// The rows of a file of the prototype that measured this derivation, if it lies beside the project.
fn prototype(name: &str) -> Option<Vec<csv::StringRecord>> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = ["../../shared", "../../../shared"]
        .iter()
        .map(|shared| project.join(shared).join("matching").join(name))
        .find(|path| path.exists());
    if found.is_none() {
        eprintln!("SKIPPED: no {name} beside the project");
    }
    let mut rows = csv::Reader::from_path(found?).unwrap();
    Some(rows.records().map(Result::unwrap).collect())
}

/// Columns: surname, given, birth date with zeros for unknown parts, document, issuer, PNR flag.
fn person_of_row(row: &[String]) -> Person {
    Person {
        source: if row[5] == "1" { Source::Pnr } else { Source::Api },
        surname: row[0].clone(),
        given: row[1].clone(),
        birth_date: birth_date(&row[2]),
        documents: if row[3].is_empty() {
            Vec::new()
        } else {
            vec![Document::new(&row[4], &row[3]).unwrap()]
        },
        ..Person::default()
    }
}

fn birth_date(digits: &str) -> Option<BirthDate> {
    let part = |from: usize, to: usize| digits[from..to].parse().ok().filter(|part| *part != 0);
    BirthDate::new(digits[..4].parse().ok()?, part(4, 6), part(6, 8))
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
        documents: parsed(list("documents")),
        locators: parsed(list("locators")),
        phones: parsed(list("phones")),
        emails: parsed(list("emails")),
        frequent_flyers: parsed(list("frequent_flyers")),
    }
}

fn parsed<T: FromStr<Err: std::fmt::Debug>>(texts: Vec<String>) -> Vec<T> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

/// Canonicals by family, in their order.
fn by_family(keys: &[MatchKey]) -> Json {
    let mut families = Map::new();
    for key in keys {
        let list = families.entry(key.family().term()).or_insert_with(|| json!([]));
        list.as_array_mut().unwrap().push(json!(key.canonical()));
    }
    Json::Object(families)
}
