//! Who takes part: units and the agreements between them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A name that is not a unit's or an agreement's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseIdError {
    /// Not `urn:piux:unit:` and three upper-case letters.
    #[error("a unit is written `urn:piux:unit:` and the three-letter code of its state")]
    Unit,
    /// Not 3 to 40 of `A-Z`, `0-9` and `-`, starting with a letter.
    #[error("an agreement is named with 3 to 40 upper-case letters, digits and hyphens, a letter first")]
    Agreement,
}

/// A passenger information unit: `urn:piux:unit:UTO`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitId([u8; 3]);

impl UnitId {
    const PREFIX: &'static str = "urn:piux:unit:";

    /// The unit of a state, by its ISO 3166-1 alpha-3 (or ICAO) code.
    pub fn of_state(code: &str) -> Result<Self, ParseIdError> {
        let letters: [u8; 3] = code.as_bytes().try_into().map_err(|_| ParseIdError::Unit)?;
        if letters.iter().all(u8::is_ascii_uppercase) {
            Ok(Self(letters))
        } else {
            Err(ParseIdError::Unit)
        }
    }

    /// The three-letter code of the unit's state.
    pub fn state(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Self::PREFIX, self.state())
    }
}

impl fmt::Debug for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.state())
    }
}

impl FromStr for UnitId {
    type Err = ParseIdError;
    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        Self::of_state(text.strip_prefix(Self::PREFIX).ok_or(ParseIdError::Unit)?)
    }
}

impl TryFrom<String> for UnitId {
    type Error = ParseIdError;
    fn try_from(text: String) -> Result<Self, ParseIdError> {
        text.parse()
    }
}

impl From<UnitId> for String {
    fn from(unit: UnitId) -> Self {
        unit.to_string()
    }
}

/// The name of a bilateral agreement, such as `UTO-RUR-2026`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgreementId(String);

impl AsRef<str> for AgreementId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AgreementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AgreementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for AgreementId {
    type Err = ParseIdError;
    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let fits = (3..=40).contains(&text.len());
        let plain = text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
        let starts = text.bytes().next().is_some_and(|b| b.is_ascii_uppercase());
        if fits && plain && starts {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseIdError::Agreement)
        }
    }
}

impl TryFrom<String> for AgreementId {
    type Error = ParseIdError;
    fn try_from(text: String) -> Result<Self, ParseIdError> {
        text.parse()
    }
}

impl From<AgreementId> for String {
    fn from(id: AgreementId) -> Self {
        id.0
    }
}
