//! What an authority answered to a passenger list or a push. An answer holds no travellers.

use super::redacted;
use serde::Serialize;

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
    /// What a code means.
    pub(crate) fn of(code: &str) -> Self {
        match code.chars().next() {
            Some('0') => Self::Board,
            Some('1') if code.len() == 2 => Self::NoBoard,
            _ => Self::Unclear,
        }
    }
}
