//! The EDIFACT syntax layer (ISO 9735-1): delimiters, segments, elements, messages.
//!
//! A segment borrows its bytes from the file; elements and components are found when asked
//! for and nothing is allocated until a text holds a release character, a line break or a
//! byte that is not UTF-8. Line breaks inside values are transport (AIRIMP line length) and
//! vanish without leaving a blank.

mod message;

pub(crate) use message::{Message, messages};

use super::dress::{self, is_padding};
use std::borrow::Cow;

/// Longest segment that is read.
const SEGMENT_BYTES: usize = 64 * 1024;

/// The characters with a meaning in one interchange (`UNA`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiters {
    component: u8,
    element: u8,
    release: Option<u8>,
    repetition: Option<u8>,
    terminator: u8,
}

impl Default for Delimiters {
    fn default() -> Self {
        Self {
            component: b':',
            element: b'+',
            release: Some(b'?'),
            repetition: None,
            terminator: b'\'',
        }
    }
}

impl Delimiters {
    /// The delimiters of a `UNA`'s six characters; none if they cannot be meant.
    pub fn advised(told: [u8; 6]) -> Option<Self> {
        let [component, element, _decimal, release, repetition, terminator] = told;
        let optional = |byte: u8| (byte != b' ').then_some(byte);
        let meant = |byte: u8| byte.is_ascii_punctuation();
        let (release, repetition) = (optional(release), optional(repetition));
        let used = [Some(component), Some(element), release, repetition, Some(terminator)];
        let clear = used.iter().flatten().all(|byte| meant(*byte));
        let distinct = used
            .iter()
            .enumerate()
            .all(|(at, byte)| byte.is_none() || !used.iter().skip(at + 1).any(|other| other == byte));
        (clear && distinct).then_some(Self {
            component,
            element,
            release,
            repetition,
            terminator,
        })
    }
}

/// One segment, borrowed from the file.
#[derive(Clone, Copy)]
pub struct Segment<'a> {
    tag: [u8; 3],
    body: &'a [u8],
    delimiters: Delimiters,
    offset: usize,
    /// The terminator was there.
    pub(crate) closed: bool,
    /// The terminator was a typographic quotation mark.
    pub(crate) repaired: bool,
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
        parts.map(move |bytes| Element { bytes, delimiters })
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
            bytes: &[],
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
        std::str::from_utf8(self.body).is_err()
    }

    pub(crate) const fn is_too_long(&self) -> bool {
        self.body.len() > SEGMENT_BYTES
    }
}

/// One element with all its repetitions.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    bytes: &'a [u8],
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
        Split::new(self.bytes, delimiters.repetition, delimiters.release)
            .map(move |bytes| Element { bytes, delimiters })
    }

    /// The components of the first occurrence, as they stand, blanks kept.
    pub fn components(self) -> impl Iterator<Item = Cow<'a, str>> {
        let Delimiters {
            component,
            release,
            repetition,
            ..
        } = self.delimiters;
        let first = Split::new(self.bytes, repetition, release).next().unwrap_or_default();
        Split::new(first, Some(component), release).map(move |bytes| text(bytes, release))
    }

    /// A component of the first occurrence, 0 being the first, trimmed; empty if absent.
    pub fn component(self, position: usize) -> Cow<'a, str> {
        self.components().nth(position).map(trimmed).unwrap_or_default()
    }

    /// Whether nothing but blanks is there.
    pub fn is_empty(self) -> bool {
        let Delimiters { component, .. } = self.delimiters;
        self.bytes.iter().all(|b| is_padding(*b) || *b == component)
    }
}

/// The segments of a file from its first interchange on, read with the delimiters it advises:
/// for tools that look at syntax alone. Empty if there is no interchange.
pub fn segments(bytes: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    let start = dress::next(bytes, 0);
    start
        .into_iter()
        .flat_map(|start| Segments::new(bytes, start.at, start.delimiters))
}

/// The segments from an offset to the end of the file.
#[derive(Debug, Clone)]
pub(crate) struct Segments<'a> {
    bytes: &'a [u8],
    at: usize,
    delimiters: Delimiters,
}

impl<'a> Segments<'a> {
    pub(crate) const fn new(bytes: &'a [u8], at: usize, delimiters: Delimiters) -> Self {
        Self { bytes, at, delimiters }
    }

    /// Where the next segment starts.
    pub(crate) const fn offset(&self) -> usize {
        self.at
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        let rest = self.bytes.get(self.at..)?;
        let offset = self.at + rest.iter().position(|b| !is_padding(*b))?;
        let rest = self.bytes.get(offset..)?;
        let end = end_of(rest, self.delimiters);
        self.at = offset + end.next;
        let body = rest.get(..end.length)?;
        Some(Segment {
            tag: tag(body, self.delimiters),
            body,
            delimiters: self.delimiters,
            offset,
            closed: end.closed,
            repaired: end.repaired,
        })
    }
}

struct End {
    length: usize,
    next: usize,
    closed: bool,
    repaired: bool,
}

/// Where a segment ends: at its terminator, at a typographic one followed by a new line and a
/// tag, or with the file.
fn end_of(rest: &[u8], delimiters: Delimiters) -> End {
    let mut escaped = false;
    for (at, byte) in rest.iter().enumerate() {
        if escaped {
            escaped = byte.is_ascii_control();
        } else if Some(*byte) == delimiters.release {
            escaped = true;
        } else if *byte == delimiters.terminator {
            return End {
                length: at,
                next: at + 1,
                closed: true,
                repaired: false,
            };
        } else if *byte == 0xE2 && rest.get(at..).is_some_and(|rest| is_typographic(rest, delimiters)) {
            return End {
                length: at,
                next: at + 3,
                closed: true,
                repaired: true,
            };
        }
    }
    End {
        length: rest.len(),
        next: rest.len(),
        closed: false,
        repaired: false,
    }
}

/// U+2019 at the end of a line, and a tag on the next one.
fn is_typographic(rest: &[u8], delimiters: Delimiters) -> bool {
    let Some(after) = rest.strip_prefix("\u{2019}".as_bytes()) else {
        return false;
    };
    let Some(line) = after
        .iter()
        .position(|b| !is_padding(*b))
        .and_then(|at| after.split_at_checked(at))
    else {
        return false;
    };
    let (gap, [a, b, c, next, ..]) = line else { return false };
    gap.contains(&b'\n') && [a, b, c].iter().all(|b| b.is_ascii_uppercase()) && *next == delimiters.element
}

fn tag(body: &[u8], delimiters: Delimiters) -> [u8; 3] {
    let mut tag = [0; 3];
    let head = body
        .split(|b| *b == delimiters.element || *b == delimiters.component)
        .next()
        .unwrap_or_default();
    let letters = || head.iter().filter(|b| !is_padding(**b));
    if letters().count() == 3 && letters().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
        tag.iter_mut().zip(letters()).for_each(|(to, from)| *to = *from);
    }
    tag
}

/// Splits at a separator that is not released; without a separator, gives the whole once.
struct Split<'a> {
    rest: Option<&'a [u8]>,
    separator: Option<u8>,
    release: Option<u8>,
}

impl<'a> Split<'a> {
    const fn new(bytes: &'a [u8], separator: Option<u8>, release: Option<u8>) -> Self {
        Self {
            rest: Some(bytes),
            separator,
            release,
        }
    }
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest.take()?;
        let mut escaped = false;
        for (at, byte) in rest.iter().enumerate() {
            if escaped {
                escaped = byte.is_ascii_control();
            } else if Some(*byte) == self.release {
                escaped = true;
            } else if Some(*byte) == self.separator {
                self.rest = rest.get(at + 1..);
                return rest.get(..at);
            }
        }
        Some(rest)
    }
}

/// The text of a component: released, control characters gone, UTF-8 or else ISO 8859-1.
fn text(bytes: &[u8], release: Option<u8>) -> Cow<'_, str> {
    let plain = !bytes.iter().any(|b| Some(*b) == release || b.is_ascii_control());
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

#[cfg(test)]
mod tests;
