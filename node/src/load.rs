//! Loading: decoded travellers become sealed records, subjects and index rows.
//!
//! Identifiers are turned into match keys here and leave no trace but sealed
//! records and group elements. Records join one subject only on a document or on
//! full name and birth date.

mod finder;
mod keys;
mod subjects;

use crate::answer::LiveIndex;
use crate::ground::Ground;
use crate::ingest::{self, Booking, Format, Traveller};
use crate::keys::{KeyError, KeyName, day_of};
use crate::ledger::{Counter, Entry, Kind as EntryKind, LedgerError, Role};
use crate::records::{Origin, Record, RecordFacts};
use crate::store::{RecordId, StoreError};
use finder::Finder;
pub use finder::Noticed;

use piux_policy::Profile;
use piux_policy::term::Kind;
use piux_protocol::message::disclosure::SourceKind;
use piux_protocol::vocabulary::{ElementId, Timestamp, sha256};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Loads passenger messages.
#[derive(Debug)]
pub struct Loader {
    ground: Arc<Ground>,
    index: Arc<LiveIndex>,
    profile: Profile,
    finder: Finder,
}

/// What an ingest gave; every traveller read is stored, merged or rejected.
#[derive(Debug, Clone, Default, Serialize)]
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
    /// Sensitive codes removed, per code (Directive (EU) 2016/681 Art. 13(4)).
    pub sensitive_removed: BTreeMap<String, u64>,
    /// Remarks, never with content.
    pub findings: Vec<FileFinding>,
}

/// Where travellers went: read = stored + merged + rejected.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct TravellerCounts {
    /// Read.
    pub read: u64,
    /// Stored as new records.
    pub stored: u64,
    /// Known already under the same booking and flight; the record was replaced.
    pub merged: u64,
    /// Not loaded; a finding says why.
    pub rejected: u64,
}

/// A remark about one file.
#[derive(Debug, Clone, Serialize)]
pub struct FileFinding {
    /// The file.
    pub file: String,
    /// The byte, from 0.
    pub position: u64,
    /// The rule.
    pub rule: String,
    /// How bad it is.
    pub severity: ingest::Severity,
}

/// Loading stopped; what was acknowledged stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// A path cannot be read.
    #[error("cannot read {}; nothing of it was loaded", .0.display())]
    Path(PathBuf, #[source] std::io::Error),
    /// No such format.
    #[error("the format is paxlst, pnrgov or ndjson")]
    Format,
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keyring refused.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The ledger refused: a load that is not recorded does not happen.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Loader {
    /// A loader that indexes under the unit's storage keys.
    pub fn new(ground: Arc<Ground>, index: Arc<LiveIndex>, profile: Profile) -> Result<Self, KeyError> {
        let finder = Finder::new(Arc::clone(&ground))?;
        Ok(Self {
            ground,
            index,
            profile,
            finder,
        })
    }

    /// Loads files and folders, one file at a time.
    pub fn load(&self, paths: &[PathBuf], format: Option<&str>) -> Result<LoadReport, LoadError> {
        let format = format.map(parse_format).transpose()?;
        let mut report = LoadReport::default();
        for file in files(paths)? {
            let bytes = std::fs::read(&file).map_err(|error| LoadError::Path(file.clone(), error))?;
            self.load_file(&file.display().to_string(), &bytes, format, &mut report)?;
        }
        Ok(report)
    }

    /// Loads one file: recorded first, then stored, then searchable.
    pub fn load_file(
        &self,
        name: &str,
        bytes: &[u8],
        format: Option<Format>,
        report: &mut LoadReport,
    ) -> Result<(), LoadError> {
        let now = self.ground.clock.now();
        let decoded = ingest::decode(bytes, format, now);
        let entry = Entry::new(EntryKind::DataLoad, Role::Node, now)
            .count(Counter::Messages, decoded.messages as u64)
            .count(Counter::Bookings, decoded.bookings.len() as u64)
            .count(Counter::TravellersRead, decoded.travellers_read as u64)
            .count(Counter::TravellersRejected, decoded.rejected as u64)
            .count(Counter::SensitiveRemoved, decoded.sensitive_removed.values().sum())
            .count(Counter::Findings, decoded.findings.len() as u64);
        let entry = Entry {
            artifact: Some(sha256(self.file_pseudonym(bytes)?)),
            ..entry
        };
        let (decoded, _) = self.ground.ledger.record(entry, decoded)?.into_parts();
        report.files += 1;
        report.messages += decoded.messages as u64;
        report.travellers.read += decoded.travellers_read as u64;
        report.travellers.rejected += decoded.rejected as u64;
        for (code, count) in &decoded.sensitive_removed {
            *report.sensitive_removed.entry(code.clone()).or_default() += count;
        }
        report
            .findings
            .extend(decoded.findings.iter().map(|finding| FileFinding {
                file: name.to_owned(),
                position: finding.position.offset as u64,
                rule: finding.rule.to_owned(),
                severity: finding.severity,
            }));
        for booking in &decoded.bookings {
            report.bookings += 1;
            self.store_booking(booking, now, report)?;
        }
        self.index.changed();
        Ok(())
    }

    /// A keyed digest of a file: the same file can be told again, a guess cannot be tested.
    fn file_pseudonym(&self, bytes: &[u8]) -> Result<[u8; 32], KeyError> {
        Ok(crate::keys::mac(
            self.ground.keys.seed(KeyName::Actor)?.expose(),
            &[b"piux/file\0", bytes],
        ))
    }

    fn store_booking(&self, booking: &Booking, now: Timestamp, report: &mut LoadReport) -> Result<(), LoadError> {
        for traveller in &booking.travellers {
            self.store_traveller(booking, traveller, now, report)?;
        }
        Ok(())
    }

    fn store_traveller(
        &self,
        booking: &Booking,
        traveller: &Traveller,
        now: Timestamp,
        report: &mut LoadReport,
    ) -> Result<(), LoadError> {
        let id = self.record_id(booking, traveller)?;
        let known = self.ground.store.get_record(id)?.is_some();
        let (identity, rest) = record(booking, traveller).halves(&self.profile);
        let mut batch = self.ground.store.batch();
        batch.put_record(id, day_of(now), &identity, &rest)?;
        let keys = if known {
            0
        } else {
            self.finder
                .put(&mut batch, id, booking, traveller, facts(booking, traveller, now))?
        };
        batch.commit()?;
        if known {
            report.travellers.merged += 1;
        } else {
            report.travellers.stored += 1;
            report.documents += traveller.documents.len() as u64;
            report.match_keys += keys;
        }
        Ok(())
    }

    /// The same traveller of the same booking on the same flights is the same record.
    fn record_id(&self, booking: &Booking, traveller: &Traveller) -> Result<RecordId, LoadError> {
        let identity = serde_json::json!({
            "kind": booking.kind, "locators": booking.locators, "flights": booking.flights,
            "names": traveller.names, "birth": traveller.birth_date, "documents": traveller.documents,
        });
        let seed = self.ground.keys.seed(KeyName::Join)?;
        let mac = crate::keys::mac(seed.expose(), &[b"piux/record\0", identity.to_string().as_bytes()]);
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = mac;
        Ok(RecordId([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]))
    }
}

fn record(booking: &Booking, traveller: &Traveller) -> Record {
    let elements = booking.elements(traveller).into_iter();
    let element = |(id, value): (&str, Value)| Some((ElementId::new(id).ok()?, texts(&value)));
    Record {
        elements: elements.filter_map(element).collect(),
        origin: Origin {
            source: if is_pnr(booking) {
                SourceKind::Pnr
            } else {
                SourceKind::Api
            },
            format: booking.provenance.message_type.clone(),
            carrier: booking.flights.first().map(|flight| flight.carrier.clone()),
        },
    }
}

/// A value as the texts a release carries: a list item by item, an object as JSON.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Null => Vec::new(),
        other => vec![other.to_string()],
    }
}

fn is_pnr(booking: &Booking) -> bool {
    booking.kind == ingest::model::BookingKind::Pnr
}

fn facts(booking: &Booking, traveller: &Traveller, now: Timestamp) -> RecordFacts {
    let kind = if is_pnr(booking) { Kind::Pnr } else { Kind::Api };
    let minor = keys::birth_dates(traveller)
        .min()
        .is_some_and(|birth| is_minor(birth, now));
    RecordFacts {
        received: now,
        kind: RecordFacts::kind_number(kind),
        flags: if minor { RecordFacts::MINOR } else { 0 },
    }
}

/// Under 18 on the day of receipt.
fn is_minor(birth: jiff::civil::Date, now: Timestamp) -> bool {
    let today = now.date();
    let years = i32::from(today.year()) - i32::from(birth.year());
    let had_birthday = (today.month(), today.day()) >= (birth.month(), birth.day());
    years - i32::from(!had_birthday) < 18
}

fn parse_format(text: &str) -> Result<Format, LoadError> {
    match text {
        "paxlst" | "pnrgov" | "edifact" => Ok(Format::Edifact),
        "ndjson" => Ok(Format::Ndjson),
        _ => Err(LoadError::Format),
    }
}

/// The files of a list of files and folders, in order, hidden ones left out.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, LoadError> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let folder = |error| LoadError::Path(path.clone(), error);
            let mut inside = Vec::new();
            for entry in std::fs::read_dir(path).map_err(folder)? {
                inside.push(entry.map_err(folder)?.path());
            }
            inside.retain(|path| !is_hidden(path));
            inside.sort();
            found.extend(files(&inside)?);
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with('.'))
}
