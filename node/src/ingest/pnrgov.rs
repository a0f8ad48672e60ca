//! PNRGOV, PADIS EDIFACT 10.1 and later (IATA implementation guide).
//!
//! Level 0 is about the push, each `SRC` opens a booking. Senders break the order of groups, so
//! a booking is read by a state machine that accepts any segment legal in the current group or
//! an outer one; who a request is about is settled when the booking is complete.

mod booking;
mod flight;
mod payment;
mod people;
mod request;

use super::edifact::{Message, Segment};
use super::finding::Severity;
use super::model::{Flight, Provenance};
use super::paxlst;
use super::report::Decoded;
use booking::Draft;

/// Reads one message.
pub(super) fn decode(message: &Message<'_>, out: &mut Decoded) {
    let mut push = Push {
        message,
        provenance: paxlst::provenance(message),
        flight: None,
        expected: None,
        read: 0,
        draft: None,
    };
    for (index, segment) in message.body.iter().enumerate() {
        push.take(segment, index, out);
    }
    push.close(out);
    let single = matches!(push.provenance.part.as_str(), "" | "01:F" | "1:F");
    if single && push.expected.is_some_and(|expected| expected != push.read) {
        out.note("envelope.eqn", Severity::Warning, message.start());
    }
}

struct Push<'m> {
    message: &'m Message<'m>,
    provenance: Provenance,
    /// The flight the push is about.
    flight: Option<Flight>,
    /// Bookings in the whole push.
    expected: Option<usize>,
    read: usize,
    draft: Option<Draft>,
}

impl Push<'_> {
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
            Some(draft) => draft.take(segment, out),
            None => self.level0(segment, out),
        }
    }

    fn level0(&mut self, segment: &Segment<'_>, out: &mut Decoded) {
        match segment.tag() {
            "MSG" => self.provenance.function = segment.text(1, 1).into_owned(),
            "TVL" => self.flight = flight::read(segment, self.message.envelope.date),
            "EQN" => self.expected = segment.text(1, 0).parse().ok(),
            "SSR" => request::purge(segment, out),
            _ => {}
        }
    }

    fn close(&mut self, out: &mut Decoded) {
        if let Some(draft) = self.draft.take() {
            self.read += 1;
            draft.finish(self.flight.as_ref(), out);
        }
    }
}
