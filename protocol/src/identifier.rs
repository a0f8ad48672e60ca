//! Identifiers of travellers and the match keys made of them (SPEC.md 3).
//!
//! Names in travel data vary; a lookup tests equality only. So a person becomes a
//! few canonical strings of which two spellings share at least one. Both units must
//! derive the same bytes: every step is a pure function of the text, its tables are
//! constants, and `protocol/vectors/identifier` pins the results.
//!
//! Everything here is personal data: nothing prints itself, no error repeats input.

mod birth_date;
mod cluster;
mod contact;
mod convention;
mod country;
mod document;
mod keyset;
mod locator;
mod match_key;
mod name;
mod name_keys;
mod skeleton;
mod transliteration;
mod written;

#[cfg(test)]
mod tables;
#[cfg(test)]
mod tests;

/// The name of this derivation of match keys, exchanged in metadata and agreements.
///
/// Units whose keysets differ refuse each other: an empty answer would be a silent miss.
pub const KEYSET: &str = Keyset::CURRENT.id();

pub use birth_date::BirthDate;
pub use contact::{Email, FrequentFlyer, Phone};
pub use country::country;
pub use document::Document;
pub use keyset::{Keyset, ParseKeysetError, derive, derive_query};
pub use locator::Locator;
pub use match_key::{MatchKey, dummy_input};
pub use skeleton::skeletons;

use std::fmt;

/// Why a text is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentifierError {
    /// Not `STATE:NUMBER`.
    #[error("a document is written `STATE:NUMBER`, like `UTO:L898902C3`")]
    DocumentForm,
    /// The issuing state is in no list of states.
    #[error("the issuing state is not a known code")]
    Issuer,
    /// The number is not 4 to 20 letters and digits.
    #[error("a document number has 4 to 20 letters and digits")]
    DocumentNumber,
    /// A number typed to fill the field, which thousands of travellers share.
    #[error("the document number is a placeholder")]
    Placeholder,
    /// Not `CARRIER:LOCATOR:YYYY-MM`.
    #[error("a locator is written `CARRIER:LOCATOR:YYYY-MM`")]
    LocatorForm,
    /// Neither two letters or digits nor three letters.
    #[error("a carrier has two letters or digits, or three letters")]
    Carrier,
    /// Not 5 to 9 letters and digits.
    #[error("a record locator has 5 to 9 letters and digits")]
    LocatorCode,
    /// Not a month of the years 1900 to 2999.
    #[error("a month is written `YYYY-MM`")]
    Month,
    /// Not a date of the calendar, whole or in part.
    #[error("a birth date is written `YYYY-MM-DD`, `YYYY-MM` or `YYYY`")]
    BirthDate,
    /// Not `+` and 7 to 15 digits.
    #[error("a telephone number is written with its country code, like `+447700900123`")]
    Phone,
    /// Not `name@domain` in ASCII.
    #[error("an e-mail address is written `name@domain`; write a domain in other letters in its `xn--` form")]
    Email,
    /// Not `PROGRAMME:NUMBER`.
    #[error("a frequent flyer number is written `CARRIER:NUMBER`, like `ZZ:123456789`")]
    FrequentFlyer,
    /// The name has a control character, more than 200 characters or more than 20 parts.
    #[error("a name has at most 200 printable characters and 20 parts")]
    Name,
}

/// Where a name was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Advance passenger information: the machine-readable zone or what was typed from it.
    #[default]
    Api,
    /// A booking, where titles are glued to given names (`JUANCARLOSMR`).
    Pnr,
}

/// One spelling of what is known of a person.
///
/// Several spellings of one person (alias, visual zone, booking) are several values;
/// unite what [`derive()`] makes of each.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Where the name was written.
    pub source: Source,
    /// Surname or primary identifier, in any script; may be empty.
    pub surname: String,
    /// Given names or secondary identifier, in any script; may be empty.
    pub given: String,
    /// Birth date, as far as it is known.
    pub birth_date: Option<BirthDate>,
    /// Travel documents, the ones that matter most first.
    pub documents: Vec<Document>,
    /// Record locators, the ones that matter most first.
    pub locators: Vec<Locator>,
    /// Telephone numbers of the person, never of an agency.
    pub phones: Vec<Phone>,
    /// E-mail addresses of the person.
    pub emails: Vec<Email>,
    /// Frequent flyer numbers.
    pub frequent_flyers: Vec<FrequentFlyer>,
}

impl Person {
    /// Whether a name is in letters that are in no table of travel documents and were
    /// spelled by a general romanization: too rough to call a match strong.
    pub fn machine_romanized(&self) -> bool {
        self.surname
            .chars()
            .chain(self.given.chars())
            .any(transliteration::is_general)
    }

    /// Whether the names can be read at all: [`derive()`] gives no name keys for names
    /// that cannot, and a search for them would miss in silence.
    pub fn check_names(&self) -> Result<(), IdentifierError> {
        name::Name::read(self.source, &self.surname, &self.given).map(|_| ())
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(..)")
    }
}
