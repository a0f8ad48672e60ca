//! Travel documents and the countries on them.

use super::redacted;
use crate::ingest::date::PartialDate;
use piux_protocol::identifier::{self, country};
use serde::{Deserialize, Serialize};

redacted!(Document, Country);

/// Numbers that fill a mandatory field, one a line; thousands of travellers share them.
const PLACEHOLDERS: &str = include_str!("../../../data/document_placeholders.txt");

/// A country as written, and as it is meant.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Country {
    /// As the message writes it.
    pub raw: String,
    /// Alpha-3, if it is a country's code.
    pub code: Option<String>,
}

/// A travel document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What sort.
    pub class: DocumentClass,
    /// The number as written.
    pub number: String,
    /// Issuing State or, of a visa, the State it is for.
    pub issuer: Option<Country>,
    /// Last day of validity.
    pub expiry: Option<PartialDate>,
    /// Day of issue.
    pub issued: Option<PartialDate>,
}

/// Sorts of documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentClass {
    /// Passport.
    Passport,
    /// Identity card, passport card included.
    Identity,
    /// Visa.
    Visa,
    /// Another document, by the code of the message; empty if it gives none.
    Other(String),
}

impl Country {
    /// A country by its code; none if nothing is written.
    pub fn new(raw: &str) -> Option<Self> {
        let raw = raw.trim();
        (!raw.is_empty()).then(|| Self {
            raw: raw.to_owned(),
            code: country(raw).map(str::to_owned),
        })
    }

    /// Whether both mean one country.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.code.as_ref().unwrap_or(&self.raw) == other.code.as_ref().unwrap_or(&other.raw)
    }
}

impl Document {
    /// A document by its type code; none without a number.
    pub fn new(class: &str, number: &str, issuer: &str) -> Option<Self> {
        let number = number.trim();
        let document = || Self {
            class: DocumentClass::of(class),
            number: number.to_owned(),
            issuer: Country::new(issuer),
            expiry: None,
            issued: None,
        };
        (!number.is_empty()).then(document)
    }

    /// What the document is found by: its issuer and number, without the check digit of a
    /// machine-readable zone if that verifies.
    ///
    /// Where nobody can say whether the last character is a check digit, both readings
    /// count. A visa names the State it admits to, not the traveller: it has none; nor has a
    /// number without an issuer, or one that only fills the field.
    pub(crate) fn keys(&self) -> Vec<identifier::Document> {
        if self.class == DocumentClass::Visa {
            return Vec::new();
        }
        let Some(issuer) = self.issuer.as_ref().and_then(|issuer| issuer.code.as_deref()) else {
            return Vec::new();
        };
        let readings = readings(&self.number.to_ascii_uppercase());
        let known = readings.iter().filter(|number| !is_placeholder(number));
        known
            .filter_map(|number| identifier::Document::new(issuer, number).ok())
            .collect()
    }

    /// Whether both are one document: the same number, issuers that do not contradict each other.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let issuer = match (&self.issuer, &other.issuer) {
            (Some(mine), Some(theirs)) => mine.is_same(theirs),
            _ => true,
        };
        let visa = (self.class == DocumentClass::Visa) == (other.class == DocumentClass::Visa);
        issuer && visa && plain(&self.number) == plain(&other.number)
    }

    /// Takes over what the other mention of the same document adds.
    pub(crate) fn complete(&mut self, other: Self) {
        self.issuer = self.issuer.take().or(other.issuer);
        self.expiry = self.expiry.or(other.expiry);
        self.issued = self.issued.or(other.issued);
        if self.class == DocumentClass::Other(String::new()) {
            self.class = other.class;
        }
    }
}

impl DocumentClass {
    /// The sort a type code means (ICAO Doc 9303, PAXLST DOC 1001).
    pub fn of(code: &str) -> Self {
        match code.trim().to_ascii_uppercase().as_str() {
            "P" | "PP" | "PT" | "PD" | "PS" | "PO" | "PE" => Self::Passport,
            "I" | "A" | "C" | "AC" | "IP" | "ID" | "IC" => Self::Identity,
            "V" => Self::Visa,
            other => Self::Other(other.chars().filter(char::is_ascii_alphanumeric).take(3).collect()),
        }
    }
}

/// The numbers a text may mean.
///
/// Fillers before the last digit show that it is a check digit (`AB12345<<7`); ten
/// characters without fillers may be nine and one (ICAO Doc 9303 Part 4).
fn readings(number: &str) -> Vec<String> {
    let field: String = number
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '<')
        .collect();
    let Some((body, check)) = field.split_at_checked(field.len().saturating_sub(1)) else {
        return vec![number.to_owned()];
    };
    let verifies = check_digit(body).is_some_and(|digit| digit.to_string() == check);
    let bare = body.trim_end_matches('<');
    match (bare.len() < body.len() && !bare.is_empty(), verifies) {
        (true, true) => vec![bare.to_owned()],
        (true, false) if check != "<" => vec![bare.to_owned(), number.to_owned()],
        (false, true) if body.len() == 9 => vec![number.to_owned(), bare.to_owned()],
        _ => vec![number.to_owned()],
    }
}

/// Weights 7-3-1 over 0-9, A-Z as 10-35 and `<` as 0, modulo 10 (ICAO Doc 9303 Part 3 4.9).
fn check_digit(field: &str) -> Option<u32> {
    let value = |c: char| if c == '<' { Some(0) } else { c.to_digit(36) };
    let weighted = field.chars().zip([7, 3, 1].into_iter().cycle());
    let sum: Option<u32> = weighted.map(|(c, weight)| Some(value(c)? * weight)).sum();
    sum.map(|sum| sum % 10)
}

fn is_placeholder(number: &str) -> bool {
    let number = plain(number);
    PLACEHOLDERS
        .lines()
        .map(str::trim)
        .any(|line| !line.is_empty() && !line.starts_with('#') && line == number)
}

fn plain(number: &str) -> String {
    number
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::ingest::model::{Kind, Role, Traveller};

    fn numbers(class: &str, number: &str) -> Vec<String> {
        let keys = Document::new(class, number, "UTO").unwrap().keys();
        keys.iter().map(|key| key.number().to_owned()).collect()
    }

    #[test]
    fn a_check_digit_behind_fillers_is_verified_and_left_out() {
        // ICAO Doc 9303 Part 4, Appendix B: L898902C3, check digit 6.
        assert_eq!(numbers("P", "L898902C3<6"), ["L898902C3"]);
        assert_eq!(numbers("P", "D23145890<7"), ["D23145890"]);
        assert_eq!(numbers("P", "AB2134<<<5"), ["AB2134"]);
        assert_eq!(numbers("P", "L898902C3<<<"), ["L898902C3"]);
    }

    #[test]
    fn a_check_digit_is_never_required() {
        assert_eq!(numbers("P", "L898902C3"), ["L898902C3"]);
        assert_eq!(
            numbers("P", "L898902C3<5"),
            ["L898902C3", "L898902C35"],
            "a wrong one may be either"
        );
        assert_eq!(
            numbers("P", "L898902C36"),
            ["L898902C36", "L898902C3"],
            "ten characters may be nine and one"
        );
        assert_eq!(numbers("P", "L898902C35"), ["L898902C35"]);
    }

    #[test]
    fn what_only_fills_the_field_finds_nobody() {
        for number in ["A1234567", "ab-123456", "TBA0000", "987654321", "000000000", "UNKNOWN"] {
            assert!(numbers("P", number).is_empty(), "{number}");
        }
        assert!(numbers("V", "L898902C3").is_empty(), "a visa is no key");
        assert!(Document::new("P", "L898902C3", "").unwrap().keys().is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_number_has_readings_or_none(number in "\\PC{1,50}") {
            if let Some(document) = Document::new("P", &number, "UTO") {
                proptest::prop_assert!(document.keys().len() <= 2);
            }
        }
    }

    #[test]
    fn one_document_with_two_country_codes_is_one_document() {
        let mut traveller = Traveller::new(Role::Passenger, Kind::Adult);
        for issuer in ["KR", "KOR", ""] {
            traveller.add_document(Document::new("P", "M12 345", issuer).unwrap());
        }
        traveller.add_document(Document::new("P", "M12345", "JPN").unwrap());
        assert_eq!(traveller.documents.len(), 2);
    }
}
