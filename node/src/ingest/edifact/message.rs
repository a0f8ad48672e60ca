//! Messages out of interchanges: envelopes read, ends and counts checked, nothing believed.

use super::{Segment, Segments};
use crate::ingest::date::{self, Century, Order};
use crate::ingest::dress;
use crate::ingest::finding::{Position, Severity};
use crate::ingest::report::Decoded;
use jiff::civil::Date;

/// Most segments of one message that are read.
const SEGMENTS: usize = 100_000;

/// Who sent an interchange, and when.
#[derive(Clone, Default)]
pub(crate) struct Envelope {
    pub(crate) sender: String,
    pub(crate) control_ref: String,
    /// The date of preparation, or of receipt if none is given.
    pub(crate) date: Date,
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
}

/// Reads every message of every interchange in a file and hands it over. Returns whether the
/// file held any interchange.
pub(crate) fn messages(
    bytes: &[u8],
    received: Date,
    out: &mut Decoded,
    read: &mut dyn FnMut(&Message<'_>, &mut Decoded),
) -> bool {
    let mut at = 0;
    let mut any = false;
    while let Some(start) = dress::next(bytes, at) {
        let junk = bytes
            .get(at..start.found)
            .is_some_and(|gap| any && !dress::is_blank(gap));
        if junk {
            out.note(
                "envelope.trailing_text",
                Severity::Info,
                Position {
                    offset: at,
                    ..Position::default()
                },
            );
        }
        if start.damaged {
            out.note(
                "syntax.una",
                Severity::Warning,
                Position {
                    offset: start.found,
                    ..Position::default()
                },
            );
        }
        any = true;
        let segments = Segments::new(bytes, start.at, start.delimiters);
        at = Interchange::new(bytes, received)
            .run(segments, out, read)
            .max(start.at + 1);
    }
    if any && bytes.get(at..).is_some_and(|rest| !dress::is_blank(rest)) {
        out.note(
            "envelope.trailing_text",
            Severity::Info,
            Position {
                offset: at,
                ..Position::default()
            },
        );
    }
    any
}

struct Interchange<'a> {
    bytes: &'a [u8],
    received: Date,
    envelope: Envelope,
    header: Option<Segment<'a>>,
    body: Vec<Segment<'a>>,
    overlong: bool,
    foreign: bool,
}

impl<'a> Interchange<'a> {
    fn new(bytes: &'a [u8], received: Date) -> Self {
        let envelope = Envelope {
            date: received,
            ..Envelope::default()
        };
        Self {
            bytes,
            received,
            envelope,
            header: None,
            body: Vec::new(),
            overlong: false,
            foreign: false,
        }
    }

    /// Reads to `UNZ`, to the next `UNA` or to the end; returns where reading stopped.
    fn run(
        mut self,
        mut segments: Segments<'a>,
        out: &mut Decoded,
        read: &mut dyn FnMut(&Message<'_>, &mut Decoded),
    ) -> usize {
        let mut before = segments.offset();
        while let Some(segment) = segments.next() {
            self.remark(&segment, out);
            match segment.tag() {
                "UNB" | "UNG" | "UNH" | "UNE" | "UNZ" if self.header.is_some() => {
                    self.close(None, out, read);
                    self.open(segment, out);
                }
                "UNT" => self.close(Some(segment), out, read),
                _ => self.open(segment, out),
            }
            if segment.tag() == "UNZ" {
                return segments.offset();
            }
            if self.is_advice(segments.offset()) {
                before = segments.offset();
                break;
            }
            before = segments.offset();
        }
        self.close(None, out, read);
        out.note(
            "envelope.unz_missing",
            Severity::Warning,
            Position {
                offset: before,
                ..Position::default()
            },
        );
        before
    }

    /// Whether a new interchange with delimiters of its own begins here.
    fn is_advice(&self, at: usize) -> bool {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let skip = rest.iter().position(|b| !dress::is_padding(*b)).unwrap_or(rest.len());
        rest.get(skip..).is_some_and(|rest| rest.starts_with(b"UNA"))
    }

    fn open(&mut self, segment: Segment<'a>, out: &mut Decoded) {
        match segment.tag() {
            "UNB" => self.envelope = envelope(&segment, 2, 4, 5, self.received),
            "UNG" if self.envelope.sender.is_empty() => {
                self.envelope = envelope(&segment, 2, 4, 5, self.received);
            }
            "UNH" => self.header = Some(segment),
            "UNG" | "UNE" | "UNZ" => {}
            _ if self.header.is_none() => {
                out.note("envelope.outside", Severity::Warning, at(&segment));
            }
            _ if self.body.len() < SEGMENTS => self.body.push(segment),
            _ => self.overlong = true,
        }
    }

    fn remark(&mut self, segment: &Segment<'a>, out: &mut Decoded) {
        let last = matches!(segment.tag(), "UNZ" | "UNE");
        let rules = [
            (segment.repaired, "syntax.terminator", Severity::Warning),
            (!segment.closed && last, "syntax.terminator", Severity::Info),
            (
                segment.tag().is_empty() && segment.closed,
                "syntax.tag",
                Severity::Warning,
            ),
            (segment.is_too_long(), "limit.segment", Severity::Error),
            (!self.foreign && segment.is_foreign(), "syntax.charset", Severity::Info),
        ];
        for (_, rule, severity) in rules.into_iter().filter(|(broken, ..)| *broken) {
            out.note(rule, severity, at(segment));
        }
        self.foreign |= segment.is_foreign();
    }

    /// Ends the open message, if any: hands it over and says what is wrong with its end.
    fn close(
        &mut self,
        trailer: Option<Segment<'a>>,
        out: &mut Decoded,
        read: &mut dyn FnMut(&Message<'_>, &mut Decoded),
    ) {
        let Some(header) = self.header.take() else { return };
        let mut body = std::mem::take(&mut self.body);
        let cut = body.last().is_some_and(|last| !last.closed) || !header.closed;
        out.messages += 1;
        let message = Message {
            envelope: &self.envelope,
            header,
            body: &body,
            number: out.messages,
        };
        let start = message.start();
        check_end(&message, trailer.as_ref(), out);
        if std::mem::take(&mut self.overlong) {
            out.note("limit.segments", Severity::Error, start);
        }
        if cut {
            body.pop();
            out.note("syntax.cut_off", Severity::Error, start);
        }
        body.retain(|segment| !segment.is_too_long());
        let number = out.messages;
        read(
            &Message {
                envelope: &self.envelope,
                header,
                body: &body,
                number,
            },
            out,
        );
    }
}

fn check_end(message: &Message<'_>, trailer: Option<&Segment<'_>>, out: &mut Decoded) {
    let Some(trailer) = trailer else {
        out.note("envelope.unt_missing", Severity::Error, message.start());
        return;
    };
    let counted = message.body.len() + 2;
    if trailer.text(1, 0).parse() != Ok(counted) {
        out.note("envelope.unt_count", Severity::Warning, at(trailer));
    }
}

fn envelope(segment: &Segment<'_>, sender: usize, date: usize, control: usize, received: Date) -> Envelope {
    let prepared = date::digits(&segment.text(date, 0), Order::YearFirst, Century::Travel, received);
    Envelope {
        sender: segment.text(sender, 0).into_owned(),
        control_ref: segment.text(control, 0).into_owned(),
        date: prepared.and_then(date::PartialDate::complete).unwrap_or(received),
    }
}

fn at(segment: &Segment<'_>) -> Position {
    Position {
        offset: segment.offset(),
        ..Position::default()
    }
}
