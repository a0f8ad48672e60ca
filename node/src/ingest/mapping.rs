//! Mapping files: how the columns of a national export, or the members of its JSON, fill the
//! fields of the profile. One file per system, TOML, reviewed like code; `node/data/mapping` has examples.
//!
//! ```toml
//! format = "piux-mapping/1"
//! source = "csv"
//!
//! [constants]
//! src = "border-system"
//!
//! [fields]
//! "flight.carrier" = "CARRIER"
//! "person.dob" = { column = "BIRTH", dates = ["DD/MM/YYYY"] }
//! "person.sex" = { column = "GENDER", translate = { Female = "F", Male = "M", "*" = "X" } }
//! ```

mod file;
mod pattern;
mod rule;

use super::Format;
use super::profile::{Field, Line};
use jiff::civil::Date;
use piux_protocol::vocabulary::Digest;
use rule::Rule;
use std::fmt;
use std::path::Path;

/// Largest mapping file that is read, in bytes.
const FILE_BYTES: u64 = 1024 * 1024;

/// How an export is read.
#[derive(Debug, Clone)]
pub struct Mapping {
    digest: Digest,
    source: Source,
    pub(super) separator: Option<u8>,
    pub(super) charset: Option<Charset>,
    /// Of a manifest, the path of its list of travellers.
    pub(super) list: Option<String>,
    /// Texts that mean nothing: `NULL`.
    empty: Vec<String>,
    /// Rows that are left out: a column, and its texts.
    skip: Vec<(String, Vec<String>)>,
    rules: Vec<Rule>,
    /// Headings are the paths of the profile themselves.
    profile: bool,
}

/// The sort of file a mapping is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Csv,
    Json,
}

/// A character set a mapping may state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// UTF-8; what is none is still read as ISO 8859-1, never refused.
    Utf8,
    /// ISO 8859-1.
    Latin1,
}

/// A fault in a mapping file. Mapping files hold no personal data, so it may quote them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingError {
    /// The file.
    pub file: String,
    /// The line, from 1; 0 if the whole file is meant.
    pub line: usize,
    /// What is wrong, and what may have been meant.
    pub message: String,
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for MappingError {}

/// What a row gave: its line, and the rules it broke with the column each was broken in.
type Read<'m> = (Line, Vec<(&'static str, &'m str)>);

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// The file cannot be read, or a line of it is wrong.
    pub fn read(path: &Path) -> Result<Self, MappingError> {
        let file = path.display().to_string();
        let whole = |message: String| MappingError {
            file: file.clone(),
            line: 0,
            message,
        };
        let length = std::fs::metadata(path).map_err(|error| whole(error.to_string()))?.len();
        if length > FILE_BYTES {
            return Err(whole(format!("a mapping file has at most {FILE_BYTES} bytes")));
        }
        let text = std::fs::read_to_string(path).map_err(|error| whole(error.to_string()))?;
        Self::parse(&file, &text)
    }

    /// Reads the text of a mapping file; `file` is the name errors show.
    ///
    /// # Errors
    /// A line is wrong: the first one is told, with what may have been meant.
    pub fn parse(file: &str, text: &str) -> Result<Self, MappingError> {
        file::parse(text).map_err(|fault| MappingError {
            file: file.to_owned(),
            line: fault.line(text),
            message: fault.message,
        })
    }

    /// Tells one mapping file from another.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The format of the files it is for.
    pub const fn format(&self) -> Format {
        match self.source {
            Source::Csv => Format::Csv,
            Source::Json => Format::Json,
        }
    }

    /// The mapping of exports in our own profile, whose headings are paths: `flight.carrier`.
    pub(super) const fn profile() -> Self {
        Self {
            digest: Digest([0; 32]),
            source: Source::Csv,
            separator: None,
            charset: None,
            list: None,
            empty: Vec::new(),
            skip: Vec::new(),
            rules: Vec::new(),
            profile: true,
        }
    }

    /// The mapping of a table of the profile that has these headings.
    pub(super) fn of_headings(headings: &[String]) -> Self {
        let rule = |heading: &String| Some(Rule::copy(Field::of_heading(heading)?, heading));
        Self {
            rules: headings.iter().filter_map(rule).collect(),
            ..Self::profile()
        }
    }

    /// Whether it is that of the profile.
    pub(super) const fn is_profile(&self) -> bool {
        self.profile
    }

    /// Whether any rule reads a column.
    pub(super) fn reads(&self, column: &str) -> bool {
        let skips = self.skip.iter().any(|(known, _)| known == column);
        skips
            || self
                .rules
                .iter()
                .any(|rule| rule.columns.iter().any(|known| known == column))
    }

    /// The columns a table must have.
    pub(super) fn columns_wanted(&self) -> impl Iterator<Item = &str> {
        let wanted = self.rules.iter().filter(|rule| !rule.optional);
        wanted.flat_map(|rule| rule.columns.iter().map(String::as_str))
    }

    /// Whether a field can get a value from a table that has these columns.
    pub(super) fn gives(&self, field: Field, has: &dyn Fn(&str) -> bool) -> bool {
        let mut rules = self.rules.iter().filter(|rule| rule.field == field);
        rules.any(|rule| rule.constant.is_some() || rule.columns.iter().any(|column| has(column)))
    }

    /// The line of a row whose cells `cell` tells by column; none if the row is left out.
    /// A cell that cannot be read is a rule broken, and the rest of the row is kept.
    pub(super) fn line(&self, cell: &dyn Fn(&str) -> Option<String>, received: Date) -> Option<Read<'_>> {
        let cell = |column: &str| {
            let text = cell(column).unwrap_or_default();
            let text = text.trim();
            if self.empty.iter().any(|empty| empty == text) {
                String::new()
            } else {
                text.to_owned()
            }
        };
        let skipped = |(column, texts): &(String, Vec<String>)| texts.contains(&cell(column));
        if self.skip.iter().any(skipped) {
            return None;
        }
        let mut line = Line::default();
        let mut doubts = Vec::new();
        for rule in &self.rules {
            let column = rule.columns.first().map_or("", String::as_str);
            match rule.values(&cell, received) {
                Ok(values) => {
                    for (step, value) in values.iter().enumerate() {
                        line.set(rule.field, rule.item + step, value);
                    }
                }
                Err(broken) => doubts.push((broken, column)),
            }
        }
        Some((line, doubts))
    }
}

#[cfg(test)]
mod tests;
