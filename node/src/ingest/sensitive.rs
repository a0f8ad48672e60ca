//! Which special service requests are deleted on receipt, which are read, and which lose
//! their text. The list is data: `node/data/sensitive-ssr.toml`.

use serde::Deserialize;
use std::sync::LazyLock;

/// What becomes of a special service request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Deleted with its text, counted under its code (Directive (EU) 2016/681 Art. 13(4)).
    Remove(&'static str),
    /// Read field by field.
    Read(&'static str),
    /// The code is kept, the text is not.
    Flag(&'static str),
    /// Unknown: neither code nor text is kept.
    Withhold,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    format: String,
    remove: Vec<Removed>,
    keep: Kept,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Removed {
    #[serde(rename = "reveals")]
    _reveals: String,
    codes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    read: Vec<String>,
    flag: Vec<String>,
}

static LIST: LazyLock<List> = LazyLock::new(|| {
    let list: List = toml::from_str(include_str!("../../data/sensitive-ssr.toml"))
        .expect("the list of the repository is well formed");
    assert_eq!(
        list.format, "piux-sensitive-ssr/1",
        "the list of the repository has the known format"
    );
    list
});

/// What becomes of the request with this four-letter code. Removal wins over every other entry.
pub fn fate(code: &str) -> Fate {
    let code = code.trim();
    let list = LazyLock::force(&LIST);
    let find = |codes: &'static [String]| {
        codes
            .iter()
            .find(|known| known.eq_ignore_ascii_case(code))
            .map(String::as_str)
    };
    list.remove
        .iter()
        .find_map(|group| find(&group.codes))
        .map(Fate::Remove)
        .or_else(|| find(&list.keep.read).map(Fate::Read))
        .or_else(|| find(&list.keep.flag).map(Fate::Flag))
        .unwrap_or(Fate::Withhold)
}

/// Every code that is removed.
pub fn removed_codes() -> impl Iterator<Item = &'static str> {
    LazyLock::force(&LIST)
        .remove
        .iter()
        .flat_map(|group| group.codes.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meals_and_medical_requests_are_removed_whatever_their_case() {
        assert_eq!(fate("MOML"), Fate::Remove("MOML"));
        assert_eq!(fate("wchr "), Fate::Remove("WCHR"));
    }

    #[test]
    fn documents_are_read_and_unknown_codes_withheld() {
        assert_eq!(fate("DOCS"), Fate::Read("DOCS"));
        assert_eq!(fate("UMNR"), Fate::Flag("UMNR"));
        assert_eq!(fate("QQQQ"), Fate::Withhold);
        assert_eq!(fate(""), Fate::Withhold);
    }

    #[test]
    fn every_removed_code_has_four_letters_and_is_kept_nowhere() {
        for code in removed_codes() {
            assert_eq!(code.len(), 4, "{code}");
            assert_eq!(fate(code), Fate::Remove(code));
            assert!(
                !LIST.keep.read.iter().chain(&LIST.keep.flag).any(|kept| kept == code),
                "{code}"
            );
        }
    }
}
