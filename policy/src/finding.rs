//! What is wrong with a policy file, with the place and a suggestion.

use serde::Serialize;
use std::fmt;
use std::ops::Range;

/// A policy file as read, with the path under which it is named and hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path within its folder, with `/`.
    pub path: String,
    /// The text.
    pub text: String,
}

impl SourceFile {
    /// A file of this path and text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
    }
}

/// One thing that keeps a policy file from loading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The check that failed, such as `A020`: A agreement, N national settings, P profile, C rules.
    #[serde(rename = "rule")]
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What may have been meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "error[{}]: {}\n  --> {}:{}:{}",
            self.code, self.message, self.file, self.line, self.column
        )?;
        match &self.help {
            Some(help) => write!(f, "\n   = help: {help}"),
            None => Ok(()),
        }
    }
}

/// Collects the findings of one file.
#[derive(Debug)]
pub(crate) struct Findings<'a> {
    file: &'a str,
    text: &'a str,
    found: Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Self {
        Self {
            file,
            text,
            found: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, span: Range<usize>, code: &'static str, message: impl Into<String>) {
        self.add_with_help(span, code, message, None);
    }

    pub(crate) fn add_with_help(
        &mut self,
        span: Range<usize>,
        code: &'static str,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        let (line, column) = position(self.text, span.start);
        self.found.push(Finding {
            file: self.file.to_owned(),
            line,
            column,
            code,
            message: message.into(),
            help,
        });
    }

    /// The error of the TOML reader, which stops at the first structural fault.
    pub(crate) fn add_toml(&mut self, code: &'static str, error: &toml::de::Error) {
        let message = error.message().to_owned();
        let help = unknown_field_help(&message);
        self.add_with_help(error.span().unwrap_or(0..0), code, message, help);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(crate) fn into_vec(self) -> Vec<Finding> {
        self.found
    }
}

/// Says which of the known words is nearest to the one written.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let allowed = (word.chars().count() / 3).max(2);
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, nearest)| format!("did you mean `{nearest}`?"))
}

/// "unknown field `a`, expected one of `b`, `c`": the nearest of the expected.
fn unknown_field_help(message: &str) -> Option<String> {
    let mut words = message.split('`').skip(1).step_by(2);
    let unknown = words.next()?;
    message
        .starts_with("unknown")
        .then(|| did_you_mean(unknown, words))
        .flatten()
}

fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn a_position_counts_lines_and_characters_from_one() {
        assert_eq!(position("a\nbé c", 0), (1, 1));
        assert_eq!(position("a\nbé c", 5), (2, 3));
        assert_eq!(position("a", 99), (1, 2));
    }

    #[test]
    fn the_nearest_word_is_suggested_and_a_far_one_is_not() {
        let known = ["pnr.05_contact", "pnr.04_names"];
        assert_eq!(
            did_you_mean("pnr.05_contacts", known).unwrap(),
            "did you mean `pnr.05_contact`?"
        );
        assert_eq!(did_you_mean("zzz", known), None);
    }
}
