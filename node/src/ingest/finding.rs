//! What a decoder has to say about its input: where, which rule, how bad. Never what stood there.

use serde::{Deserialize, Serialize, Serializer};
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
    /// Which element, if one alone is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<ElementPath>,
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

/// Which element of which sort of message, in words of the format: `PAXLST NAD/2/1`. Its words come
/// from the program and its numbers from counting, so nothing of a message can be in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ElementPath {
    message: &'static str,
    segment: &'static str,
    element: u16,
    component: u16,
}

/// Message types a path can name.
const MESSAGES: &[&str] = &["PAXLST", "PNRGOV", "CUSRES", "ACKRES", "GOVREQ", "CONTRL"];

/// Segment tags a path can name: those of the guides. Another word there may be anything.
const SEGMENTS: &[&str] = &[
    "ABI", "ADD", "APD", "ATT", "BGM", "CNT", "COM", "CTA", "DAT", "DOC", "DTM", "EBD", "EMP", "EQN", "ERC", "ERI",
    "ERP", "FAR", "FOP", "FTI", "FTX", "GEI", "GID", "IFT", "LOC", "LTS", "MEA", "MON", "MSG", "NAD", "NAT", "ORG",
    "PDT", "PTK", "RCI", "REF", "RFF", "RPI", "SAC", "SRC", "SSD", "SSR", "TBD", "TDT", "TIF", "TKT", "TRA", "TRI",
    "TVL", "TXD", "UNB", "UNE", "UNG", "UNH", "UNS", "UNT", "UNZ",
];

impl ElementPath {
    /// A path in a format with words of its own: a segment, an XML element, `column`.
    pub const fn new(message: &'static str, segment: &'static str) -> Self {
        Self {
            message,
            segment,
            element: 0,
            component: 0,
        }
    }

    /// The path to a segment of an EDIFACT message; a type or tag the guides do not know becomes `other`.
    pub fn edifact(message: &str, tag: &str) -> Self {
        let known = |word: &str, words: &'static [&'static str]| {
            words.iter().find(|known| **known == word).copied().unwrap_or("other")
        };
        Self::new(known(message, MESSAGES), known(tag, SEGMENTS))
    }

    /// The same with the ordinal of an element, 1 being the first after the tag; 0 for none.
    #[must_use]
    pub const fn element(mut self, element: u16) -> Self {
        self.element = element;
        self
    }

    /// The same with the ordinal of a component, from 1; 0 for none.
    #[must_use]
    pub const fn component(mut self, component: u16) -> Self {
        self.component = component;
        self
    }
}

impl fmt::Display for ElementPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.message, self.segment)?;
        match (self.element, self.component) {
            (0, 0) => Ok(()),
            (element, 0) => write!(f, "/{element}"),
            (element, component) => write!(f, "/{element}/{component}"),
        }
    }
}

impl Serialize for ElementPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
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

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.rule, self.position)?;
        self.path.map_or(Ok(()), |path| write!(f, " ({path})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_told_as_far_as_it_is_known() {
        let path = ElementPath::edifact("PAXLST", "NAD");
        assert_eq!(path.to_string(), "PAXLST NAD");
        assert_eq!(path.element(2).to_string(), "PAXLST NAD/2");
        assert_eq!(path.element(2).component(1).to_string(), "PAXLST NAD/2/1");
    }

    #[test]
    fn a_name_where_a_tag_belongs_is_not_repeated() {
        assert_eq!(ElementPath::edifact("ERIKA", "ANN").to_string(), "other other");
    }
}
