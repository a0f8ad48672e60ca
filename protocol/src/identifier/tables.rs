//! The tables of the derivation as data, for `vectors/identifier/tables.json` and the
//! keyset's name: who changes a table makes another keyset.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use super::convention::{ARABIC, Convention, MARKED};
use super::{Keyset, cluster, country, name, name_keys, skeleton, transliteration};
use crate::vocabulary::{Class, length_prefixed, sha256};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// What the keyset's name is computed from, in this order.
const FILES: [&str; 4] = ["tables.json", "skeletons.json", "match_keys.json", "inputs.json"];

#[test]
fn the_keyset_is_named_after_its_tables_and_vectors() {
    let printed = format!("{}\n", serde_json::to_string_pretty(&sorted(tables())).unwrap());
    let digest = digest(&printed);
    let id = format!("piux-v1-{}", &digest[..32]);
    let keyset = json!({ "keyset": id, "files": FILES, "sha256": digest });
    let keyset = format!("{}\n", serde_json::to_string_pretty(&sorted(keyset)).unwrap());
    if std::env::var_os("PIUX_WRITE_VECTORS").is_some() {
        fs::write(file("tables.json"), &printed).unwrap();
        fs::write(file("keyset.json"), &keyset).unwrap();
    }
    let written = |name| fs::read_to_string(file(name)).unwrap();
    assert!(
        printed == written("tables.json"),
        "the printed tables are those of the code"
    );
    assert_eq!(keyset, written("keyset.json"));
    assert_eq!(Keyset::V1.id(), id);
}

/// Members by name: their order must not depend on how the JSON library is built.
fn sorted(value: Json) -> Json {
    match value {
        Json::Object(members) => {
            let members = members.into_iter().map(|(name, member)| (name, sorted(member)));
            members.collect::<BTreeMap<_, _>>().into_iter().collect()
        }
        Json::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

/// The digest of the files, with these tables for the first.
fn digest(tables: &str) -> String {
    let content = |name: &str| match name {
        "tables.json" => tables.as_bytes().to_vec(),
        _ => fs::read(file(name)).unwrap(),
    };
    let parts = FILES.map(|name| [length_prefixed(name), sha256(content(name)).as_ref().to_vec()].concat());
    hex::encode(sha256(parts.concat()))
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("vectors/identifier")
        .join(name)
}

fn tables() -> Json {
    json!({
        "letters": { "icao": icao(), "others": Convention::ALL.iter().skip(1).map(convention).collect::<Vec<_>>() },
        "groups": { "marked": pairs(MARKED), "arabic": pairs(ARABIC) },
        "silent": characters(transliteration::is_silent)
            .map(|c| format!("U+{:04X}", u32::from(c)))
            .collect::<Vec<_>>(),
        "romanization": "any_ascii 0.3.3",
        "glued_titles": name::GLUED_TITLES,
        "titles": name::TITLES,
        "abbreviations": pairs(name::ABBREVIATIONS),
        "particles": name::PARTICLES,
        "readings": cluster::CLUSTERS.iter().map(|(form, read)| (*form, json!(read))).collect::<Vec<_>>(),
        "skeleton_rules": ('A'..='Z').flat_map(rules).collect::<Vec<_>>(),
        "limits": {
            "tokens": name_keys::MOST_TOKENS,
            "exact_pairs": name_keys::MOST_EXACT_PAIRS,
            "skeleton_pairs": name_keys::MOST_SKELETON_PAIRS,
            "shortest_bridge": name_keys::SHORTEST_BRIDGE,
            "slots": Class::ALL.iter().map(|class| (class.term(), class.slots())).collect::<Vec<_>>(),
        },
        "issuers": { "aliases": country::ALIASES, "iso_3166": country::ISO_3166, "others": country::OTHERS },
    })
}

/// The letters Doc 9303 has an entry for that does more than drop a mark.
fn icao() -> Json {
    let entries = characters(|_| true).filter_map(|c| {
        let spelled = transliteration::latin(c).or_else(|| transliteration::cyrillic(c))?;
        Some((c.to_string(), json!(spelled)))
    });
    Json::Object(entries.collect::<Map<_, _>>())
}

fn convention(convention: &Convention) -> Json {
    let letters = |table: &[(char, &str)]| -> Vec<[String; 2]> {
        table
            .iter()
            .map(|(letter, spelled)| [letter.to_string(), (*spelled).to_owned()])
            .collect()
    };
    json!({
        "name": format!("{convention:?}").to_lowercase(),
        "alphabet": convention.alphabet(),
        "letters": letters(convention.letters()),
        "initials": letters(convention.initials()),
    })
}

fn rules(first: char) -> impl Iterator<Item = Json> {
    let rules = skeleton::rules(u8::try_from(first).unwrap());
    rules
        .iter()
        .filter(move |(group, _)| group.starts_with(first))
        .map(|(group, read)| json!([group, read]))
}

fn pairs(table: &[(&str, &str)]) -> Json {
    json!(table.iter().map(|(from, to)| [*from, *to]).collect::<Vec<_>>())
}

fn characters(wanted: impl Fn(char) -> bool) -> impl Iterator<Item = char> {
    ('\0'..=char::MAX).filter(move |c| wanted(*c))
}
