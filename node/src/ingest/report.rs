//! What decoding a file gave: bookings, and an account of everything else.

use super::acknowledge::Receipt;
use super::cusres::Response;
use super::finding::{Finding, Position, Severity};
use super::model::Booking;
use std::collections::BTreeMap;
use std::fmt;

/// Findings kept for one file; the rest are counted.
const FINDINGS: usize = 10_000;

/// The outcome of decoding one file. Every traveller read is in `bookings` or counted in `rejected`.
#[derive(Clone, Default)]
pub struct Decoded {
    /// Messages (or lines) recognised.
    pub messages: usize,
    /// What was read, in the order of the file.
    pub bookings: Vec<Booking>,
    /// Remarks, at most ten thousand.
    pub findings: Vec<Finding>,
    /// Findings beyond those kept.
    pub findings_dropped: usize,
    /// Sensitive codes removed (Directive (EU) 2016/681 Art. 13(4)), counted per code.
    pub sensitive_removed: BTreeMap<String, u64>,
    /// Free texts that were not kept because nobody has classified them, counted per kind.
    pub text_withheld: BTreeMap<&'static str, u64>,
    /// Travellers (or messages and lines whose travellers cannot be counted) that were not loaded.
    pub rejected: usize,
    /// Travellers read, the rejected ones included.
    pub travellers_read: usize,
    /// The passenger lists and pushes among the messages: what acknowledgements answer.
    pub receipts: Vec<Receipt>,
    /// Answers of authorities among the messages. They hold no travellers.
    pub responses: Vec<Response>,
}

impl Decoded {
    /// Adds a remark.
    pub(crate) fn note(&mut self, rule: &'static str, severity: Severity, position: Position) {
        if self.findings.len() < FINDINGS {
            self.findings.push(Finding {
                position,
                rule,
                severity,
            });
        } else {
            self.findings_dropped += 1;
        }
    }

    /// Counts a sensitive code that has been removed.
    pub(crate) fn removed(&mut self, code: &str) {
        *self.sensitive_removed.entry(code.to_owned()).or_default() += 1;
    }

    /// Counts a free text that is not kept.
    pub(crate) fn withheld(&mut self, kind: &'static str) {
        *self.text_withheld.entry(kind).or_default() += 1;
    }

    /// Counts what could not be loaded: so many travellers, or one message whose travellers are unknown.
    pub(crate) fn reject(&mut self, travellers: usize, rule: &'static str, position: Position) {
        let lost = travellers.max(1);
        self.rejected += lost;
        self.travellers_read += lost;
        self.note(rule, Severity::Error, position);
    }

    /// Takes a booking in.
    pub(crate) fn accept(&mut self, booking: Booking) {
        self.travellers_read += booking.travellers.len();
        self.bookings.push(booking);
    }
}

impl fmt::Debug for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoded")
            .field("messages", &self.messages)
            .field("bookings", &self.bookings.len())
            .field("findings", &self.findings)
            .field("sensitive_removed", &self.sensitive_removed)
            .field("rejected", &self.rejected)
            .field("travellers_read", &self.travellers_read)
            .field("responses", &self.responses.len())
            .finish_non_exhaustive()
    }
}
