//! Names alone: a name and its listed alias, and names of strangers, all of one birth date.

use super::data::{Missing, Record, Written, rows};
use super::derivation::{Index, Searched};
use super::figures::{Figures, Strangers, share};
use super::table::Line;
use super::{Extent, buckets};
use piux_protocol::identifier::Person;
use piux_protocol::vocabulary::Scope;
use rayon::prelude::*;
use std::path::Path;

const ALIASES: &str = "OFAC aliases, recoverable";
const BACKGROUND: &str = "OFAC names, strangers";
/// The birth date all names share: none that is a default, none that reads both ways.
const SHARED_BIRTH: &str = "19740823";

/// Published for the 5,075 recoverable pairs of both halves, with the coincidences of
/// 4,643 names: `reference/matching.md` 3. Similarity methods see the plain names.
const PUBLISHED: &[(&str, f64, f64)] = &[
    ("bigram similarity (Dice), the best a CLK can do", 0.946, 541.0),
    ("bigram similarity (Dice), stricter", 0.933, 764.0),
    ("Jaro-Winkler on the whole name", 0.701, 764.0),
];

/// The classes of alias that a name method can find: `reference/matching.md` 3.
const CLASSES: &[(&str, &[&str])] = &[
    ("spelling variant", &["spelling variant"]),
    ("variant and a part missing", &["variant+missing"]),
    ("a part missing", &["subset exact", "subset 1 token"]),
    ("order or spaces", &["order/format", "spacing/format"]),
];

/// Recall on pairs of a name and its alias.
pub(super) fn aliases(folder: &Path, extent: Extent) -> Result<Vec<Line>, Missing> {
    let columns = ["surname_1", "given_1", "surname_2", "given_2", "class"];
    let pairs = rows(folder, "ofac_alias_pairs.csv", columns)?;
    let of = |classes: &[&str]| {
        let pairs = pairs.iter().filter(|[.., class]| classes.contains(&class.as_str()));
        let both = |[s1, g1, s2, g2, _]: &[String; 5]| (named(s1, g1, SHARED_BIRTH), named(s2, g2, SHARED_BIRTH));
        extent.cut(pairs.map(both).collect::<Vec<_>>())
    };
    let recoverable: Vec<&str> = CLASSES.iter().flat_map(|(_, classes)| *classes).copied().collect();
    let recoverable = of(&recoverable);
    let mut lines = Vec::new();
    let exact = Figures {
        recall: Some(0.0),
        ..Figures::default()
    };
    lines.push(Line::published(ALIASES, "exact hash of surname and given name", exact));
    lines.extend(PUBLISHED.iter().map(|(method, recall, one_in)| {
        let figures = Figures {
            recall: Some(*recall),
            strangers: Some(Strangers::OneIn(*one_in)),
            ..Figures::default()
        };
        Line::published(ALIASES, method, figures)
    }));
    for scope in [Scope::Tight, Scope::Full] {
        let searched = Searched {
            scope,
            documents: false,
        };
        lines.push(Line::ours(
            ALIASES,
            format!("{scope}, derivation"),
            pairwise(searched, &recoverable),
        ));
    }
    let full = Searched {
        scope: Scope::Full,
        documents: false,
    };
    for (class, classes) in CLASSES {
        lines.push(Line::ours(
            ALIASES,
            format!("full, derivation: {class}"),
            pairwise(full, &of(classes)),
        ));
    }
    if !extent.derivation_only {
        let (held, asked) = apart(&recoverable);
        for scope in [Scope::Tight, Scope::Full] {
            let figures = buckets::exchange(scope, &held, &asked).names.figures();
            lines.push(Line::ours(
                ALIASES,
                format!("{scope}, buckets"),
                Figures {
                    strangers: None,
                    precision: None,
                    ..figures
                },
            ));
        }
    }
    Ok(lines)
}

/// The share of pairs of different people whose names share a key.
pub(super) fn background(folder: &Path, extent: Extent) -> Result<Vec<Line>, Missing> {
    let names = rows(folder, "ofac_names_background.csv", ["surname", "given"])?;
    let people: Vec<Person> = names
        .iter()
        .map(|[surname, given]| named(surname, given, SHARED_BIRTH))
        .collect();
    let asked = extent.cut((0..).zip(&people).collect::<Vec<(u32, &Person)>>());
    let coincidence = |scope| {
        let index = Index::of(
            Searched {
                scope,
                documents: false,
            },
            &people,
        );
        let strangers: u64 = asked
            .par_iter()
            .map(|(own, person)| index.ask(person).0.iter().filter(|other| *other != own).count() as u64)
            .sum();
        let pairs = asked.len() as u64 * (people.len() as u64).saturating_sub(1);
        Figures {
            strangers: share(pairs, strangers).map(Strangers::OneIn),
            ..Figures::default()
        }
    };
    let line = |scope: Scope| Line::ours(BACKGROUND, format!("{scope}, derivation"), coincidence(scope));
    Ok([Scope::Tight, Scope::Full].map(line).into())
}

fn named(surname: &str, given: &str, birth: &str) -> Person {
    Written {
        surname,
        given,
        birth,
        document: "",
        issuer: "",
    }
    .person()
}

/// The share of pairs that share a key, each pair alone.
fn pairwise(searched: Searched, pairs: &[(Person, Person)]) -> Figures {
    let (found, keys): (u64, u64) = pairs
        .par_iter()
        .map(|(held, asked)| {
            let index = Index::of(searched, [held]);
            let (found, keys) = index.ask(asked);
            (found.len() as u64, keys)
        })
        .reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    let pairs = pairs.len() as u64;
    Figures {
        recall: share(found, pairs),
        keys: share(keys, pairs),
        ..Figures::default()
    }
}

/// Gives each pair a birth date of its own, so that pairs do not find each other.
fn apart(pairs: &[(Person, Person)]) -> (Vec<Record>, Vec<Record>) {
    let first = jiff::civil::date(1950, 1, 1);
    let dated = |(number, person): (u32, &Person)| {
        let mut person = person.clone();
        let days = jiff::Span::new().try_days(number).ok();
        person.birth_date = days.and_then(|days| first.checked_add(days).ok()).map(Into::into);
        Record {
            truth: Some(number),
            person,
        }
    };
    let held = (0..).zip(pairs.iter().map(|pair| &pair.0)).map(dated).collect();
    let asked = (0..).zip(pairs.iter().map(|pair| &pair.1)).map(dated).collect();
    (held, asked)
}
