//! CUSRES and ACKRES: what an authority answered to a passenger list or a push.
//!
//! An answer holds no travellers. It is read to learn their status: who may board, what was
//! wrong (API Guidelines appendix IIB; PNRGOV guide, ACKRES). Free text is not kept.

use super::edifact::{Message, Segment};
use super::finding::Severity;
use super::model::redacted;
use super::report::Decoded;
use serde::Serialize;

/// Most passengers and errors of one answer that are kept.
const ANSWERS: usize = 10_000;

redacted!(Response, Answer);

/// One answer of an authority.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Response {
    /// What sort of answer.
    pub kind: ResponseKind,
    /// The transaction it answers (`RFF+TN`).
    pub transaction: Option<String>,
    /// The common access reference of the message it answers (`UNH` 0068).
    pub access_ref: String,
    /// The flights it is about, as written (`RFF+AF`).
    pub flights: Vec<String>,
    /// One for each passenger.
    pub answers: Vec<Answer>,
    /// Codes of errors of the message as a whole (`ERP+1` and `ERC`, ACKRES `ERC`).
    pub errors: Vec<String>,
    /// Whether the authority says that it took the message (ACKRES); none if it does not say.
    pub accepted: Option<bool>,
}

/// The sorts of answers (`BGM` 1001).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseKind {
    /// `962`: passenger by passenger.
    Passengers,
    /// `132`: a change that nobody asked for.
    Unsolicited,
    /// `312`: receipt, or errors of the message.
    Receipt,
    /// ACKRES: receipt of a push.
    Acknowledgement,
    /// Another document code.
    Other,
}

/// What an authority says of one passenger.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Locator of the booking (`RFF+AVF`).
    pub locator: Option<String>,
    /// The carrier's unique passenger reference (`RFF+ABO`).
    pub carrier_ref: Option<String>,
    /// The code as written (`ERC`): `0Z`, `1Z`. Code lists are national.
    pub code: String,
    /// What the code means.
    pub verdict: Verdict,
}

/// Whether a passenger may board: the first character of the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// `0`: may board.
    Board,
    /// `1`: may not board.
    NoBoard,
    /// No code, or one whose meaning the authority has to say.
    Unclear,
}

impl Response {
    /// How many passengers were answered so.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.answers.iter().filter(|answer| answer.verdict == verdict).count()
    }
}

impl Verdict {
    fn of(code: &str) -> Self {
        match code.chars().next() {
            Some('0') => Self::Board,
            Some('1') if code.len() == 2 => Self::NoBoard,
            _ => Self::Unclear,
        }
    }
}

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
