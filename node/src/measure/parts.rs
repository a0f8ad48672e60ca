//! Spellings of one name part: how often a code joins them.

use super::Extent;
use super::data::{Missing, Written, rows};
use super::derivation::Searched;
use super::figures::{Figures, share};
use super::soundex::soundex;
use super::table::Line;
use piux_protocol::identifier::{MatchKey, skeletons};
use piux_protocol::vocabulary::{Class, Scope};
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

/// A code of spellings: the name of the method, and the codes of a token.
type Method = (&'static str, fn(&str) -> Vec<String>);
const METHODS: [Method; 3] = [
    ("Soundex, these pairs", by_soundex),
    ("skeleton", skeletons),
    ("full, derivation: pairs (PK)", by_pairs),
];

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
        Line::ours(CLUSTERS, method, joined(by_pairs, &pairs(language)))
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

/// The share of pairs that have a code in common.
fn joined(codes: fn(&str) -> Vec<String>, pairs: &[(String, String)]) -> Figures {
    let share_a_code = |(one, other): &&(String, String)| {
        let others = codes(other);
        codes(one).iter().any(|code| others.contains(code))
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

/// The pair keys of the token with a name that all share: what is asked and indexed.
fn by_pairs(token: &str) -> Vec<String> {
    let person = Written {
        surname: token,
        given: "ERIKA",
        birth: "19740823",
        document: "",
        issuer: "",
    }
    .person();
    let searched = Searched {
        scope: Scope::Full,
        documents: false,
    };
    let pair = |key: &MatchKey| key.class() == Some(Class::Pk);
    let keys = searched.asked(&person).into_iter().filter(pair);
    keys.map(|key| key.canonical().to_owned()).collect()
}

/// A form as a token: upper case, letters only.
fn letters(form: &str) -> String {
    let letters = form.chars().filter(char::is_ascii_alphabetic);
    letters.map(|letter| letter.to_ascii_uppercase()).collect()
}
