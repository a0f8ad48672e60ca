//! A message and the envelope it stands in. Nothing an envelope says is believed.

use super::segment::Segment;
use crate::ingest::date::{self, Century, Order};
use crate::ingest::finding::{ElementPath, Position, Severity};
use crate::ingest::report::Decoded;
use jiff::civil::Date;

/// Who sent an interchange, and when.
#[derive(Clone, Default)]
pub(crate) struct Envelope {
    pub(crate) sender: String,
    pub(crate) control_ref: String,
    /// The date of preparation, or of receipt if none is given.
    pub(crate) date: Date,
}

impl Envelope {
    /// Reads `UNB` or `UNG`, which place these things alike.
    pub(super) fn read(segment: &Segment<'_>, received: Date) -> Self {
        let prepared = date::digits(&segment.text(4, 0), Order::YearFirst, Century::Travel, received);
        Self {
            sender: segment.text(2, 0).into_owned(),
            control_ref: segment.text(5, 0).into_owned(),
            date: prepared.and_then(date::PartialDate::complete).unwrap_or(received),
        }
    }
}

/// One message: everything from `UNH` to `UNT`, both left out of `body`.
pub(crate) struct Message<'a> {
    pub(crate) envelope: &'a Envelope,
    pub(crate) header: Segment<'a>,
    pub(crate) body: &'a [Segment<'a>],
    /// The ordinal of the message in the file, from 1.
    pub(crate) number: usize,
}

impl Message<'_> {
    /// The position of a segment of the body.
    pub(crate) fn position(&self, index: usize) -> Position {
        let at = self.body.get(index).map_or(self.header.offset(), Segment::offset);
        Position {
            offset: at,
            message: self.number,
            segment: index + 2,
        }
    }

    /// The position of the message as a whole.
    pub(crate) fn start(&self) -> Position {
        Position {
            offset: self.header.offset(),
            message: self.number,
            segment: 0,
        }
    }

    /// The path to an element of a segment of the body; 0 for no element or no component.
    pub(crate) fn path(&self, index: usize, element: u16, component: u16) -> ElementPath {
        let tag = self.body.get(index).map_or("UNH", Segment::tag);
        ElementPath::edifact(&self.header.text(2, 0), tag)
            .element(element)
            .component(component)
    }

    /// Says what is wrong with the end; `counted` is the number of segments with `UNH` and `UNT`.
    pub(super) fn check_end(&self, trailer: Option<&Segment<'_>>, counted: usize, out: &mut Decoded) {
        match trailer {
            None => out.note("envelope.unt_missing", Severity::Error, self.start()),
            Some(trailer) if trailer.text(1, 0).parse() != Ok(counted) => {
                let position = Position {
                    offset: trailer.offset(),
                    message: self.number,
                    segment: counted,
                };
                let path = ElementPath::edifact(&self.header.text(2, 0), "UNT").element(1);
                out.note_at("envelope.unt_count", Severity::Warning, position, path);
            }
            Some(_) => {}
        }
    }

    /// Gives the findings of a decoder the segment they are about, where it has not said more.
    pub(super) fn complete_paths(&self, out: &mut Decoded) {
        for finding in &mut out.findings {
            if finding.path.is_none() && finding.position.message == self.number {
                finding.path = finding
                    .position
                    .segment
                    .checked_sub(2)
                    .map(|index| self.path(index, 0, 0));
            }
        }
    }
}
