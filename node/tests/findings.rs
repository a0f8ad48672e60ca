//! Every rule a finding can name is explained, and no other.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use piux_node::ingest::meaning::{meaning, rules};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The source files below a folder, tests left out.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let inside = |path: PathBuf| match path.is_dir() {
        true => sources(&path),
        false => vec![path],
    };
    let files = entries.flat_map(inside);
    files
        .filter(|file| file.extension().is_some_and(|ending| ending == "rs") && !file.ends_with("tests.rs"))
        .collect()
}

/// The words in quotes that begin like a rule.
fn named(source: &str, groups: &BTreeSet<String>) -> BTreeSet<String> {
    let program = source.split("#[cfg(test)]").next().unwrap_or_default();
    let quoted = program.split('"').filter(|text| {
        let group = text.split_once('.');
        group.is_some_and(|(group, word)| groups.contains(group) && !word.is_empty() && word.chars().all(is_word))
    });
    quoted.map(str::to_owned).collect()
}

fn is_word(c: char) -> bool {
    c.is_ascii_lowercase() || c == '_'
}

#[test]
fn every_rule_of_a_finding_is_explained_and_no_other() {
    let explained: BTreeSet<String> = rules().map(str::to_owned).collect();
    let groups = explained.iter().filter_map(|rule| rule.split_once('.'));
    let groups: BTreeSet<String> = groups.map(|(group, _)| group.to_owned()).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = ["ingest", "load"].iter().flat_map(|folder| sources(&root.join(folder)));
    let used: BTreeSet<String> = files
        .chain(["ingest.rs", "load.rs"].map(|file| root.join(file)))
        .flat_map(|file| named(&std::fs::read_to_string(file).unwrap(), &groups))
        .collect();
    assert_eq!(used, explained);
    assert!(
        explained
            .iter()
            .all(|rule| meaning(rule).is_some_and(|sentence| sentence.len() > 10))
    );
    assert_eq!(meaning("field.surname"), None);
}
