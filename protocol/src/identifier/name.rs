//! From written names to tokens (SPEC.md 3.2): normalize, clean, drop particles.

use super::convention::{Convention, undo_groups};
use super::transliteration::latin_letters;
use super::written::Written;
use super::{IdentifierError, Person, Source};
use std::borrow::Cow;

/// Longest name field, in characters.
const LONGEST_FIELD: usize = 200;
/// Most tokens in a name field.
const MOST_TOKENS: usize = 20;

/// Titles that booking systems glue to the last given name, longest first.
pub(super) const GLUED_TITLES: &[&str] = &["MSTR", "MISS", "MRS", "MR", "MS"];

/// Tokens that are no part of a name. `ENG` and `NA`, titles and fillers elsewhere, are
/// surnames of millions and stay.
#[rustfmt::skip]
pub(super) const TITLES: &[&str] = &[
    "MR", "MRS", "MS", "MISS", "MSTR", "MASTER", "DR", "PROF", "SIR", "MME", "HERR", "CHD", "INF", "REV", "CAPT",
    "FNU", "LNU", "UNKNOWN", "NONAME",
];

/// Short forms and what they stand for.
#[rustfmt::skip]
pub(super) const ABBREVIATIONS: &[(&str, &str)] = &[
    ("MOHD", "MOHAMMED"), ("MHD", "MOHAMMED"), ("MUHD", "MOHAMMED"), ("MD", "MOHAMMED"), ("MOH", "MOHAMMED"),
    ("MOCH", "MOHAMMED"), ("ABD", "ABDUL"), ("STA", "SANTA"), ("STO", "SANTO"),
];

/// Particles, which one unit writes and the other leaves out.
#[rustfmt::skip]
pub(super) const PARTICLES: &[&str] = &[
    "AL", "EL", "AR", "AS", "AD", "AN", "AZ", "ASH", "UL", "UR", "UD", "BIN", "BINTI", "BINTE", "BT", "B", "BN", "IBN",
    "BEN", "BENT", "BINT", "OULD", "AP", "ANAK", "A", "L", "SO", "DO", "DE", "DEL", "LA", "LAS", "LOS", "DA", "DAS",
    "DOS", "DI", "E", "Y", "VAN", "VON", "DER", "DEN", "TER", "TEN", "ZU", "ZUM", "AF", "AV", "LE", "DU", "D", "HAJI",
    "HAJJI", "HAJ", "HADJI", "SYED", "SHAIKH", "SHEIKH", "SHAYKH", "SHEIK", "SHEYKH", "MULLAH", "MAULAVI", "MAWLAWI",
    "ALHAJ", "OGLU", "OGLY", "QIZI", "KYZY", "UGLI",
];

/// A person's name, ready for match keys.
#[derive(PartialEq, Eq)]
pub(super) struct Name {
    pub(super) surname: Field,
    pub(super) given: Field,
}

/// One half of a name.
#[derive(PartialEq, Eq)]
pub(super) struct Field {
    /// Tokens of `A-Z`, abbreviations spelled out and particles dropped.
    pub(super) tokens: Vec<String>,
    /// The tokens run together before abbreviations and particles were touched.
    pub(super) raw: String,
}

impl Name {
    /// The name as Doc 9303 spells it.
    pub(super) fn read(source: Source, surname: &str, given: &str) -> Result<Self, IdentifierError> {
        Self::spelled(source, &readable(surname)?, &readable(given)?, Convention::Icao)
    }

    /// Every spelling of a person's name, the one of Doc 9303 first; none if it cannot be read.
    pub(super) fn spellings(person: &Person) -> Vec<Self> {
        let (Ok(surname), Ok(given)) = (readable(&person.surname), readable(&person.given)) else {
            return Vec::new();
        };
        let mut spellings = Vec::with_capacity(1);
        for convention in Convention::of(&surname, &given) {
            match Self::spelled(person.source, &surname, &given, convention) {
                Ok(name) if !spellings.contains(&name) => spellings.push(name),
                Ok(_) => {}
                Err(_) => return Vec::new(),
            }
        }
        spellings
    }

    fn spelled(
        source: Source,
        surname: &Written<'_>,
        given: &Written<'_>,
        convention: Convention,
    ) -> Result<Self, IdentifierError> {
        let mut surname = tokens(surname, convention)?;
        let mut given = tokens(given, convention)?;
        if source == Source::Pnr
            && let Some(last) = given.last_mut()
        {
            strip_glued_title(last);
        }
        surname.retain(|token| !TITLES.contains(&token.as_str()));
        given.retain(|token| !TITLES.contains(&token.as_str()));
        if surname == given {
            given.clear();
        }
        Ok(Self {
            surname: Field::of(surname),
            given: Field::of(given),
        })
    }
}

impl Field {
    fn of(written: Vec<String>) -> Self {
        let raw = written.concat();
        let mut tokens: Vec<String> = written.into_iter().map(spell_out).collect();
        if !tokens.iter().all(|token| is_particle(token)) {
            tokens.retain(|token| !is_particle(token));
        }
        Self { tokens, raw }
    }

    /// A field whose tokens were written as they are.
    pub(super) fn of_tokens(tokens: Vec<String>) -> Self {
        let raw = tokens.concat();
        Self { tokens, raw }
    }

    /// The field as if its tokens had been written as they are.
    pub(super) fn plain(&self) -> Self {
        Self::of_tokens(self.tokens.clone())
    }

    /// The tokens run together.
    pub(super) fn joined(&self) -> Cow<'_, str> {
        match self.tokens.as_slice() {
            [only] => Cow::Borrowed(only),
            tokens => Cow::Owned(tokens.concat()),
        }
    }
}

/// A field that can be read.
fn readable(field: &str) -> Result<Written<'_>, IdentifierError> {
    if field.chars().take(LONGEST_FIELD + 1).count() > LONGEST_FIELD || field.chars().any(char::is_control) {
        Err(IdentifierError::Name)
    } else {
        Ok(Written::new(field))
    }
}

/// The tokens of a field: `A-Z` only, split at blanks and punctuation.
fn tokens(field: &Written<'_>, convention: Convention) -> Result<Vec<String>, IdentifierError> {
    let latin = latin_letters(field, convention);
    let tokens = latin.split_ascii_whitespace();
    let tokens: Vec<String> = match convention {
        Convention::Groups => tokens.map(undo_groups).collect(),
        _ => tokens.map(str::to_owned).collect(),
    };
    if tokens.len() > MOST_TOKENS {
        Err(IdentifierError::Name)
    } else {
        Ok(tokens)
    }
}

/// `JUANCARLOSMR` to `JUANCARLOS`; at least two letters must remain.
fn strip_glued_title(token: &mut String) {
    let name = GLUED_TITLES
        .iter()
        .filter_map(|title| token.strip_suffix(title))
        .find(|name| name.len() >= 2);
    if let Some(length) = name.map(str::len) {
        token.truncate(length);
    }
}

fn spell_out(token: String) -> String {
    let known = ABBREVIATIONS.iter().find(|(short, _)| *short == token);
    known.map_or(token, |(_, long)| (*long).to_owned())
}

fn is_particle(token: &str) -> bool {
    PARTICLES.contains(&token)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    fn read(text: &str) -> Vec<String> {
        tokens(&readable(text).unwrap(), Convention::Icao).unwrap()
    }

    #[test]
    fn letters_are_written_as_travel_documents_write_them() {
        for (written, expected) in [
            ("Müller-Lüdenscheidt", "MUELLER LUEDENSCHEIDT"),
            ("Ångström Þór", "AANGSTROEM THOR"),
            ("Straße STRAẞE", "STRASSE STRASSE"),
            ("Щукин Юрьевич", "SHCHUKIN IUREVICH"),
            ("Nguyễn Đức", "NGUYEN DUC"),
            ("Łukasz Ğ İ ı ŉ ﬁ", "LUKASZ G I I N FI"),
            ("Ə\u{301}liyev", "ELIYEV"),
            ("Γιώργος", "GIORGOS"),
        ] {
            assert_eq!(read(written).join(" "), expected);
        }
    }

    #[test]
    fn apostrophes_vanish_and_other_punctuation_separates() {
        assert_eq!(read("D'Souza O\u{2019}Neil O`B\u{2bc}C"), ["DSOUZA", "ONEIL", "OBC"]);
        assert_eq!(
            read("a-b\u{2013}c.d/e,f\u{a0}g\u{3000}h<<i+j"),
            ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"]
        );
        assert_eq!(read("ab\u{200d}c d\u{ad}ef g3h"), ["ABC", "DEF", "GH"]);
    }

    #[test]
    fn oversized_names_and_control_characters_are_refused() {
        assert!(readable(&"a".repeat(201)).is_err());
        assert!(readable("a\u{0}b").is_err());
        assert!(tokens(&Written::new(&"a ".repeat(21)), Convention::Icao).is_err());
        assert_eq!(read(&"a".repeat(200)).len(), 1);
    }

    #[test]
    fn a_glued_title_goes_only_if_a_name_remains() {
        for (written, expected) in [
            ("JUANMR", "JUAN"),
            ("ANNAMRS", "ANNA"),
            ("XMR", "XMR"),
            ("LIMISS", "LI"),
            ("MS", "MS"),
        ] {
            let mut token = written.to_owned();
            strip_glued_title(&mut token);
            assert_eq!(token, expected);
        }
    }

    #[test]
    fn particles_stay_where_nothing_else_is() {
        let name = Name::read(Source::Api, "AL", "Y DE").unwrap();
        assert_eq!(
            (name.surname.joined().as_ref(), name.given.joined().as_ref()),
            ("AL", "YDE")
        );
    }
}
