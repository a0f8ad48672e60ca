//! What a decoder has to say about its input: where, which rule, how bad. Never what stood there.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One remark about a message. Carries no content of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where in the file.
    pub position: Position,
    /// The rule that was broken: `syntax.*`, `envelope.*`, `structure.*`, `field.*`, `ref.*`, `limit.*`.
    pub rule: &'static str,
    /// How bad.
    pub severity: Severity,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth counting for a data-quality report.
    Info,
    /// Something was doubtful and has been read as best it can be.
    Warning,
    /// Something was lost.
    Error,
}

/// A place in a file: the byte offset, and the ordinals a person can count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Position {
    /// Bytes from the start of the file.
    pub offset: usize,
    /// The message (or line) in the file, from 1; 0 outside of any.
    pub message: usize,
    /// The segment within the message, `UNH` being 1; 0 if the finding is about the whole message.
    pub segment: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "message {}, segment {}, byte {}",
            self.message, self.segment, self.offset
        )
    }
}
