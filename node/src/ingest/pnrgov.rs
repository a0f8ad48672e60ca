//! PNRGOV, PADIS EDIFACT 10.1 and later (IATA implementation guide).
//!
//! Level 0 is about the push, each `SRC` opens a booking. Senders break the order of groups, so
//! a booking is read by a state machine that accepts any segment legal in the current group or
//! an outer one; who a request is about is settled when the booking is complete.

mod booking;
mod flight;
mod payment;
pub(super) mod people;
pub(super) mod request;

use super::edifact::{Message, Segment};
use super::finding::Severity;
use super::model::{Provenance, Push, PushKind};
use super::paxlst;
use super::report::Decoded;
use booking::Draft;

/// Reads one message.
pub(super) fn decode(message: &Message<'_>, out: &mut Decoded) {
    let (before, rejected) = (out.travellers_read, out.rejected);
    let mut push = Reading::new(message);
    for (index, segment) in message.body.iter().enumerate() {
        push.take(segment, index, out);
    }
    push.close(out);
    push.check(out);
    let mut receipt = paxlst::receipt(message, push.provenance, push.push.flight);
    receipt.settle(before, rejected, out);
    out.receipts.push(receipt);
}

struct Reading<'m> {
    message: &'m Message<'m>,
    provenance: Provenance,
    /// What level 0 says of the push.
    push: Push,
    /// Bookings in this part of it.
    read: usize,
    draft: Option<Draft>,
}

impl<'m> Reading<'m> {
    fn new(message: &'m Message<'m>) -> Self {
        let provenance = paxlst::provenance(message);
        let (part, last) = Push::place(&provenance.part);
        Self {
            message,
            provenance,
            push: Push {
                kind: PushKind::Full,
                flight: None,
                total: None,
                of_crew: false,
                part,
                last,
            },
            read: 0,
            draft: None,
        }
    }

    /// A push in one message holds as many bookings as it says; of several parts, only all together do.
    fn check(&self, out: &mut Decoded) {
        let single = self.push.last && self.push.part.is_none_or(|part| part == 1);
        if single && self.push.total.is_some_and(|total| total != self.read) {
            out.note("envelope.eqn", Severity::Warning, self.message.start());
        }
        if self.push.flight.is_none() {
            out.note("structure.push_flight", Severity::Info, self.message.start());
        }
    }

    fn take(&mut self, segment: &Segment<'_>, index: usize, out: &mut Decoded) {
        let stray = self.draft.is_none() && segment.tag() == "RCI";
        if segment.tag() == "SRC" || stray {
            self.close(out);
            let position = self.message.position(index);
            self.draft = Some(Draft::new(
                self.provenance.clone(),
                self.message.envelope.date,
                position,
            ));
        }
        if stray {
            out.note("structure.src", Severity::Warning, self.message.position(index));
        }
        match &mut self.draft {
            Some(draft) => draft.take(segment, self.message.position(index), out),
            None => self.level0(segment, out),
        }
    }

    fn level0(&mut self, segment: &Segment<'_>, out: &mut Decoded) {
        match segment.tag() {
            "MSG" => self.function(&segment.text(1, 1)),
            "TVL" => self.push.flight = flight::read(segment, self.message.envelope.date),
            "EQN" => self.push.total = segment.text(1, 0).parse().ok(),
            "SSR" => request::purge(segment, out),
            "IFT" | "LTS" => out.withheld("IFT"),
            _ => {}
        }
    }

    fn function(&mut self, code: &str) {
        code.clone_into(&mut self.provenance.function);
        if code == "141" {
            self.push.kind = PushKind::Update;
        }
    }

    fn close(&mut self, out: &mut Decoded) {
        if let Some(draft) = self.draft.take() {
            self.read += 1;
            draft.finish(&self.push, out);
        }
    }
}
