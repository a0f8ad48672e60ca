//! Segments, their elements and the texts in them, found when asked for.

use super::delimiters::Delimiters;
use super::dress::is_padding;
use super::piece::{Piece, Split};
use std::borrow::Cow;

/// One segment, borrowed from the file.
#[derive(Clone, Copy)]
pub struct Segment<'a> {
    pub(super) tag: [u8; 3],
    pub(super) body: Piece<'a>,
    pub(super) delimiters: Delimiters,
    pub(super) offset: usize,
    /// The terminator was there.
    pub(crate) closed: bool,
}

impl std::fmt::Debug for Segment<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Segment(at {})", self.offset)
    }
}

impl<'a> Segment<'a> {
    /// The tag: three capital letters or digits, or nothing if what stands there is no tag.
    pub fn tag(&self) -> &str {
        std::str::from_utf8(&self.tag)
            .unwrap_or_default()
            .trim_end_matches('\0')
    }

    /// Where the segment starts in the file, in bytes.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// The elements after the tag.
    pub fn elements(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        let delimiters = self.delimiters;
        let mut parts = Split::new(self.body, Some(delimiters.element), delimiters.release);
        parts.next();
        parts.map(move |piece| Element { piece, delimiters })
    }

    /// The elements from a position on, every repetition an item of its own.
    pub fn items(&self, from: usize) -> impl Iterator<Item = Element<'a>> + use<'a> {
        self.elements()
            .skip(from.saturating_sub(1))
            .flat_map(Element::occurrences)
    }

    /// The element at a position, 1 being the first after the tag; empty if absent.
    pub fn element(&self, position: usize) -> Element<'a> {
        let absent = Element {
            piece: Piece::EMPTY,
            delimiters: self.delimiters,
        };
        position
            .checked_sub(1)
            .and_then(|before| self.elements().nth(before))
            .unwrap_or(absent)
    }

    /// The text of a component, both counted from where EDIFACT counts: element 1, component 0.
    pub fn text(&self, element: usize, component: usize) -> Cow<'a, str> {
        self.element(element).component(component)
    }

    /// Whether nothing follows the tag.
    pub fn is_empty(&self) -> bool {
        self.elements().all(|element| element.is_empty())
    }

    /// Whether the bytes are not UTF-8 and have been read as ISO 8859-1.
    pub(crate) fn is_foreign(&self) -> bool {
        matches!(self.body, Piece::Raw(bytes) if std::str::from_utf8(bytes).is_err())
    }

    /// The bytes up to the end of the first element, or of the tag if that is no short code.
    pub(super) fn role_length(&self) -> usize {
        let body = self.body.bytes();
        let role = self.element(1).piece.bytes().len();
        let tag = body.iter().position(|byte| *byte == self.delimiters.element);
        let length = tag.filter(|_| role <= 8).map_or(3, |tag| tag + 1 + role);
        length.min(body.len())
    }

    /// Whether a traveller begins here: `PDT`, `TIF`, or `NAD` with a traveller's role.
    pub(crate) fn opens_traveller(&self) -> bool {
        match &self.tag {
            b"PDT" => true,
            b"TIF" => self.text(1, 1) != "G",
            b"NAD" => matches!(self.text(1, 0).as_ref(), "FL" | "FM" | "DDU" | "DDT"),
            _ => false,
        }
    }
}

/// One element with all its repetitions.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    piece: Piece<'a>,
    delimiters: Delimiters,
}

impl std::fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Element(..)")
    }
}

impl<'a> Element<'a> {
    /// The occurrences of the element; one unless the interchange has a repetition separator.
    pub fn occurrences(self) -> impl Iterator<Item = Element<'a>> {
        let delimiters = self.delimiters;
        Split::new(self.piece, delimiters.repetition, delimiters.release)
            .map(move |piece| Element { piece, delimiters })
    }

    /// The components of the first occurrence, as they stand, blanks kept.
    pub fn components(self) -> impl Iterator<Item = Cow<'a, str>> {
        let Delimiters {
            component,
            release,
            repetition,
            ..
        } = self.delimiters;
        let first = Split::new(self.piece, repetition, release).next();
        Split::new(first.unwrap_or(Piece::EMPTY), Some(component), release).map(move |piece| match piece {
            Piece::Plain(text) => Cow::Borrowed(text),
            Piece::Raw(bytes) => text(bytes, release),
        })
    }

    /// A component of the first occurrence, 0 being the first, trimmed; empty if absent.
    pub fn component(self, position: usize) -> Cow<'a, str> {
        self.components().nth(position).map(trimmed).unwrap_or_default()
    }

    /// Whether nothing but blanks is there.
    pub fn is_empty(self) -> bool {
        let Delimiters { component, .. } = self.delimiters;
        self.piece.bytes().iter().all(|b| is_padding(*b) || *b == component)
    }
}

/// The text of a component: released, control characters gone, UTF-8 or else ISO 8859-1.
fn text(bytes: &[u8], release: Option<u8>) -> Cow<'_, str> {
    let special = |byte: u8| Some(byte) == release || byte.is_ascii_control();
    let plain = !bytes.iter().fold(false, |found, byte| found | special(*byte));
    match std::str::from_utf8(bytes) {
        Ok(text) if plain => Cow::Borrowed(text),
        _ => Cow::Owned(cleaned(bytes, release)),
    }
}

fn cleaned(bytes: &[u8], release: Option<u8>) -> String {
    let mut kept = Vec::with_capacity(bytes.len());
    let mut escaped = false;
    for byte in bytes.iter().filter(|b| !b.is_ascii_control()) {
        if !escaped && Some(*byte) == release {
            escaped = true;
        } else {
            escaped = false;
            kept.push(*byte);
        }
    }
    String::from_utf8(kept).unwrap_or_else(|error| error.as_bytes().iter().map(|b| char::from(*b)).collect())
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}
