//! SPEC.md and the crate say the same: clauses, terms, problems and printed vectors.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use piux_protocol::message::problem::ProblemKind;
use piux_protocol::vocabulary::{Action, Basis, Class, Declaration, Purpose};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const SPEC: &str = include_str!("../SPEC.md");

fn crate_folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// All texts below a folder.
fn texts(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => texts(&path),
            false => vec![fs::read_to_string(path).unwrap()],
        })
        .collect()
}

/// The numbers of all sections and clauses: `4`, `4.7`.
fn sections() -> BTreeSet<&'static str> {
    let headings = SPEC
        .lines()
        .filter_map(|line| line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")));
    headings.filter_map(|heading| heading.split(' ').next()).collect()
}

/// The clause numbers a source text cites after `SPEC.md `, as in `SPEC.md 4.6, 4.7`.
fn cited(text: &str) -> Vec<String> {
    let citations = text.split("SPEC.md ").skip(1);
    citations
        .flat_map(|rest| {
            let rest = rest.strip_prefix("section ").unwrap_or(rest);
            let end = rest
                .find(|c: char| !(c.is_ascii_digit() || ".,to ".contains(c)))
                .unwrap_or(rest.len());
            let numbers = rest[..end].split([',', ' ', 't', 'o']);
            numbers
                .map(|number| number.trim_end_matches('.').to_owned())
                .filter(|number| !number.is_empty())
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn every_clause_the_code_cites_is_there() {
    let sections = sections();
    let sources = [texts(&crate_folder("src")), texts(&crate_folder("tests"))].concat();
    let numbers: Vec<String> = sources.iter().flat_map(|text| cited(text)).collect();
    assert!(numbers.len() > 20);
    for number in numbers {
        assert!(sections.contains(number.as_str()), "no clause {number}");
    }
}

#[test]
fn section_8_lists_every_problem_and_no_other() {
    let section = SPEC.split("\n## 8 ").nth(1).unwrap().split("\n## 9 ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let listed: BTreeSet<&str> = rows.filter_map(|row| row.split('`').next()).collect();
    let slug = |kind: &ProblemKind| kind.urn().strip_prefix("urn:piux:problem:").unwrap();
    assert_eq!(listed, ProblemKind::ALL.iter().map(slug).collect());
}

#[test]
fn section_1_and_3_name_every_term_of_the_closed_lists() {
    let classes = Class::ALL.iter().map(|class| class.term());
    let purposes = Purpose::ALL.iter().map(|purpose| purpose.term());
    let bases = Basis::ALL.iter().map(|basis| basis.term());
    let actions = Action::ALL.iter().map(|action| action.term());
    let declarations = Declaration::ALL.iter().map(|declaration| declaration.term());
    for term in classes.chain(purposes).chain(bases).chain(actions).chain(declarations) {
        assert!(SPEC.contains(&format!("`{term}`")), "{term}");
    }
    for class in Class::ALL {
        let row = format!("| `{class}` | {} | {} |", class.code(), class.slots());
        assert!(SPEC.contains(&row), "{row}");
    }
}

#[test]
fn every_printed_vector_stands_in_a_vector_file() {
    let vectors = texts(&crate_folder("vectors")).concat();
    let hex = SPEC
        .split(|c: char| !matches!(c, '0'..='9' | 'a'..='f'))
        .filter(|word| word.len() >= 16 && word.len() % 2 == 0);
    let printed: Vec<&str> = hex.collect();
    assert!(printed.len() >= 9);
    for value in printed {
        assert!(vectors.contains(value), "{value}");
    }
}
