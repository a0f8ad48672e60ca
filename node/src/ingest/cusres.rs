//! CUSRES and ACKRES: what an authority answered to a passenger list or a push.
//!
//! An answer holds no travellers. It is read to learn their status: who may board, what was
//! wrong (API Guidelines appendix IIB; PNRGOV guide, ACKRES). Free text is not kept.

use super::edifact::{Message, Segment};
use super::finding::Severity;
use super::model::{Answer, Response, ResponseKind, Verdict};
use super::report::Decoded;

/// Most passengers and errors of one answer that are kept.
const ANSWERS: usize = 10_000;

/// Reads a CUSRES.
pub(super) fn decode(message: &Message<'_>, out: &mut Decoded) {
    let mut reading = Reading::new(message, ResponseKind::Other);
    for segment in message.body {
        reading.take(segment, out);
    }
    reading.finish(message, out);
}

/// Reads an ACKRES: `MSG` says whether the push was taken, each `ERC` what was wrong.
pub(super) fn acknowledgement(message: &Message<'_>, out: &mut Decoded) {
    let mut response = Reading::new(message, ResponseKind::Acknowledgement).response;
    for segment in message.body {
        match segment.tag() {
            "MSG" => {
                response.accepted = match segment.text(2, 0).as_ref() {
                    "3" => Some(true),
                    "7" => Some(false),
                    _ => None,
                }
            }
            "ERC" => response.errors.push(segment.text(1, 0).into_owned()),
            "IFT" => out.withheld("IFT"),
            _ => {}
        }
    }
    response.errors.truncate(ANSWERS);
    out.note("message.response", Severity::Info, message.start());
    out.responses.push(response);
}

struct Reading {
    response: Response,
    open: Open,
}

/// What the last `ERP` was about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Header,
    Message,
    Passenger,
}

impl Reading {
    fn new(message: &Message<'_>, kind: ResponseKind) -> Self {
        Self {
            response: Response {
                kind,
                transaction: None,
                access_ref: message.header.text(3, 0).into_owned(),
                flights: Vec::new(),
                answers: Vec::new(),
                errors: Vec::new(),
                accepted: None,
            },
            open: Open::Header,
        }
    }

    fn take(&mut self, segment: &Segment<'_>, out: &mut Decoded) {
        match segment.tag() {
            "BGM" => self.response.kind = kind(&segment.text(1, 0)),
            "ERP" => self.open(&segment.text(1, 0)),
            "RFF" => self.reference(&segment.text(1, 0), &segment.text(1, 1)),
            "ERC" => self.code(&segment.text(1, 0)),
            "FTX" => out.withheld("FTX"),
            _ => {}
        }
    }

    fn open(&mut self, point: &str) {
        self.open = if point == "2" { Open::Passenger } else { Open::Message };
        if self.open == Open::Passenger && self.response.answers.len() < ANSWERS {
            self.response.answers.push(Answer {
                locator: None,
                carrier_ref: None,
                code: String::new(),
                verdict: Verdict::Unclear,
            });
        }
    }

    fn reference(&mut self, qualifier: &str, value: &str) {
        let value = Some(value.to_owned()).filter(|value| !value.is_empty());
        match (qualifier, self.response.answers.last_mut()) {
            ("TN", _) => self.response.transaction = value,
            ("AF", _) => {
                let new = value.filter(|flight| !self.response.flights.contains(flight));
                self.response.flights.extend(new);
            }
            ("AVF", Some(answer)) => answer.locator = value,
            ("ABO", Some(answer)) => answer.carrier_ref = value,
            _ => {}
        }
    }

    fn code(&mut self, code: &str) {
        match (self.open, self.response.answers.last_mut()) {
            (Open::Passenger, Some(answer)) => {
                code.clone_into(&mut answer.code);
                answer.verdict = Verdict::of(code);
            }
            _ if self.response.errors.len() < ANSWERS => self.response.errors.push(code.to_owned()),
            _ => {}
        }
    }

    fn finish(self, message: &Message<'_>, out: &mut Decoded) {
        out.note("message.response", Severity::Info, message.start());
        if self.response.kind == ResponseKind::Other {
            out.note("structure.bgm", Severity::Warning, message.start());
        }
        out.responses.push(self.response);
    }
}

fn kind(document: &str) -> ResponseKind {
    match document {
        "962" => ResponseKind::Passengers,
        "132" => ResponseKind::Unsolicited,
        "312" => ResponseKind::Receipt,
        _ => ResponseKind::Other,
    }
}
