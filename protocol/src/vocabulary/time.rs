//! Instants and calendar quarters; arithmetic only, no clock.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A text that is not a time of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseTimeError {
    /// Not `YYYY-MM-DDThh:mm:ss.sssZ`.
    #[error("a time is written `YYYY-MM-DDThh:mm:ss.sssZ`")]
    Timestamp,
    /// Not `YYYYQn`.
    #[error("a quarter is written like `2026Q1`")]
    Quarter,
    /// Neither `all` nor `2026Q1..2026Q3` in order.
    #[error("a window is `all` or two quarters in order, like `2026Q1..2026Q3`")]
    Window,
}

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

impl Timestamp {
    /// The last instant that can be written with a four-digit year.
    const LAST: i64 = 253_402_300_799_999;

    /// The instant so many milliseconds after 1970; clamped to the years 1970 to 9999.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(0, Self::LAST))
    }

    /// The instant so many seconds after 1970.
    pub fn from_seconds(seconds: i64) -> Self {
        Self::from_millis(seconds.saturating_mul(1000))
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Days since 1970 (UTC).
    pub const fn day(self) -> i64 {
        self.0.div_euclid(86_400_000)
    }

    /// The calendar date (UTC).
    pub fn date(self) -> jiff::civil::Date {
        self.instant().to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// This instant, so many seconds later (or earlier).
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_millis(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    fn instant(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.instant())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimeError;
    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        let instant: jiff::Timestamp = text.parse().map_err(|_| ParseTimeError::Timestamp)?;
        let parsed = Self::from_millis(instant.as_millisecond());
        if parsed.to_string() == text {
            Ok(parsed)
        } else {
            Err(ParseTimeError::Timestamp)
        }
    }
}

impl TryFrom<String> for Timestamp {
    type Error = ParseTimeError;
    fn try_from(text: String) -> Result<Self, ParseTimeError> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> Self {
        time.to_string()
    }
}

/// A calendar quarter: `2026Q1`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Quarter {
    year: u16,
    quarter: u8,
}

impl Quarter {
    /// The quarter of a date.
    pub fn of(date: jiff::civil::Date) -> Self {
        let quarter = u8::try_from((date.month() - 1) / 3 + 1).unwrap_or(1);
        Self {
            year: u16::try_from(date.year()).unwrap_or(0),
            quarter,
        }
    }

    /// Quarters since year 0: consecutive quarters have consecutive numbers.
    pub fn number(self) -> u16 {
        self.year * 4 + u16::from(self.quarter) - 1
    }

    /// The quarter of a number.
    pub fn from_number(number: u16) -> Self {
        Self {
            year: number / 4,
            quarter: u8::try_from(number % 4).unwrap_or(0) + 1,
        }
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}Q{}", self.year, self.quarter)
    }
}

impl fmt::Debug for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Quarter {
    type Err = ParseTimeError;
    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        let (year, quarter) = text.split_once('Q').ok_or(ParseTimeError::Quarter)?;
        let parsed = Self {
            year: year.parse().map_err(|_| ParseTimeError::Quarter)?,
            quarter: quarter.parse().map_err(|_| ParseTimeError::Quarter)?,
        };
        let known = (1900..=9999).contains(&parsed.year) && (1..=4).contains(&parsed.quarter);
        if known && parsed.to_string() == text {
            Ok(parsed)
        } else {
            Err(ParseTimeError::Quarter)
        }
    }
}

impl TryFrom<String> for Quarter {
    type Error = ParseTimeError;
    fn try_from(text: String) -> Result<Self, ParseTimeError> {
        text.parse()
    }
}

impl From<Quarter> for String {
    fn from(quarter: Quarter) -> Self {
        quarter.to_string()
    }
}

/// The quarters of receipt a request searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Window {
    /// Everything held.
    All,
    /// From the first to the last quarter, both included.
    Quarters(Quarter, Quarter),
}

impl Window {
    /// Whether records received in `quarter` are searched.
    pub fn contains(&self, quarter: Quarter) -> bool {
        match self {
            Self::All => true,
            Self::Quarters(first, last) => (*first..=*last).contains(&quarter),
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Quarters(first, last) => write!(f, "{first}..{last}"),
        }
    }
}

impl FromStr for Window {
    type Err = ParseTimeError;
    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        if text == "all" {
            return Ok(Self::All);
        }
        let (first, last) = text.split_once("..").ok_or(ParseTimeError::Window)?;
        let (first, last): (Quarter, Quarter) = (first.parse()?, last.parse()?);
        if first <= last {
            Ok(Self::Quarters(first, last))
        } else {
            Err(ParseTimeError::Window)
        }
    }
}

impl TryFrom<String> for Window {
    type Error = ParseTimeError;
    fn try_from(text: String) -> Result<Self, ParseTimeError> {
        text.parse()
    }
}

impl From<Window> for String {
    fn from(window: Window) -> Self {
        window.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_prints_with_milliseconds_and_parses_back() {
        let time = Timestamp::from_millis(1_795_287_731_042);
        assert_eq!(time.to_string(), "2026-11-21T19:02:11.042Z");
        assert_eq!(time.to_string().parse(), Ok(time));
    }

    #[test]
    fn a_time_in_any_other_form_is_refused() {
        for text in [
            "2026-11-21T19:02:11Z",
            "2026-11-21T19:02:11.042+00:00",
            "2026-11-21 19:02:11.042Z",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(ParseTimeError::Timestamp), "{text}");
        }
    }

    #[test]
    fn a_window_is_all_or_quarters_in_order() {
        let window: Window = "2025Q4..2026Q2".parse().expect("a window");
        assert!(window.contains("2026Q1".parse().expect("a quarter")));
        assert!(!window.contains("2026Q3".parse().expect("a quarter")));
        assert_eq!("2026Q2..2025Q4".parse::<Window>(), Err(ParseTimeError::Window));
    }
}
