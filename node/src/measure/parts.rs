//! Spellings of one name part: how often a skeleton joins them.

use super::Extent;
use super::data::{Missing, rows};
use super::figures::{Figures, share};
use super::table::Line;
use piux_protocol::identifier::skeletons;
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
/// Recall on pairs of both halves whose item has Cyrillic and Arabic script: `reference/matching.md` 3.
const PUBLISHED_SCRIPTS: &[(&str, f64, f64)] = &[("Soundex", 0.50, 0.54), ("Daitch-Mokotoff", 0.70, 0.66)];

/// Spellings of one name in several systems of romanization.
pub(super) fn clusters(folder: &Path, extent: Extent) -> Result<Vec<Line>, Missing> {
    let rows = extent.cut(rows(folder, "romanisation_clusters.csv", ["language", "latin_forms"])?);
    let of = |language: &str| {
        let rows = rows.iter().filter(|[of, _]| of.starts_with(language));
        joined(rows.map(|[_, forms]| forms.as_str()).collect())
    };
    let published = PUBLISHED
        .iter()
        .map(|(method, recall)| Line::published(CLUSTERS, method, recall_of(*recall)));
    let ours = [
        ("skeleton", ""),
        ("skeleton: Chinese", "chinese"),
        ("skeleton: Korean", "korean"),
        ("skeleton: Vietnamese", "vietnamese"),
        ("skeleton: Thai", "thai"),
        ("skeleton: Indonesian, Malay", "indonesian"),
        ("skeleton: Indian", "indian"),
        ("skeleton: Russian", "russian"),
        ("skeleton: Arabic", "arabic"),
        ("skeleton: Persian", "persian"),
    ];
    Ok(published
        .chain(ours.map(|(method, language)| Line::ours(CLUSTERS, method, of(language))))
        .collect())
}

/// Latin spellings of names that are written in another script too.
pub(super) fn variants(folder: &Path, extent: Extent) -> Result<Vec<Line>, Missing> {
    let rows = extent.cut(rows(
        folder,
        "wikidata_namepart_variants.csv",
        ["other_scripts", "latin_forms"],
    )?);
    let of = |script: &str| {
        let rows = rows
            .iter()
            .filter(|[scripts, _]| scripts.split(' ').any(|other| other == script));
        joined(rows.map(|[_, forms]| forms.as_str()).collect())
    };
    let mut lines = Vec::new();
    for (method, cyrillic, arabic) in PUBLISHED_SCRIPTS {
        lines.push(Line::published(
            VARIANTS,
            &format!("{method}: Cyrillic"),
            recall_of(*cyrillic),
        ));
        lines.push(Line::published(
            VARIANTS,
            &format!("{method}: Arabic"),
            recall_of(*arabic),
        ));
    }
    lines.push(Line::ours(VARIANTS, "skeleton: Cyrillic", of("cyrillic")));
    lines.push(Line::ours(VARIANTS, "skeleton: Arabic", of("arabic")));
    Ok(lines)
}

fn recall_of(recall: f64) -> Figures {
    Figures {
        recall: Some(recall),
        ..Figures::default()
    }
}

/// The share of pairs of forms in one cluster that share a code.
fn joined(clusters: Vec<&str>) -> Figures {
    let (joined, pairs) = clusters
        .into_par_iter()
        .map(|forms| {
            let codes: Vec<Vec<String>> = forms.split('|').map(|form| skeletons(&letters(form))).collect();
            let pairs = || {
                codes
                    .iter()
                    .enumerate()
                    .flat_map(|(n, one)| codes.iter().skip(n + 1).map(move |other| (one, other)))
            };
            let joined = pairs().filter(|(one, other)| one.iter().any(|code| other.contains(code)));
            (joined.count() as u64, pairs().count() as u64)
        })
        .reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    Figures {
        recall: share(joined, pairs),
        ..Figures::default()
    }
}

/// A form as a token: upper case, letters only.
fn letters(form: &str) -> String {
    form.chars()
        .filter(char::is_ascii_alphabetic)
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}
