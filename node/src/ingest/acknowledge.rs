//! What a unit answers to a message: CUSRES to a passenger list, ACKRES to a push.
//!
//! An acknowledgement repeats the references of the message and says what was wrong with it by
//! rule and place. It repeats nothing of a traveller, not even a locator.

use super::finding::{Finding, Severity};
use super::model::{Flight, Receipt};
use super::report::Decoded;
use jiff::civil::DateTime;
use piux_protocol::vocabulary::Timestamp;
use std::fmt::Write as _;

/// Errors told in one acknowledgement; the sender has the rest once these are mended.
const ERRORS: usize = 99;

/// The application error that the system could not process what it was sent (PADIS and UN 9321).
const UNPROCESSED: &str = "118";

impl Receipt {
    /// Counts what the message added to a report that stood at so many read and rejected before it.
    pub(super) const fn settle(&mut self, read: usize, rejected: usize, out: &Decoded) {
        self.rejected = out.rejected.saturating_sub(rejected);
        self.travellers = out.travellers_read.saturating_sub(read).saturating_sub(self.rejected);
    }

    /// The interchange that answers the message: `identity` is the unit's own address, at most 35
    /// characters. Findings of other messages are passed over.
    pub fn acknowledge(&self, findings: &[Finding], identity: &str, at: Timestamp) -> String {
        let mine = |finding: &&Finding| finding.position.message == self.message;
        let errors: Vec<_> = findings
            .iter()
            .filter(mine)
            .filter(|finding| finding.severity == Severity::Error)
            .take(ERRORS)
            .collect();
        if self.provenance.message_type.starts_with("PNRGOV") {
            self.ackres(&errors, identity, at)
        } else {
            self.cusres(&errors, identity, at)
        }
    }

    /// `MSG` with the response type, then one `ERC` and `IFT` for each error.
    fn ackres(&self, errors: &[&Finding], identity: &str, at: Timestamp) -> String {
        let mut message = Writer::default();
        let version = self.version("13:1");
        message.segment(&[
            "UNH",
            "1",
            &format!("ACKRES:{version}:IA"),
            &text(&self.provenance.access_ref),
        ]);
        message.segment(&["MSG", ":23", if self.is_accepted() { "3" } else { "7" }]);
        for finding in self.told(errors) {
            message.segment(&["ERC", UNPROCESSED]);
            message.segment(&["IFT", "4", &finding]);
        }
        self.interchange("IATA:1", "ACKRES", None, message, identity, at)
    }

    /// `BGM+312`, the references, the flight, then one `ERP`, `ERC` and `FTX` for each error.
    fn cusres(&self, errors: &[&Finding], identity: &str, at: Timestamp) -> String {
        let mut message = Writer::default();
        let version = self.version("D:05B");
        let kind = format!("CUSRES:{version}:UN:IATA");
        message.segment(&["UNH", "1", &kind, &text(&self.provenance.access_ref), "01:F"]);
        message.segment(&["BGM", "312"]);
        if let Some(transaction) = &self.transaction {
            message.segment(&["RFF", &format!("TN:{}", text(transaction))]);
        }
        if let Some(flight) = &self.flight {
            message.flight(flight);
        }
        for finding in self.told(errors) {
            message.segment(&["ERP", "1"]);
            message.segment(&["ERC", UNPROCESSED]);
            message.segment(&["FTX", "AAP", "", "", &finding]);
        }
        let group = format!("UN+{version}");
        self.interchange("UNOA:4", "CUSRES", Some(&group), message, identity, at)
    }

    /// The errors by rule and segment; one that only says that something was lost, if none does.
    fn told(&self, errors: &[&Finding]) -> Vec<String> {
        let one = |finding: &&Finding| {
            let path = finding.path.map(|path| format!(" {path}")).unwrap_or_default();
            let rule = finding.rule.to_ascii_uppercase();
            text(&format!("{rule} SEGMENT {}{path}", finding.position.segment))
        };
        let mut told: Vec<_> = errors.iter().map(one).collect();
        if told.is_empty() && !self.is_accepted() {
            told.push("NOT PROCESSED".to_owned());
        }
        told
    }

    /// Version and release of the message, if it says; else those usual. What was before UN/EDIFACT had no answers.
    fn version(&self, usual: &str) -> String {
        let mut parts = self.provenance.message_type.split(':').skip(1).take(2);
        match (parts.next(), parts.next()) {
            (Some(version), Some(release)) if version != "001" => format!("{}:{}", text(version), text(release)),
            _ => usual.to_owned(),
        }
    }

    fn interchange(
        &self,
        syntax: &str,
        kind: &str,
        group: Option<&str>,
        message: Writer,
        identity: &str,
        at: Timestamp,
    ) -> String {
        let (from, to) = (text(identity), text(&self.provenance.sender));
        let control = text(&self.provenance.control_ref);
        let prepared = DateTime::from(at.date());
        let clock = at.to_string();
        let clock: String = clock
            .get(11..16)
            .unwrap_or("0000")
            .chars()
            .filter(|c| *c != ':')
            .collect();
        let day = prepared.strftime("%y%m%d");
        let moment = format!("{day}:{clock}");
        let mut out = Writer::default();
        out.segment(&["UNB", syntax, &from, &to, &moment, &control, "", kind]);
        if let Some(group) = group {
            out.segment(&["UNG", kind, &from, &to, &moment, "1", group]);
        }
        out.append(message);
        if group.is_some() {
            out.segment(&["UNE", "1", "1"]);
        }
        out.segment(&["UNZ", "1", &control]);
        format!("UNA:+.? '\r\n{}", out.text)
    }
}

impl Decoded {
    /// The interchanges that answer every passenger list and push of the file, in its order.
    pub fn acknowledgements(&self, identity: &str, at: Timestamp) -> Vec<String> {
        self.receipts
            .iter()
            .map(|receipt| receipt.acknowledge(&self.findings, identity, at))
            .collect()
    }
}

/// Segments written one after the other, and how many.
#[derive(Default)]
struct Writer {
    text: String,
    segments: usize,
}

impl Writer {
    /// Elements as they are to stand there; trailing empty ones are left out.
    fn segment(&mut self, elements: &[&str]) {
        let kept = elements
            .iter()
            .rposition(|element| !element.is_empty())
            .map_or(0, |at| at + 1);
        let line = elements.get(..kept).unwrap_or_default().join("+");
        let _ = write!(self.text, "{line}'\r\n");
        self.segments += 1;
    }

    fn flight(&mut self, flight: &Flight) {
        self.segment(&["RFF", &format!("AF:{}", text(&flight.designator()))]);
        for (qualifier, moment) in [("189", flight.dep_local), ("232", flight.arr_local)] {
            if let Some(moment) = moment {
                self.segment(&["DTM", &format!("{qualifier}:{}:201", moment.strftime("%y%m%d%H%M"))]);
            }
        }
        for (qualifier, place) in [("125", &flight.board), ("87", &flight.off)] {
            if !place.is_empty() {
                self.segment(&["LOC", qualifier, &text(place)]);
            }
        }
    }

    /// Takes a message in and closes it with its count of segments, both ends included.
    fn append(&mut self, message: Writer) {
        self.text.push_str(&message.text);
        self.segment(&["UNT", &(message.segments + 1).to_string(), "1"]);
    }
}

/// A text of at most 70 printable characters, those with a meaning released.
fn text(plain: &str) -> String {
    let mut released = String::new();
    for c in plain.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(70) {
        if matches!(c, '\'' | '+' | ':' | '?') {
            released.push('?');
        }
        released.push(c);
    }
    released
}
