//! Names as messages write them, and when two of them may be one.

use super::redacted;
use serde::{Deserialize, Serialize};

redacted!(NameForm);

/// A name as one part of a message writes it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameForm {
    /// Which part.
    pub source: NameSource,
    /// Family name; the whole name if the message does not tell them apart.
    pub surname: String,
    /// Given names separated by blanks. Of source `Tif` a title may still be glued to it.
    pub given: String,
    /// Title, if it stands apart.
    pub title: Option<String>,
}

/// Where a name was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NameSource {
    /// PNR name field: titles glued, letters merged.
    Tif,
    /// Travel document in a PNR.
    Docs,
    /// Passenger list (API).
    Nad,
    /// Infant named in a request of the adult.
    Inft,
    /// National export.
    Export,
}

impl NameForm {
    /// A name; blanks are tidied and a title that stands last and apart is taken off. In a name
    /// field (`Tif`) a title may stand where the given name belongs, all names being merged
    /// into the first part (AIRIMP).
    pub fn new(source: NameSource, surname: &str, given: &str) -> Self {
        let mut words: Vec<_> = given.split_whitespace().collect();
        let last = words
            .last()
            .filter(|word| is_title(word))
            .map(|word| (*word).to_owned());
        let alone = source == NameSource::Tif && last.as_deref().is_some_and(is_sure_title);
        let title = last.filter(|_| words.len() > 1 || (alone && !surname.trim().is_empty()));
        if title.is_some() {
            words.pop();
        }
        let surname = surname.split_whitespace().collect::<Vec<_>>().join(" ");
        Self {
            source,
            surname,
            given: words.join(" "),
            title,
        }
    }

    /// Whether there is no name in it.
    pub fn is_empty(&self) -> bool {
        self.surname.is_empty() && self.given.is_empty()
    }

    /// Whether a document's name may be this one: same surname, one given name beginning the
    /// other, glued titles aside.
    pub(crate) fn resembles(&self, other: &Self) -> bool {
        let begins = |one: &str, other: &str| !one.is_empty() && other.starts_with(one);
        let [mine, theirs] = [letters(&self.given), letters(&other.given)];
        let [my_stem, their_stem] = [&mine, &theirs].map(|given| stem(given));
        let given = begins(my_stem, &theirs) || begins(their_stem, &mine);
        letters(&self.surname) == letters(&other.surname) && given
    }

    /// Takes off a glued title if a document's name proves it: `SEJOONMR` beside `SE JOON`.
    pub(crate) fn unglue(&mut self, document: &Self) {
        let glued = letters(&self.given);
        let mut whole = String::new();
        for word in document.given.split_whitespace() {
            whole.push_str(&letters(word));
            let rest = glued.strip_prefix(&whole).filter(|rest| is_title(rest));
            if let Some(title) = rest.filter(|_| letters(&self.surname) == letters(&document.surname)) {
                self.title = Some(title.to_owned());
                self.given.truncate(self.given.len().saturating_sub(title.len()));
                return;
            }
        }
    }
}

/// Titles as reservation systems write them.
const TITLES: [&str; 12] = [
    "MR", "MRS", "MS", "MISS", "MSTR", "MSR", "DR", "PROF", "REV", "SIR", "MX", "CHD",
];

/// The letters of a name in upper case: how two spellings of one name are compared here.
pub(crate) fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_uppercase)
        .collect()
}

/// The letters of a given name without a title glued to their end.
fn stem(given: &str) -> &str {
    let titled = |title: &&str| given.len() > title.len() && given.ends_with(*title);
    TITLES
        .iter()
        .filter(|title| titled(title))
        .map(|title| title.len())
        .max()
        .map_or(given, |length| given.get(..given.len() - length).unwrap_or(given))
}

/// Titles that are nobody's given name.
fn is_sure_title(word: &str) -> bool {
    ["MR", "MRS", "MS", "MISS", "MSTR"]
        .iter()
        .any(|title| title.eq_ignore_ascii_case(word))
}

fn is_title(word: &str) -> bool {
    TITLES.iter().any(|title| title.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tif(surname: &str, given: &str) -> NameForm {
        NameForm::new(NameSource::Tif, surname, given)
    }

    #[test]
    fn a_title_is_taken_off_only_when_it_stands_apart_or_a_document_proves_it() {
        assert_eq!(
            (
                tif("QUILL", "ZOE MRS").given.as_str(),
                tif("QUILL", "AMR").given.as_str()
            ),
            ("ZOE", "AMR")
        );
        let document = NameForm::new(NameSource::Docs, "QUILL", "SE JOON");
        let mut glued = tif("QUILL", "SEJOONMR");
        glued.unglue(&document);
        assert_eq!((glued.given.as_str(), glued.title.as_deref()), ("SEJOON", Some("MR")));
        assert_eq!(
            (
                tif("ATUVANMAI", "MISS").given.as_str(),
                tif("ATUVANMAI", "DR").given.as_str()
            ),
            ("", "DR")
        );
        let mut name = tif("QUILL", "SAMR");
        name.unglue(&NameForm::new(NameSource::Docs, "QUILL", "SAMREEN"));
        assert_eq!(name.given, "SAMR");
    }
}
