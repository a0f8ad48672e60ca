//! Where segments and their parts end. Everything else in the syntax layer stands on this.

use super::delimiters::Delimiters;
use super::dress::is_padding;
use super::piece::Piece;
use super::segment::Segment;

/// How far a typographic terminator is followed to the next tag.
const LINE: usize = 256;

/// The end of a segment.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    /// Bytes of the segment, its terminator left out.
    pub(super) length: usize,
    /// Bytes to where the next one begins.
    pub(super) next: usize,
    pub(super) closed: bool,
    pub(super) repaired: bool,
}

/// A search for the end of a segment that goes on when more bytes have come.
#[derive(Debug, Default)]
pub(super) struct Scan {
    at: usize,
    escaped: bool,
}

impl Scan {
    /// Looks for the end: a terminator, a typographic one followed by a new line and a tag, or the
    /// end of the input. None if the bytes so far do not tell; `rest` always begins with the segment.
    pub(super) fn find(&mut self, rest: &[u8], delimiters: Delimiters, ended: bool) -> Option<End> {
        while let Some(at) = self.stop(rest, delimiters) {
            let ahead = rest.get(at..)?;
            if ahead.first() == Some(&delimiters.terminator) {
                return Some(closed(at, 1));
            }
            if ahead.first() == delimiters.release.as_ref() {
                self.escaped = true;
            } else if !ended && ahead.len() < LINE {
                self.at = at;
                return None;
            } else if is_typographic(ahead, delimiters) {
                return Some(closed(at, 3));
            }
            self.at = at + 1;
        }
        ended.then_some(End {
            length: rest.len(),
            next: rest.len(),
            closed: false,
            repaired: false,
        })
    }

    /// How many bytes have been searched.
    pub(super) const fn searched(&self) -> usize {
        self.at
    }

    /// Goes on behind the bytes searched, which are no longer there; says how many they were.
    pub(super) fn restart(&mut self) -> usize {
        std::mem::take(&mut self.at)
    }

    /// The next byte that might end the segment or changes the meaning of the one after it.
    fn stop(&mut self, rest: &[u8], delimiters: Delimiters) -> Option<usize> {
        while self.escaped {
            self.escaped = rest.get(self.at)?.is_ascii_control();
            self.at += 1;
        }
        let ahead = rest.get(self.at..)?;
        let found = match delimiters.release {
            Some(release) => memchr::memchr3(delimiters.terminator, release, 0xE2, ahead),
            None => memchr::memchr2(delimiters.terminator, 0xE2, ahead),
        };
        if found.is_none() {
            self.at = rest.len();
        }
        found.map(|found| self.at + found)
    }
}

const fn closed(length: usize, terminator: usize) -> End {
    End {
        length,
        next: length + terminator,
        closed: true,
        repaired: terminator > 1,
    }
}

/// U+2019 at the end of a line, and a tag on the next one.
fn is_typographic(rest: &[u8], delimiters: Delimiters) -> bool {
    let Some(after) = rest
        .get(..rest.len().min(LINE))
        .and_then(|line| line.strip_prefix("\u{2019}".as_bytes()))
    else {
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

/// The tag of a segment: three capital letters or digits, blanks around them passed over.
pub(super) fn tag(body: &[u8], delimiters: Delimiters) -> [u8; 3] {
    if let [a, b, c, rest @ ..] = body
        && [a, b, c].iter().all(|byte| is_tag_letter(**byte))
        && rest.first().is_none_or(|next| delimiters.ends_tag(*next))
    {
        return [*a, *b, *c];
    }
    let mut tag = [0; 3];
    let head = body.split(|byte| delimiters.ends_tag(*byte)).next().unwrap_or_default();
    let letters = || head.iter().filter(|b| !is_padding(**b));
    if letters().take(4).count() == 3 && letters().all(|b| is_tag_letter(*b)) {
        tag.iter_mut().zip(letters()).for_each(|(to, from)| *to = *from);
    }
    tag
}

const fn is_tag_letter(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

/// The segments from an offset to the end of bytes that are all there.
#[derive(Debug, Clone)]
pub(super) struct Segments<'a> {
    bytes: &'a [u8],
    at: usize,
    delimiters: Delimiters,
}

impl<'a> Segments<'a> {
    pub(super) const fn new(bytes: &'a [u8], at: usize, delimiters: Delimiters) -> Self {
        Self { bytes, at, delimiters }
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        let rest = self.bytes.get(self.at..)?;
        let offset = self.at + rest.iter().position(|b| !is_padding(*b))?;
        let rest = self.bytes.get(offset..)?;
        let end = Scan::default().find(rest, self.delimiters, true)?;
        self.at = offset + end.next;
        let body = rest.get(..end.length)?;
        Some(Segment {
            tag: tag(body, self.delimiters),
            body: Piece::of(body, self.delimiters),
            delimiters: self.delimiters,
            offset,
            closed: end.closed,
        })
    }
}
