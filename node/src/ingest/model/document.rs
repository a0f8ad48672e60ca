//! Travel documents and the countries on them.

use super::redacted;
use crate::ingest::date::PartialDate;
use piux_protocol::identifier::country;
use serde::{Deserialize, Serialize};

redacted!(Document, Country);

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
