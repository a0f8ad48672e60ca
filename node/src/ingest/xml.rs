//! PNRGOV XML (IATA implementation guide 13.1 and later), one `PNR` element at a time.
//!
//! ```text
//! bytes -> cut (units: what stands before, each PNR) -> tree (one PNR) -> booking -> Decoded
//! ```
//!
//! Elements and attributes are found by their local names, without regard to case and `_`, since
//! senders write `SSRCode` and `SSR_Code`, and any namespace or none. A document type definition is
//! refused with the rest of its file; entities but the five of XML are refused with their PNR.
//! No more than one PNR is held.

mod booking;
mod country;
mod cut;
mod moment;
mod person;
mod tree;

use super::finding::{Position, Severity};
use super::model::{Provenance, Push, PushKind};
use super::report::Decoded;
use booking::Reading;
use cut::{Unit, Units, What};
use jiff::civil::Date;
use piux_protocol::vocabulary::Timestamp;
use std::io::{self, BufRead};
use tree::Node;
use zeroize::Zeroizing;

/// Reads a file PNR by PNR. A PNR that cannot be read is rejected with the travellers counted in it.
pub(super) fn read<E: From<io::Error>>(
    input: &mut dyn BufRead,
    received: Timestamp,
    each: &mut dyn FnMut(Decoded) -> Result<(), E>,
) -> Result<(), E> {
    let mut units = Units::new(input);
    let mut message = Message::new(received);
    while let Some(unit) = units.next()? {
        let mut out = Decoded::default();
        message.take(&unit, &mut out);
        out.keep_lost(&[&message.head, &unit.bytes], unit.broken.is_none());
        out.position_end = u64::try_from(unit.end).unwrap_or(u64::MAX);
        each(out)?;
    }
    let mut out = Decoded::default();
    message.close(&mut out);
    out.position_end = u64::try_from(units.offset()).unwrap_or(u64::MAX);
    each(out)
}

/// What is known of the file while its PNRs are read.
struct Message {
    received: Date,
    provenance: Provenance,
    push: Push,
    /// Anything of the guide has been seen.
    recognized: bool,
    refused: bool,
    read: usize,
    /// What stood before the first PNR, as it came in: a lost PNR means nothing without its flight.
    head: Zeroizing<Vec<u8>>,
}

impl Message {
    fn new(received: Timestamp) -> Self {
        Self {
            received: received.date(),
            provenance: Provenance {
                message_type: "PNRGOV:XML".to_owned(),
                // Until the file gives a reference of its own: two pushes must not be taken for one.
                control_ref: received.to_string(),
                prepared: Some(received.date()),
                ..Provenance::default()
            },
            push: Push {
                kind: PushKind::List,
                flight: None,
                total: None,
                of_crew: false,
                part: None,
                last: true,
            },
            recognized: false,
            refused: false,
            read: 0,
            head: Zeroizing::new(Vec::new()),
        }
    }

    fn take(&mut self, unit: &Unit, out: &mut Decoded) {
        if let Some(rule) = unit.broken {
            self.recognized |= unit.what == What::Pnr;
            self.refused |= unit.what == What::Doctype;
            out.messages += usize::from(unit.what == What::Pnr);
            out.reject(unit.passengers, rule, unit.position);
            return;
        }
        let text = super::csv::decoded(&unit.bytes, unit.charset);
        if unit.charset.is_none() && std::str::from_utf8(&unit.bytes).is_err() {
            out.note("syntax.charset", Severity::Info, unit.position);
        }
        match unit.what {
            What::Head => {
                self.begin(&text, unit.position, out);
                self.head.clone_from(&unit.bytes);
            }
            What::Pnr => self.pnr(&text, unit, out),
            What::Doctype => {}
        }
    }

    /// What stands before the first PNR: sender, flight, how many there are.
    fn begin(&mut self, text: &str, position: Position, out: &mut Decoded) {
        let head = tree::open(text);
        if head.damaged {
            out.note("syntax.xml", Severity::Warning, position);
        }
        let root = &head.root;
        self.recognized |= root.find("iatapnrgovnotifrq").is_some();
        if let Some(root) = root.find("iatapnrgovnotifrq") {
            let version = root.attribute("version");
            if !version.is_empty() {
                self.provenance.message_type = format!("PNRGOV:XML:{version}");
            }
            self.references(root);
        }
        if let Some(originator) = root.find("originator") {
            let sender = originator.first_of(&["airlinecode", "systemcode"]);
            sender.clone_into(&mut self.provenance.sender);
        }
        let function = root.find("messagefunction").map(Node::text).unwrap_or_default();
        function.clone_into(&mut self.provenance.function);
        self.push.flight = root
            .find("flightleg")
            .and_then(|leg| booking::flight(leg, self.received));
        self.push.total = root
            .find("pnrs")
            .and_then(|pnrs| pnrs.attribute("numberofpnrs").parse().ok());
        // Without a number nobody can tell a full push from one cut off: then an omission means nothing.
        self.push.kind = match (function, self.push.total) {
            ("141", _) => PushKind::Update,
            (_, Some(_)) => PushKind::Full,
            (_, None) => PushKind::List,
        };
        self.recognized |= self.push.flight.is_some();
    }

    /// What tells this file from another push about the same flight, if the sender says anything of it.
    fn references(&mut self, root: &Node) {
        let access = root.first_of(&["transactionidentifier", "correlationid"]);
        access.clone_into(&mut self.provenance.access_ref);
        let stamp = root.attribute("timestamp");
        let control = root.first_of(&["timestamp", "echotoken", "sequencenmbr"]);
        if !control.is_empty() || !access.is_empty() {
            control.clone_into(&mut self.provenance.control_ref);
        }
        let prepared = moment::moment(stamp, self.received).map(|(date, _)| date);
        self.provenance.prepared = prepared.or(self.provenance.prepared);
    }

    fn pnr(&mut self, text: &str, unit: &Unit, out: &mut Decoded) {
        self.recognized = true;
        self.read += 1;
        out.messages += 1;
        // A full push in one file ends with the PNR that makes up its number; one cut off never ends.
        self.push.last = self.push.kind != PushKind::Full || self.push.total == Some(self.read);
        match tree::element(text) {
            Ok(pnr) => {
                for rule in &pnr.doubts {
                    out.note(rule, Severity::Error, unit.position);
                }
                Reading::new(&pnr.root, self.provenance.clone(), self.received, unit.position)
                    .read(&pnr.root, &self.push, out);
            }
            Err(rule) => out.reject(unit.passengers, rule, unit.position),
        }
    }

    fn close(&self, out: &mut Decoded) {
        if !self.recognized && !self.refused {
            out.reject(0, "format.unknown", Position::default());
        } else if self.push.total.is_some_and(|total| total != self.read) {
            out.note("envelope.pnrs", Severity::Warning, Position::default());
        }
    }
}

#[cfg(test)]
mod tests;
