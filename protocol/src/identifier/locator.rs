//! Record locators of bookings.

use super::IdentifierError;
use std::fmt;
use std::str::FromStr;

/// A booking: carrier, record locator and the month of first departure, without which
/// a locator names several bookings, as carriers use them again.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locator {
    carrier: String,
    code: String,
    year: u16,
    month: u8,
}

impl Locator {
    /// The booking of a carrier (IATA or ICAO designator), a locator and a month `YYYY-MM`.
    pub fn new(carrier: &str, locator: &str, month: &str) -> Result<Self, IdentifierError> {
        let carrier = carrier.trim().to_ascii_uppercase();
        let code = locator.trim().to_ascii_uppercase();
        if !is_carrier(&carrier) {
            return Err(IdentifierError::Carrier);
        }
        if !(5..=9).contains(&code.len()) || !code.bytes().all(is_plain) {
            return Err(IdentifierError::LocatorCode);
        }
        let (year, month) = read_month(month).ok_or(IdentifierError::Month)?;
        Ok(Self {
            carrier,
            code,
            year,
            month,
        })
    }

    /// The carrier's designator.
    pub fn carrier(&self) -> &str {
        &self.carrier
    }

    /// The record locator.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The month of first departure as `YYYYMM`.
    pub fn month(&self) -> String {
        format!("{:04}{:02}", self.year, self.month)
    }
}

impl FromStr for Locator {
    type Err = IdentifierError;

    /// Reads `UA:K7B2QX:2026-11`.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let mut parts = text.split(':');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(carrier), Some(code), Some(month), None) => Self::new(carrier, code, month),
            _ => Err(IdentifierError::LocatorForm),
        }
    }
}

impl fmt::Debug for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Locator(..)")
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn is_carrier(text: &str) -> bool {
    match text.as_bytes() {
        [_, _] => text.bytes().all(is_plain) && !text.bytes().all(|byte| byte.is_ascii_digit()),
        [_, _, _] => text.bytes().all(|byte| byte.is_ascii_uppercase()),
        _ => false,
    }
}

fn read_month(text: &str) -> Option<(u16, u8)> {
    let (year, month) = text.split_once('-')?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if year.len() != 4 || month.len() != 2 || !digits(year) || !digits(month) {
        return None;
    }
    let (year, month) = (year.parse().ok()?, month.parse().ok()?);
    ((1900..=2999).contains(&year) && (1..=12).contains(&month)).then_some((year, month))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locator_reads_carrier_code_and_month() {
        let locator: Locator = "ua:k7b2qx:2026-11".parse().expect("a locator");
        assert_eq!((locator.carrier(), locator.code()), ("UA", "K7B2QX"));
        assert_eq!(locator.month(), "202611");
    }

    #[test]
    fn what_is_no_locator_is_refused() {
        for (text, error) in [
            ("UA:K7B2QX", IdentifierError::LocatorForm),
            ("UA:K7B2QX:2026-11:1", IdentifierError::LocatorForm),
            ("U:K7B2QX:2026-11", IdentifierError::Carrier),
            ("12:K7B2QX:2026-11", IdentifierError::Carrier),
            ("UA1:K7B2QX:2026-11", IdentifierError::Carrier),
            ("UA:K7B2:2026-11", IdentifierError::LocatorCode),
            ("UA:K7B2Q/:2026-11", IdentifierError::LocatorCode),
            ("UA:K7B2QX:2026-13", IdentifierError::Month),
            ("UA:K7B2QX:26-11", IdentifierError::Month),
            ("UA:K7B2QX:+026-11", IdentifierError::Month),
        ] {
            assert_eq!(text.parse::<Locator>(), Err(error), "{text}");
        }
    }
}
