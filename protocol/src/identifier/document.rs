//! Travel documents.

use super::{IdentifierError, country};
use std::fmt;
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;

/// Words that fill a mandatory field.
const PLACEHOLDER_WORDS: &[&str] = &[
    "UNKNOWN",
    "NONE",
    "NULL",
    "NOTAVAILABLE",
    "NOTKNOWN",
    "PASSPORT",
    "NOPASSPORT",
];

/// A travel document: the issuing state and its number, in one form however written.
///
/// The type of document is no part of it: senders disagree on it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Document {
    issuer: &'static str,
    number: String,
}

impl Document {
    /// The document of an issuer (see [`country`](super::country)) and a number.
    ///
    /// Blanks, fillers and punctuation of the number are dropped; placeholders such as
    /// `123456789` or `XXXX` are refused, as they would match strangers.
    pub fn new(issuer: &str, number: &str) -> Result<Self, IdentifierError> {
        let issuer = country(issuer).ok_or(IdentifierError::Issuer)?;
        let number = normalized(number)?;
        if is_placeholder(&number) {
            return Err(IdentifierError::Placeholder);
        }
        Ok(Self { issuer, number })
    }

    /// The issuing state, alpha-3.
    pub fn issuer(&self) -> &'static str {
        self.issuer
    }

    /// The number, `[A-Z0-9]` only.
    pub fn number(&self) -> &str {
        &self.number
    }
}

impl FromStr for Document {
    type Err = IdentifierError;

    /// Reads `UTO:L898902C3`.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let (issuer, number) = text.split_once(':').ok_or(IdentifierError::DocumentForm)?;
        Self::new(issuer, number)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Document(..)")
    }
}

/// Upper-case letters and digits; a letter that is not ASCII is refused, because
/// dropping it would make two documents one.
fn normalized(number: &str) -> Result<String, IdentifierError> {
    if number.chars().count() > 40 {
        return Err(IdentifierError::DocumentNumber);
    }
    let number: String = number
        .nfkc()
        .flat_map(char::to_uppercase)
        .filter(|c| c.is_alphanumeric())
        .collect();
    if number.is_ascii() && (4..=20).contains(&number.len()) {
        Ok(number)
    } else {
        Err(IdentifierError::DocumentNumber)
    }
}

fn is_placeholder(number: &str) -> bool {
    let first = number.chars().next();
    let one_character = number.chars().all(|c| Some(c) == first);
    let counting = ["1234567890", "0123456789"].iter().any(|row| row.starts_with(number));
    one_character || counting || PLACEHOLDER_WORDS.contains(&number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_document_has_one_form_however_written() {
        let written = [
            ("UTO", "L898902C3"),
            ("uto", " l 898-902<C3<<"),
            ("UTO<", "Ｌ８９８９０２Ｃ３"),
        ];
        for (issuer, number) in written {
            let document = Document::new(issuer, number).expect("a document");
            assert_eq!((document.issuer(), document.number()), ("UTO", "L898902C3"));
        }
        assert_eq!("UTO:L898902C3".parse(), Document::new("UTO", "L898902C3"));
    }

    #[test]
    fn placeholders_are_refused() {
        for number in [
            "123456789",
            "1234567",
            "0123456789",
            "000000",
            "XXXX",
            "UNKNOWN",
            "None",
        ] {
            assert_eq!(
                Document::new("UTO", number),
                Err(IdentifierError::Placeholder),
                "{number}"
            );
        }
        assert!(Document::new("UTO", "1234567891").is_ok());
    }

    #[test]
    fn what_is_no_document_is_refused() {
        assert_eq!("UTO".parse::<Document>(), Err(IdentifierError::DocumentForm));
        assert_eq!("QQQ:L898902C3".parse::<Document>(), Err(IdentifierError::Issuer));
        for number in ["", "AB1", "АБ123456", "A1234567890123456789012"] {
            assert_eq!(
                Document::new("UTO", number),
                Err(IdentifierError::DocumentNumber),
                "{number}"
            );
        }
    }

    #[test]
    fn a_document_does_not_print_itself() {
        assert_eq!(format!("{:?}", Document::new("UTO", "L898902C3")), "Ok(Document(..))");
    }
}
