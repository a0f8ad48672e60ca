//! What decoding a file gave: bookings, and an account of everything else.

use super::finding::{ElementPath, Finding, Position, Severity};
use super::meaning::meaning;
use super::model::{Booking, Part, Receipt, Response};
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

/// Findings kept for one file; the rest are counted.
const FINDINGS: usize = 10_000;
/// Most bytes kept of a unit that lost its structure.
pub const LOST_BYTES: usize = 4 * 1024 * 1024;
/// Most bytes of lost units kept in one [`Decoded`].
const ALL_LOST_BYTES: usize = 16 * 1024 * 1024;

/// The outcome of decoding one unit, or a whole file. Every traveller read is in `bookings` or
/// counted in `rejected`.
#[derive(Clone, Default)]
pub struct Decoded {
    /// Messages (or lines) recognized.
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
    /// The passenger messages read, as parts of their pushes; one for each, with bookings or without.
    pub parts: Vec<Part>,
    /// Units that lost their structure, for quarantine.
    pub lost: Vec<Lost>,
    /// Lost units that are counted only, because sixteen MiB of them are kept already.
    pub lost_dropped: usize,
    /// The offset in the stream after the last unit in here. Reading can be resumed there.
    pub position_end: u64,
    /// What has been lost of the unit that is read, until its bytes are kept.
    losing: Option<Losing>,
}

/// A unit (message, line) that could not be read whole, as it came in, for quarantine.
///
/// **It may hold sensitive codes and free text** that are deleted on receipt otherwise (Directive
/// (EU) 2016/681 Art. 13(4)): it leaves the decoder to be sealed at once and destroyed soon, and is
/// for nothing but finding the fault and decoding again. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Lost {
    /// Where it begins, or where the first thing lost of it begins.
    pub position: Position,
    /// The rule that was broken first.
    pub rule: &'static str,
    /// Travellers rejected with it; 0 if the loss is doubtful and what could be read was loaded.
    pub travellers: usize,
    /// The bytes, at most [`LOST_BYTES`]. A message comes with its `UNA`, `UNB` and `UNG`, so that
    /// they can be decoded on their own.
    pub content: Zeroizing<Vec<u8>>,
    /// Whether the content is all of it.
    pub complete: bool,
}

#[derive(Clone, Copy)]
struct Losing {
    position: Position,
    rule: &'static str,
    travellers: usize,
}

impl Decoded {
    /// Adds a remark.
    pub(crate) fn note(&mut self, rule: &'static str, severity: Severity, position: Position) {
        self.remark(Finding {
            position,
            rule,
            severity,
            path: None,
        });
    }

    /// Adds a remark about one element.
    pub(crate) fn note_at(&mut self, rule: &'static str, severity: Severity, position: Position, path: ElementPath) {
        self.remark(Finding {
            position,
            rule,
            severity,
            path: Some(path),
        });
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
        self.lose(travellers.max(1), rule, position);
    }

    /// Counts people who are listed and do not travel: not loaded, and not kept for quarantine either.
    pub(crate) fn leave_out(&mut self, people: usize, rule: &'static str, position: Position) {
        self.rejected += people;
        self.travellers_read += people;
        self.note(rule, Severity::Warning, position);
    }

    /// Counts travellers that could not be loaded, if any, where something was lost for certain.
    pub(crate) fn lose(&mut self, travellers: usize, rule: &'static str, position: Position) {
        self.rejected += travellers;
        self.travellers_read += travellers;
        self.note(rule, Severity::Error, position);
        self.mark_lost(travellers, rule, position);
    }

    /// Has the unit that is read kept for quarantine.
    pub(crate) fn mark_lost(&mut self, travellers: usize, rule: &'static str, position: Position) {
        let losing = self.losing.get_or_insert(Losing {
            position,
            rule,
            travellers: 0,
        });
        losing.travellers += travellers;
    }

    /// Ends a unit: if something of it was rejected, its bytes are kept for quarantine. They are given
    /// in pieces that belong one after the other.
    pub(crate) fn keep_lost(&mut self, pieces: &[&[u8]], complete: bool) {
        let Some(losing) = self.losing.take() else { return };
        let length: usize = pieces.iter().map(|piece| piece.len()).sum();
        let kept = length.min(LOST_BYTES);
        if self.lost_bytes() + kept > ALL_LOST_BYTES {
            self.lost_dropped += 1;
            return;
        }
        let mut content = Zeroizing::new(Vec::with_capacity(kept));
        for piece in pieces {
            let room = kept - content.len();
            content.extend_from_slice(piece.get(..room.min(piece.len())).unwrap_or_default());
        }
        self.lost.push(Lost {
            position: losing.position,
            rule: losing.rule,
            travellers: losing.travellers,
            complete: complete && kept == length,
            content,
        });
    }

    /// Takes a booking in.
    pub(crate) fn accept(&mut self, booking: Booking) {
        self.travellers_read += booking.travellers.len();
        self.bookings.push(booking);
    }

    /// Takes in what the next unit of the same file gave.
    pub fn absorb(&mut self, next: Self) {
        self.messages += next.messages;
        self.bookings.extend(next.bookings);
        self.findings_dropped += next.findings_dropped;
        next.findings.into_iter().for_each(|finding| self.remark(finding));
        for (code, count) in next.sensitive_removed {
            *self.sensitive_removed.entry(code).or_default() += count;
        }
        for (kind, count) in next.text_withheld {
            *self.text_withheld.entry(kind).or_default() += count;
        }
        self.rejected += next.rejected;
        self.travellers_read += next.travellers_read;
        self.receipts.extend(next.receipts);
        self.responses.extend(next.responses);
        self.parts.extend(next.parts);
        self.lost_dropped += next.lost_dropped;
        for lost in next.lost {
            if self.lost_bytes() + lost.content.len() > ALL_LOST_BYTES {
                self.lost_dropped += 1;
            } else {
                self.lost.push(lost);
            }
        }
        self.position_end = self.position_end.max(next.position_end);
    }

    fn remark(&mut self, finding: Finding) {
        debug_assert!(
            meaning(finding.rule).is_some(),
            "{} is explained in data/findings.toml",
            finding.rule
        );
        if self.findings.len() < FINDINGS {
            self.findings.push(finding);
        } else {
            self.findings_dropped += 1;
        }
    }

    fn lost_bytes(&self) -> usize {
        self.lost.iter().map(|lost| lost.content.len()).sum()
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
            .field("lost", &self.lost)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lost")
            .field("position", &self.position)
            .field("rule", &self.rule)
            .field("travellers", &self.travellers)
            .finish_non_exhaustive()
    }
}
