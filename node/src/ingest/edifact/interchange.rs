//! Interchanges out of a stream: messages are cut out one by one, envelopes read, ends and counts
//! checked. What a unit holds is bounded; what is beyond is passed over and counted.

use super::SEGMENT_BYTES;
use super::delimiters::Delimiters;
use super::dress::{self, LOOK, is_padding};
use super::message::Envelope;
use super::scan::Scan;
use super::unit::{Decode, Place, Record, Unit};
use super::window::Window;
use crate::ingest::finding::{Position, Severity};
use crate::ingest::report::{Decoded, LOST_BYTES};
use jiff::civil::Date;
use std::io::{BufRead, Error};
use zeroize::Zeroizing;

/// Reads every message of every interchange in a stream and hands over what each gave. Messages that
/// end at or before the offset `after` are passed over without being decoded.
pub(crate) fn read<E: From<Error>>(
    input: &mut dyn BufRead,
    received: Date,
    after: u64,
    decode: Decode,
    each: &mut dyn FnMut(Decoded) -> Result<(), E>,
) -> Result<(), E> {
    let mut reader = Reader {
        window: Window::new(input),
        received,
        after,
        decode,
        part: Decoded::default(),
        messages: 0,
        found: false,
        head: Zeroizing::new(Vec::new()),
    };
    while let Some(delimiters) = reader.enter()? {
        let mut interchange = Interchange::new(delimiters, received);
        let mut more = true;
        while more {
            more = reader.step(&mut interchange)?;
            if reader.part.position_end > 0 {
                each(std::mem::take(&mut reader.part))?;
            }
        }
    }
    match reader.rest() {
        Some(rest) => each(rest),
        None => Ok(()),
    }
}

struct Reader<'r> {
    window: Window<'r>,
    received: Date,
    after: u64,
    decode: Decode,
    /// What has been found since the last part was handed over.
    part: Decoded,
    messages: usize,
    /// Whether there was any interchange.
    found: bool,
    /// The beginning of a stream in which none has been found yet.
    head: Zeroizing<Vec<u8>>,
}

/// What is known of the interchange that is read.
struct Interchange {
    delimiters: Delimiters,
    envelope: Envelope,
    /// `UNB` and `UNG` as they stood.
    service: [Vec<u8>; 2],
    groups: usize,
    messages: usize,
    in_group: usize,
    foreign: bool,
    unit: Unit,
    started: bool,
}

impl Interchange {
    fn new(delimiters: Delimiters, received: Date) -> Self {
        Self {
            delimiters,
            envelope: Envelope {
                date: received,
                ..Envelope::default()
            },
            service: [Vec::new(), Vec::new()],
            groups: 0,
            messages: 0,
            in_group: 0,
            foreign: false,
            unit: Unit::default(),
            started: false,
        }
    }
}

impl Reader<'_> {
    /// Finds the next interchange and moves to its first segment.
    fn enter(&mut self) -> Result<Option<Delimiters>, Error> {
        let from = self.window.offset();
        let mut junk = false;
        let mut fresh = true;
        loop {
            self.window.begin();
            self.window.want(2 * LOOK)?;
            let ended = self.window.ended();
            let sure = |found: usize, all: usize| ended || found + LOOK <= all;
            let rest = self.window.rest();
            let next = dress::next(rest, usize::from(!fresh), fresh).filter(|start| sure(start.found, rest.len()));
            let gap = match next {
                Some(start) => start.found,
                None if ended => rest.len(),
                None => rest.len() - LOOK,
            };
            junk |= !dress::is_blank(rest.get(..gap).unwrap_or_default());
            self.keep_head(usize::from(!fresh)..gap);
            if next.is_some() || ended {
                self.note_gap(junk, from, next);
                let skip = next.map_or(gap, |start| start.at);
                self.window.advance(skip);
                self.window.begin();
                self.found |= next.is_some();
                return Ok(next.map(|start| start.delimiters));
            }
            self.window.advance(gap.saturating_sub(1));
            fresh = false;
        }
    }

    fn keep_head(&mut self, gap: std::ops::Range<usize>) {
        let room = LOST_BYTES.saturating_sub(self.head.len());
        if !self.found {
            let gap = self.window.rest().get(gap).unwrap_or_default();
            self.head.extend(gap.iter().take(room));
        }
    }

    fn note_gap(&mut self, junk: bool, from: u64, next: Option<dress::Start>) {
        let here = self.window.offset();
        if junk && self.found {
            self.part.note("envelope.trailing_text", Severity::Info, outside(from));
        }
        if let Some(start) = next.filter(|start| start.damaged) {
            let at = outside(here + start.found as u64);
            self.part.note("syntax.una", Severity::Warning, at);
        }
    }

    /// What is left to say at the end of the stream.
    fn rest(mut self) -> Option<Decoded> {
        if !self.found {
            if dress::is_blank(&self.head) {
                self.part.note("format.empty", Severity::Warning, Position::default());
            } else {
                self.part.reject(0, "format.unknown", Position::default());
                let whole = self.head.len() as u64 == self.window.offset();
                self.part.keep_lost(&[&self.head], whole);
            }
        }
        self.part.position_end = self.window.offset();
        let silent = self.part.findings.is_empty() && self.part.rejected == 0;
        (!silent).then_some(self.part)
    }

    /// Reads one segment and does what it says; whether the interchange goes on.
    fn step(&mut self, now: &mut Interchange) -> Result<bool, Error> {
        if now.unit.is_empty() {
            self.window.begin();
        }
        let ends = !self.skip_padding()? || (now.started && self.window.rest().starts_with(b"UNA"));
        if ends {
            let (length, here) = (self.window.unit().len(), self.window.offset());
            self.close(now, None, length, here);
            self.part.note("envelope.unz_missing", Severity::Warning, outside(here));
            return Ok(false);
        }
        if now.unit.is_empty() {
            self.window.begin();
        }
        now.started = true;
        let record = self.record(now)?;
        Ok(self.take(now, record))
    }

    /// Moves to the next byte that is no padding; false at the end of the stream.
    fn skip_padding(&mut self) -> Result<bool, Error> {
        loop {
            self.window.want(1)?;
            let rest = self.window.rest();
            let padding = rest.iter().position(|byte| !is_padding(*byte));
            let skipped = padding.unwrap_or(rest.len());
            self.window.advance(skipped);
            if padding.is_some() {
                self.window.want(3)?;
                return Ok(true);
            }
            if self.window.ended() {
                return Ok(false);
            }
        }
    }

    /// Reads a segment. Of one that is too long only the beginning is kept, so that what follows does not
    /// bind to the segment before; one for which the unit has no room is passed over.
    fn record(&mut self, now: &mut Interchange) -> Result<Record, Error> {
        let (offset, start) = (self.window.offset(), self.window.unit().len());
        let mut scan = Scan::default();
        let mut beginning: Option<Record> = None;
        let end = loop {
            let ended = self.window.ended();
            if let Some(end) = scan.find(self.window.rest(), now.delimiters, ended) {
                break end;
            }
            if scan.searched() > SEGMENT_BYTES {
                let searched = scan.restart();
                self.shorten(&mut beginning, now, start, searched);
            }
            self.window.fill()?;
        };
        if beginning.is_some() || end.length > SEGMENT_BYTES {
            self.shorten(&mut beginning, now, start, end.next);
            now.unit.long += 1;
        }
        let body = self.window.rest().get(..end.length).unwrap_or_default();
        let mut record = beginning.unwrap_or_else(|| Record::of(body, start, now.delimiters));
        (record.offset, record.closed, record.repaired) = (index(offset), end.closed, end.repaired);
        if !record.long && !record.is_service() && now.unit.is_full(start + end.length) {
            record.beyond = true;
            self.window.cut(end.next);
        } else if !record.long {
            self.window.advance(end.next);
        }
        Ok(record)
    }

    /// Keeps the beginning of the segment at the cursor, once, and passes over so many bytes of it.
    fn shorten(&mut self, beginning: &mut Option<Record>, now: &Interchange, start: usize, count: usize) {
        let mut passed = count;
        if beginning.is_none() {
            let head = self.window.rest().get(..SEGMENT_BYTES).unwrap_or_default();
            let record = Record::of(head, start, now.delimiters).beginning(head, now.delimiters);
            self.window.advance(record.length);
            passed -= record.length.min(passed);
            *beginning = Some(record);
        }
        self.window.cut(passed);
    }

    /// Does what a segment says; whether the interchange goes on.
    fn take(&mut self, now: &mut Interchange, mut record: Record) -> bool {
        self.remark(now, &record);
        if record.tag == *b"UNT" {
            let (length, here) = (self.window.unit().len(), self.window.offset());
            self.close(now, Some(record), length, here);
            return true;
        }
        if record.is_service() {
            self.close(now, None, record.start, record.offset as u64);
            self.window.leave(record.start);
            record.start = 0;
            self.service(now, record);
            return record.tag != *b"UNZ";
        }
        now.unit.take(record);
        true
    }

    fn service(&mut self, now: &mut Interchange, record: Record) {
        let raw = self.window.unit();
        let segment = record.segment(raw, now.delimiters);
        let told = segment.text(1, 0).parse::<usize>().ok();
        match &record.tag {
            b"UNH" => {
                now.unit.offset = record.offset;
                now.unit.counted = 1;
                now.unit.header = Some(record);
            }
            b"UNB" => {
                now.envelope = Envelope::read(&segment, self.received);
                now.service = [raw.to_vec(), Vec::new()];
            }
            b"UNG" => {
                if now.envelope.sender.is_empty() {
                    now.envelope = Envelope::read(&segment, self.received);
                }
                now.service[1] = raw.to_vec();
                now.groups += 1;
                now.in_group = 0;
            }
            b"UNE" if told != Some(now.in_group) => {
                self.part
                    .note("envelope.une_count", Severity::Warning, record.position());
            }
            b"UNZ" if told != Some(now.messages) && (now.groups == 0 || told != Some(now.groups)) => {
                self.part
                    .note("envelope.unz_count", Severity::Warning, record.position());
            }
            _ => {}
        }
    }

    fn remark(&mut self, now: &mut Interchange, record: &Record) {
        let last = matches!(&record.tag, b"UNZ" | b"UNE");
        let rules = [
            (record.repaired, "syntax.terminator", Severity::Warning),
            (!record.closed && last, "syntax.terminator", Severity::Info),
            (record.tag == [0; 3] && record.closed, "syntax.tag", Severity::Warning),
            (record.long, "limit.segment", Severity::Error),
            (!now.foreign && record.foreign, "syntax.charset", Severity::Info),
        ];
        for (_, rule, severity) in rules.into_iter().filter(|(broken, ..)| *broken) {
            self.part.note(rule, severity, record.position());
        }
        now.foreign |= record.foreign;
    }

    /// Ends the open unit, if any: `length` bytes of it that end at the offset `end` of the stream.
    fn close(&mut self, now: &mut Interchange, trailer: Option<Record>, length: usize, end: u64) {
        let unit = std::mem::take(&mut now.unit);
        if unit.is_empty() {
            return;
        }
        let is_message = unit.header.is_some();
        self.messages += usize::from(is_message);
        now.messages += usize::from(is_message);
        now.in_group += usize::from(is_message);
        if end <= self.after {
            self.part = Decoded::default();
            return;
        }
        let bytes = self.window.unit().get(..length).unwrap_or_default();
        let part = &mut self.part;
        if is_message {
            part.messages += 1;
            let place = Place {
                envelope: &now.envelope,
                delimiters: now.delimiters,
                number: self.messages,
                trailer,
            };
            unit.message(bytes, &place, self.decode, part);
        } else {
            unit.stray(part);
        }
        let [interchange, group] = &now.service;
        let advice = now.delimiters.advice();
        part.keep_lost(&[&advice, interchange, group, bytes], unit.long + unit.beyond == 0);
        part.position_end = end;
    }
}

fn outside(offset: u64) -> Position {
    Position {
        offset: index(offset),
        ..Position::default()
    }
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
