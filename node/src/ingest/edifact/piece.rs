//! Pieces of a segment, and how they are split.

use super::delimiters::Delimiters;

/// A piece of a segment: text in which every byte means itself, or bytes that have to be looked at one
/// by one. Which of them is settled once for the whole segment.
#[derive(Clone, Copy)]
pub(super) enum Piece<'a> {
    /// UTF-8 without release characters and control characters.
    Plain(&'a str),
    /// Anything.
    Raw(&'a [u8]),
}

impl<'a> Piece<'a> {
    pub(super) const EMPTY: Self = Self::Plain("");

    pub(super) fn of(bytes: &'a [u8], delimiters: Delimiters) -> Self {
        let release = delimiters.release.unwrap_or_default();
        // No early end: this way the loop is done many bytes at a time.
        let special = |found, byte: &u8| found | (*byte < b' ') | (*byte == 0x7F) | (*byte == release);
        match std::str::from_utf8(bytes) {
            Ok(text) if !bytes.iter().fold(false, special) => Self::Plain(text),
            _ => Self::Raw(bytes),
        }
    }

    pub(super) const fn bytes(self) -> &'a [u8] {
        match self {
            Self::Plain(text) => text.as_bytes(),
            Self::Raw(bytes) => bytes,
        }
    }

    /// Both sides of the byte at a place, if it is one of its own.
    fn around(self, at: usize) -> Option<(Self, Self)> {
        Some(match self {
            Self::Plain(text) => (Self::Plain(text.get(..at)?), Self::Plain(text.get(at + 1..)?)),
            Self::Raw(bytes) => (Self::Raw(bytes.get(..at)?), Self::Raw(bytes.get(at + 1..)?)),
        })
    }
}

/// Splits at a separator that is not released; without a separator, gives the whole once.
pub(super) struct Split<'a> {
    rest: Option<Piece<'a>>,
    separator: Option<u8>,
    release: Option<u8>,
}

impl<'a> Split<'a> {
    pub(super) const fn new(piece: Piece<'a>, separator: Option<u8>, release: Option<u8>) -> Self {
        Self {
            rest: Some(piece),
            separator,
            release,
        }
    }
}

impl<'a> Iterator for Split<'a> {
    type Item = Piece<'a>;

    #[inline]
    fn next(&mut self) -> Option<Piece<'a>> {
        let rest = self.rest.take()?;
        let Some(separator) = self.separator else {
            return Some(rest);
        };
        let found = match rest {
            Piece::Plain(text) => text.bytes().position(|byte| byte == separator),
            Piece::Raw(bytes) => unreleased(bytes, separator, self.release),
        };
        let Some((piece, after)) = found.and_then(|at| rest.around(at)) else {
            return Some(rest);
        };
        self.rest = Some(after);
        Some(piece)
    }
}

/// The first separator that is not released.
fn unreleased(bytes: &[u8], separator: u8, release: Option<u8>) -> Option<usize> {
    let release = release.unwrap_or(separator);
    let mut at = 0;
    loop {
        let ahead = bytes.get(at..)?;
        let found = ahead.iter().position(|byte| *byte == separator || *byte == release)?;
        at += found;
        if bytes.get(at) == Some(&separator) {
            return Some(at);
        }
        at += released(bytes.get(at..)?);
    }
}

/// How many bytes a release character takes with it: the next one, and line breaks before that.
fn released(bytes: &[u8]) -> usize {
    let next = bytes.iter().skip(1).position(|byte| !byte.is_ascii_control());
    next.map_or(bytes.len(), |control| control + 2)
}
