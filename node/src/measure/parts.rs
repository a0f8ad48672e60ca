//! Spellings of one name part: how often a code joins them.

use super::Extent;
use super::data::{Missing, Written, rows};
use super::derivation::Searched;
use super::figures::{Figures, share};
use super::soundex::soundex;
use super::table::Line;
use piux_protocol::identifier::{MatchKey, Person, skeletons};
use piux_protocol::vocabulary::{Family, Scope};
use rayon::prelude::*;
use std::path::Path;

const CLUSTERS: &str = "romanization clusters";
const VARIANTS: &str = "Wikidata variants";

/// Recall on the 2,329 pairs of both halves: `reference/matching.md` 3.
const PUBLISHED: &[(&str, f64)] = &[
    ("Soundex", 0.633),
    ("Double Metaphone", 0.677),
    ("Daitch-Mokotoff", 0.733),
];

/// The codes of a token as it is held and as it is asked.
type Codes = [fn(&str) -> Vec<String>; 2];
const METHODS: [(&str, Codes); 3] = [
    ("Soundex, these pairs", [by_soundex; 2]),
    ("skeleton", [skeletons; 2]),
    ("full, derivation: pairs (PK)", BY_PAIRS),
];
const BY_PAIRS: Codes = [
    |token| pairs_of(FULL.held(&with_given_name(token))),
    |token| pairs_of(FULL.asked(&with_given_name(token))),
];
const FULL: Searched = Searched {
    scope: Scope::Full,
    documents: false,
};

/// Spellings of one name in several systems of romanization: every pair.
pub(super) fn clusters(folder: &Path, extent: Extent) -> Result<Vec<Line>, Missing> {
    let rows = extent.cut(rows(folder, "romanisation_clusters.csv", ["language", "latin_forms"])?);
    let pairs = |language: &str| {
        let rows = rows.iter().filter(|[of, _]| of.starts_with(language));
        rows.flat_map(|[_, forms]| every_pair(forms)).collect::<Vec<_>>()
    };
    let published = PUBLISHED.iter().map(|(method, recall)| {
        let figures = Figures {
            recall: Some(*recall),
            ..Figures::default()
        };
        Line::published(CLUSTERS, method, figures)
    });
    let all = METHODS.map(|(method, codes)| Line::ours(CLUSTERS, method, joined(codes, &pairs(""))));
    let languages = [
        "chinese",
        "korean",
        "vietnamese",
        "thai",
        "indonesian",
        "indian",
        "russian",
        "arabic",
        "persian",
    ];
    let languages = languages.map(|language| {
        let method = format!("full, derivation: pairs (PK), {language}");
        Line::ours(CLUSTERS, method, joined(BY_PAIRS, &pairs(language)))
    });
    Ok(published.chain(all).chain(languages).collect())
}

/// Latin spellings of one name part that is written in another script too: one pair of each.
pub(super) fn variants(folder: &Path, extent: Extent) -> Result<Vec<Line>, Missing> {
    let rows = extent.cut(rows(
        folder,
        "wikidata_namepart_variants.csv",
        ["other_scripts", "latin_forms"],
    )?);
    let pairs = |script: &str| {
        let rows = rows
            .iter()
            .filter(|[scripts, _]| scripts.split(' ').any(|other| other == script));
        rows.filter_map(|[_, forms]| every_pair(forms).into_iter().next())
            .collect::<Vec<_>>()
    };
    let lines = ["cyrillic", "arabic", "hangul"].into_iter().flat_map(|script| {
        let pairs = pairs(script);
        METHODS.map(|(method, codes)| Line::ours(VARIANTS, format!("{method}, {script}"), joined(codes, &pairs)))
    });
    Ok(lines.collect())
}

/// The forms of a cluster, two by two, as tokens.
fn every_pair(forms: &str) -> Vec<(String, String)> {
    let tokens: Vec<String> = forms
        .split('|')
        .map(letters)
        .filter(|token| !token.is_empty())
        .collect();
    let pairs = tokens.iter().enumerate().flat_map(|(number, one)| {
        let others = tokens.iter().skip(number + 1);
        others.map(move |other| (one.clone(), other.clone()))
    });
    pairs.collect()
}

/// The share of pairs that have a code in common, the first held, the second asked.
fn joined([held, asked]: Codes, pairs: &[(String, String)]) -> Figures {
    let share_a_code = |(one, other): &&(String, String)| {
        let held = held(one);
        asked(other).iter().any(|code| held.contains(code))
    };
    let joined = pairs.par_iter().filter(share_a_code).count();
    Figures {
        recall: share(joined as u64, pairs.len() as u64),
        ..Figures::default()
    }
}

fn by_soundex(token: &str) -> Vec<String> {
    soundex(token).into_iter().collect()
}

/// A person whose other name and birth date all share.
fn with_given_name(surname: &str) -> Person {
    Written {
        surname,
        given: "ERIKA",
        birth: "19740823",
        document: "",
        issuer: "",
    }
    .person()
}

/// The pairs of skeletons only: any two of these persons meet by the name they share.
fn pairs_of(keys: Vec<MatchKey>) -> Vec<String> {
    let pairs = keys.iter().filter(|key| key.family() == Family::Pk);
    pairs.map(|key| key.canonical().to_owned()).collect()
}

/// A form as a token: upper case, letters only.
fn letters(form: &str) -> String {
    let letters = form.chars().filter(char::is_ascii_alphabetic);
    letters.map(|letter| letter.to_ascii_uppercase()).collect()
}
