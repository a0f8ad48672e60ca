//! What stands between two ends: a message, or segments outside of any.

use super::delimiters::Delimiters;
use super::message::{Envelope, Message};
use super::piece::Piece;
use super::scan::tag;
use super::segment::Segment;
use super::{MESSAGE_BYTES, MESSAGE_SEGMENTS};
use crate::ingest::finding::{Position, Severity};
use crate::ingest::report::{Decoded, LOST_BYTES};

/// What reads a message.
pub(super) type Decode = fn(&Message<'_>, &mut Decoded);

/// Where a message stands, and how it ends.
pub(super) struct Place<'a> {
    pub(super) envelope: &'a Envelope,
    pub(super) delimiters: Delimiters,
    /// The ordinal of the message in the file, from 1.
    pub(super) number: usize,
    /// `UNT`.
    pub(super) trailer: Option<Record>,
}

/// A unit, told by its segments.
#[derive(Default)]
pub(super) struct Unit {
    /// `UNH`; none outside of messages.
    pub(super) header: Option<Record>,
    pub(super) body: Vec<Record>,
    /// Where it begins in the stream.
    pub(super) offset: usize,
    /// Segments with `UNH`, those passed over included.
    pub(super) counted: usize,
    /// Segments of which only the beginning was kept.
    pub(super) long: usize,
    /// Segments passed over because the unit is full.
    pub(super) beyond: usize,
    /// Travellers that begin in those.
    lost: usize,
}

/// A segment, told by where its bytes stand in the unit.
#[derive(Clone, Copy, Default)]
pub(super) struct Record {
    pub(super) tag: [u8; 3],
    pub(super) start: usize,
    pub(super) length: usize,
    /// Where it begins in the stream.
    pub(super) offset: usize,
    pub(super) closed: bool,
    /// The terminator was a typographic quotation mark.
    pub(super) repaired: bool,
    /// Not UTF-8.
    pub(super) foreign: bool,
    /// Too long: this is its beginning.
    pub(super) long: bool,
    /// Passed over: the unit is full.
    pub(super) beyond: bool,
    opens: bool,
}

impl Record {
    /// A segment with this body at a place in the unit.
    pub(super) fn of(body: &[u8], start: usize, delimiters: Delimiters) -> Self {
        let mut record = Self {
            tag: tag(body, delimiters),
            start,
            length: body.len(),
            ..Self::default()
        };
        let segment = record.over(body, delimiters);
        (record.foreign, record.opens) = (segment.is_foreign(), segment.opens_traveller());
        record
    }

    /// The least of a segment that still says what begins here: its tag, of `NAD` the role as well.
    pub(super) fn beginning(mut self, head: &[u8], delimiters: Delimiters) -> Self {
        self.length = match &self.tag {
            [0, 0, 0] => 0,
            b"NAD" => self.over(head, delimiters).role_length(),
            _ => head.len().min(3),
        };
        self.long = true;
        self
    }

    pub(super) fn segment<'a>(&self, unit: &'a [u8], delimiters: Delimiters) -> Segment<'a> {
        let body = unit.get(self.start..self.start + self.length);
        self.over(body.unwrap_or_default(), delimiters)
    }

    pub(super) fn is_service(&self) -> bool {
        matches!(&self.tag, b"UNB" | b"UNG" | b"UNH" | b"UNT" | b"UNE" | b"UNZ")
    }

    pub(super) fn position(&self) -> Position {
        Position {
            offset: self.offset,
            ..Position::default()
        }
    }

    fn over<'a>(&self, body: &'a [u8], delimiters: Delimiters) -> Segment<'a> {
        Segment {
            tag: self.tag,
            body: Piece::of(body, delimiters),
            delimiters,
            offset: self.offset,
            closed: self.closed,
        }
    }
}

impl Unit {
    pub(super) const fn is_empty(&self) -> bool {
        self.counted == 0
    }

    /// Whether there is no room for a segment that would end at so many bytes.
    pub(super) fn is_full(&self, bytes: usize) -> bool {
        let room = if self.header.is_some() {
            MESSAGE_BYTES
        } else {
            LOST_BYTES
        };
        self.beyond > 0 || self.body.len() >= MESSAGE_SEGMENTS || bytes > room
    }

    pub(super) fn take(&mut self, record: Record) {
        if self.is_empty() {
            self.offset = record.offset;
        }
        self.counted += 1;
        if record.beyond {
            self.beyond += 1;
            self.lost += usize::from(record.opens);
        } else {
            self.body.push(record);
        }
    }

    /// Hands a message over and says what is wrong with its size and end.
    pub(super) fn message(&self, bytes: &[u8], place: &Place<'_>, decode: Decode, out: &mut Decoded) {
        let segment = |record: &Record| record.segment(bytes, place.delimiters);
        let all: Vec<_> = self.body.iter().map(segment).collect();
        let header = self
            .header
            .as_ref()
            .map(segment)
            .unwrap_or_else(|| Record::default().segment(&[], place.delimiters));
        let (body, cut) = match all.split_last() {
            Some((last, whole)) if !last.closed => (whole, Some(last)),
            _ => (all.as_slice(), None),
        };
        let message = Message {
            envelope: place.envelope,
            header,
            body,
            number: place.number,
        };
        let start = message.start();
        let trailer = place.trailer.as_ref().map(segment);
        message.check_end(trailer.as_ref(), self.counted + 1, out);
        self.check_size(start, out);
        if cut.is_some() || !header.closed {
            out.lose(
                usize::from(cut.is_some_and(Segment::opens_traveller)),
                "syntax.cut_off",
                start,
            );
        } else if trailer.is_none() {
            out.mark_lost(0, "envelope.unt_missing", start);
        }
        decode(&message, out);
        message.complete_paths(out);
    }

    /// Accounts for segments outside of any message: who stands in them is lost.
    pub(super) fn stray(&self, out: &mut Decoded) {
        let start = Position {
            offset: self.offset,
            ..Position::default()
        };
        out.note("envelope.outside", Severity::Warning, start);
        let lost = self.lost + self.body.iter().filter(|record| record.opens).count();
        if lost > 0 {
            out.reject(lost, "structure.no_unh", start);
        }
    }

    fn check_size(&self, start: Position, out: &mut Decoded) {
        let rule = if self.body.len() >= MESSAGE_SEGMENTS {
            "limit.segments"
        } else {
            "limit.message"
        };
        if self.beyond > 0 {
            out.lose(self.lost, rule, start);
        }
    }
}
