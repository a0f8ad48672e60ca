//! What a load gave: an account of every traveller, and how good the data of each sender are.

use super::finder::Noticed;
use crate::ingest::{self, Booking, Decoded};
use piux_protocol::vocabulary::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Findings kept in one report; the rest are counted.
const FINDINGS: usize = 10_000;
/// Senders told apart in one report; the rest are one.
const SENDERS: usize = 10_000;

/// What an ingest gave; every traveller read is stored, merged or rejected.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct LoadReport {
    /// Files read.
    pub files: u64,
    /// Messages recognized.
    pub messages: u64,
    /// Bookings in them.
    pub bookings: u64,
    /// Travellers in them.
    pub travellers: TravellerCounts,
    /// Documents indexed.
    pub documents: u64,
    /// Match keys indexed.
    pub match_keys: u64,
    /// Records whose traveller no longer travels on some flight since.
    pub cancelled: u64,
    /// Records of which it is not known whether their traveller still travels on some flight.
    pub unknown: u64,
    /// Earlier versions of records kept (Directive (EU) 2016/681 Annex I no. 19).
    pub versions: u64,
    /// Bookings corrected by advance passenger information.
    pub corrected: u64,
    /// Full pushes about a flight.
    pub pushes: PushCounts,
    /// Parts of files that went to quarantine.
    pub quarantined: u64,
    /// Parts that quarantine could not keep, or not whole: only the sender has them.
    #[serde(default)]
    pub unkept: u64,
    /// Sensitive codes removed, per code (Directive (EU) 2016/681 Art. 13(4)).
    pub sensitive_removed: BTreeMap<String, u64>,
    /// Remarks, at most ten thousand, never with content.
    pub findings: Vec<FileFinding>,
    /// Remarks beyond those kept.
    pub findings_dropped: u64,
    /// What was noticed while records were made findable.
    pub noticed: Noticed,
    /// For each file loaded to its end, what proves it.
    pub receipts: Vec<FileReceipt>,
    /// How good the data were, by sender as its messages name it.
    pub quality: BTreeMap<String, Quality>,
}

/// Where travellers went: read = stored + merged + rejected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TravellerCounts {
    /// Read.
    pub read: u64,
    /// Stored as new records.
    pub stored: u64,
    /// Known already in the same booking; the record was changed, or nothing was new.
    pub merged: u64,
    /// Not loaded; a finding says why.
    pub rejected: u64,
}

/// Full pushes: only a complete one says that a booking it leaves out was cancelled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushCounts {
    /// Complete: every part came, and as many bookings as announced.
    pub complete: u64,
    /// Given up: parts or bookings are missing.
    pub incomplete: u64,
    /// Still waiting for parts when the load ended.
    pub open: u64,
}

/// How good the data of one sender were.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Messages.
    pub messages: u64,
    /// Travellers in them, the rejected ones included.
    pub travellers: u64,
    /// Travellers with a travel document other than a visa.
    pub with_document: u64,
    /// Travellers with a complete date of birth.
    pub with_birth_date: u64,
    /// The share of travellers with a document, 0 to 1.
    pub document_share: f64,
    /// The share of travellers with a complete date of birth, 0 to 1.
    pub birth_date_share: f64,
    /// Parts of full pushes that never came.
    pub parts_missing: u64,
    /// Findings by rule.
    pub findings: BTreeMap<String, u64>,
}

/// A remark about one file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileFinding {
    /// The file.
    pub file: String,
    /// The byte, from 0.
    pub position: u64,
    /// The message, line or row, from 1; 0 outside of any, and for what all of it says.
    #[serde(default)]
    pub message: u64,
    /// The segment of the message, the column of the row, or the traveller of the list, from 1; 0 for all of it.
    #[serde(default)]
    pub segment: u64,
    /// The rule; `data/findings.toml` says what it means.
    pub rule: String,
    /// How bad it is.
    pub severity: ingest::Severity,
    /// Which element of the message, if one is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// A receipt of one file: its digest is in a ledger entry that will be provable.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileReceipt {
    /// The file.
    pub file: String,
    /// A keyed digest of its content: the same file can be told again, a guess cannot be tested.
    pub artifact: Digest,
    /// Hash of the ledger entry of its last batch, which names the artifact.
    pub entry: Digest,
    /// When a published checkpoint covers the entry at the latest.
    pub by: Timestamp,
}

impl LoadReport {
    /// Adds what one part of a file was read to hold.
    pub(super) fn add_unit(&mut self, file: &str, unit: &Decoded) {
        self.messages += unit.messages as u64;
        self.bookings += unit.bookings.len() as u64;
        self.travellers.read += unit.travellers_read as u64;
        self.travellers.rejected += unit.rejected as u64;
        self.findings_dropped += unit.findings_dropped as u64;
        for (code, count) in &unit.sensitive_removed {
            *self.sensitive_removed.entry(code.clone()).or_default() += count;
        }
        for finding in &unit.findings {
            self.add_finding(FileFinding {
                file: file.to_owned(),
                position: finding.position.offset as u64,
                message: finding.position.message as u64,
                segment: finding.position.segment as u64,
                rule: finding.rule.to_owned(),
                severity: finding.severity,
                path: finding.path.map(|path| path.to_string()),
            });
        }
        self.add_quality(unit);
    }

    pub(super) fn add_finding(&mut self, finding: FileFinding) {
        if self.findings.len() < FINDINGS {
            self.findings.push(finding);
        } else {
            self.findings_dropped += 1;
        }
    }

    /// The quality of this sender's data; of a sender too many, that of all others.
    pub(super) fn quality_of(&mut self, sender: &str) -> &mut Quality {
        let known = self.quality.contains_key(sender) || self.quality.len() < SENDERS;
        self.quality
            .entry(if known { sender } else { "" }.to_owned())
            .or_default()
    }

    /// Adds what another report counts.
    pub fn absorb(&mut self, other: Self) {
        self.files += other.files;
        self.pushes.open = self.pushes.open.max(other.pushes.open);
        self.messages += other.messages;
        self.bookings += other.bookings;
        self.travellers.read += other.travellers.read;
        self.travellers.stored += other.travellers.stored;
        self.travellers.merged += other.travellers.merged;
        self.travellers.rejected += other.travellers.rejected;
        self.documents += other.documents;
        self.match_keys += other.match_keys;
        self.cancelled += other.cancelled;
        self.unknown += other.unknown;
        self.versions += other.versions;
        self.corrected += other.corrected;
        self.pushes.complete += other.pushes.complete;
        self.pushes.incomplete += other.pushes.incomplete;
        self.quarantined += other.quarantined;
        self.unkept += other.unkept;
        self.receipts.extend(other.receipts);
        self.noticed.add(other.noticed);
        for (code, count) in other.sensitive_removed {
            *self.sensitive_removed.entry(code).or_default() += count;
        }
        self.findings_dropped += other.findings_dropped;
        other.findings.into_iter().for_each(|finding| self.add_finding(finding));
        for (sender, quality) in other.quality {
            self.quality_of(&sender).absorb(quality);
        }
    }

    /// What a unit holds belongs to the sender of its messages; what has none, to nobody.
    fn add_quality(&mut self, unit: &Decoded) {
        for booking in &unit.bookings {
            self.quality_of(&booking.provenance.sender).add(booking);
        }
        let senders: BTreeSet<_> = unit.bookings.iter().map(|one| &one.provenance.sender).collect();
        let sender = match senders.first() {
            Some(sender) if senders.len() == 1 => sender.as_str(),
            _ => "",
        };
        let quality = self.quality_of(sender);
        quality.messages += unit.messages as u64;
        quality.travellers += unit.rejected as u64;
        for finding in &unit.findings {
            *quality.findings.entry(finding.rule.to_owned()).or_default() += 1;
        }
        quality.settle();
    }
}

impl Quality {
    fn add(&mut self, booking: &Booking) {
        use crate::ingest::model::DocumentClass::Visa;
        for traveller in &booking.travellers {
            self.travellers += 1;
            self.with_document += u64::from(traveller.documents.iter().any(|document| document.class != Visa));
            self.with_birth_date += u64::from(traveller.birth_date.is_some_and(|date| date.complete().is_some()));
        }
        self.settle();
    }

    fn absorb(&mut self, other: Self) {
        self.messages += other.messages;
        self.travellers += other.travellers;
        self.with_document += other.with_document;
        self.with_birth_date += other.with_birth_date;
        self.parts_missing += other.parts_missing;
        for (rule, count) in other.findings {
            *self.findings.entry(rule).or_default() += count;
        }
        self.settle();
    }

    fn settle(&mut self) {
        let share = |part: u64| part as f64 / self.travellers.max(1) as f64;
        (self.document_share, self.birth_date_share) = (share(self.with_document), share(self.with_birth_date));
    }
}
