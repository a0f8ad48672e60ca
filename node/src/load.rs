//! Loading: decoded travellers become sealed records, subjects and index rows.
//!
//! ```text
//! stream -> ingest::read -> units -> batch -> ledger entry -> lifecycle -> { records, index } -> report
//! ```
//!
//! Files are read as streams and stored in batches: memory holds one batch and one message,
//! however large the file. Each batch has its ledger entry, with exact counts, before anything
//! of it is stored; a file that fits one batch has one entry. The last entry of a file names the
//! file by a keyed digest of all of it; a load that breaks off leaves none that does.
//!
//! Identifiers are turned into match keys here and leave no trace but sealed
//! records and group elements. Records join one subject only on a document or on
//! full name and birth date.

mod booking;
mod compose;
mod correct;
mod finder;
mod keep;
mod keys;
mod lifecycle;
mod metered;
mod push;
mod report;
mod retry;
mod subjects;
mod work;

pub use finder::Noticed;
pub use report::{FileFinding, FileReceipt, LoadReport, PushCounts, Quality, TravellerCounts};

use crate::answer::LiveIndex;
use crate::ground::Ground;
use crate::ingest::{self, Decoded, Format, Mapping, MappingError};
use crate::keys::{KeyError, KeyName, RunningMac};
use crate::ledger::{Counter, Entry, Kind as EntryKind, LedgerError, Role};
use crate::quarantine::{Part, Quarantine, QuarantineError};
use crate::store::StoreError;
use finder::Finder;
use metered::Metered;
use piux_policy::Profile;
use piux_protocol::vocabulary::{Digest, sha256};
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use work::Work;

/// Travellers (and findings) of one batch; one more message may come on top.
const BATCH: usize = 500;
/// Bytes read at a time.
const BLOCK: usize = 64 * 1024;

/// Loads passenger messages.
#[derive(Debug)]
pub struct Loader {
    ground: Arc<Ground>,
    index: Arc<LiveIndex>,
    profile: Profile,
    finder: Finder,
    quarantine: Quarantine,
    /// Batches change what is known of bookings: one at a time, whoever loads.
    one_batch: Mutex<()>,
}

/// How a stream is to be read.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// What it holds; found out if not given.
    pub format: Option<Format>,
    /// What the columns or members of an export mean.
    pub mapping: Option<Mapping>,
    /// Tells this stream again: one that broke off goes on after what is durable of it.
    pub mark: Option<String>,
    /// Whether lost parts are left where they are instead of going to quarantine.
    pub without_quarantine: bool,
}

/// How far a stream was loaded that broke off.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
struct Mark {
    after: u64,
    /// Parts lost before that, and not whole in quarantine.
    #[serde(default)]
    unkept: u64,
}

/// Loading stopped; what was acknowledged stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// A path cannot be read.
    #[error("cannot read {}; nothing of it was loaded", .0.display())]
    Path(PathBuf, #[source] std::io::Error),
    /// The input broke off; whole messages before that are loaded.
    #[error("the input broke off; load the file again, what is known already counts as merged")]
    Stream(#[from] std::io::Error),
    /// No such format.
    #[error("the format is edifact (or paxlst, pnrgov), xml, ndjson, csv or json")]
    Format,
    /// The mapping file is wrong.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keyring refused.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The ledger refused: a load that is not recorded does not happen.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An export means nothing without its mapping.
    #[error("this part is of an export that a mapping file explains; give the file with --mapping")]
    Unmapped,
    /// What is unreadable cannot be set aside.
    #[error(transparent)]
    Quarantine(#[from] QuarantineError),
}

impl LoadOptions {
    /// What was typed: the name of a format, the text of a mapping file.
    pub fn new(format: Option<&str>, mapping: Option<&str>) -> Result<Self, LoadError> {
        Ok(Self {
            format: format.map(parse_format).transpose()?,
            mapping: mapping
                .map(|text| Mapping::parse("the mapping file", text))
                .transpose()?,
            ..Self::default()
        })
    }

    /// The same for a stream that is told again by its mark.
    #[must_use]
    pub fn marked(&self, mark: String) -> Self {
        Self {
            mark: Some(mark),
            ..self.clone()
        }
    }

    /// A stream that is to be read in another way is another one: it begins anew.
    fn mark_name(&self, mark: &str) -> Vec<u8> {
        let mapping = self.mapping.as_ref().map_or(Digest([0; 32]), Mapping::digest);
        let format = self.format.map_or(0, |format| format as u8 + 1);
        [b"mark\0", mapping.0.as_slice(), &[format], mark.as_bytes()].concat()
    }
}

impl Loader {
    /// A loader that indexes under the unit's storage keys.
    pub fn new(ground: Arc<Ground>, index: Arc<LiveIndex>, profile: Profile) -> Result<Self, KeyError> {
        Ok(Self {
            finder: Finder::new(Arc::clone(&ground))?,
            quarantine: Quarantine::new(Arc::clone(&ground)),
            ground,
            index,
            profile,
            one_batch: Mutex::new(()),
        })
    }

    /// What could not be read waits here.
    pub const fn quarantine(&self) -> &Quarantine {
        &self.quarantine
    }

    /// Loads files and folders, one file at a time; in a folder by name, hidden files left out.
    pub fn load(&self, paths: &[PathBuf], options: &LoadOptions) -> Result<LoadReport, LoadError> {
        let mut report = LoadReport::default();
        for path in files(paths)? {
            let file = File::open(&path).map_err(|error| LoadError::Path(path.clone(), error))?;
            let mut input = BufReader::with_capacity(BLOCK, file);
            let name = path.display().to_string();
            let options = options.marked(mark(&path));
            let loaded = self.load_stream(&name, &mut input, &options, &mut report, &mut |_| {});
            loaded.map_err(|error| match error {
                LoadError::Stream(error) if error.kind() == std::io::ErrorKind::IsADirectory => {
                    LoadError::Path(path.clone(), error)
                }
                error => error,
            })?;
        }
        Ok(report)
    }

    /// Loads one stream: each batch recorded first, then stored, then searchable.
    ///
    /// `progress` is told up to which byte everything is durable: a load that breaks off can go on
    /// from there with the same [`LoadOptions::mark`]. On an error the report holds what is durable, and
    /// only that.
    pub fn load_stream(
        &self,
        name: &str,
        input: &mut dyn BufRead,
        options: &LoadOptions,
        report: &mut LoadReport,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), LoadError> {
        let now = self.ground.clock.now();
        self.quarantine.sweep(now)?;
        let read = Cell::new(0);
        let mut mac = RunningMac::new(self.ground.keys.seed(KeyName::Actor)?.expose());
        mac.update(b"piux/file\0");
        let mut metered = Metered::new(input, &read, mac);
        let mut units = Vec::new();
        let stream = Stream {
            name,
            mark: options.mark.as_ref().map(|mark| options.mark_name(mark)),
            mapped: options.mapping.is_some(),
            without_quarantine: options.without_quarantine,
            unkept: Cell::new(0),
        };
        let Mark { after, unkept } = self.marked(&stream)?;
        stream.unkept.set(unkept);
        report.unkept += unkept;
        let mut each = |unit: Decoded| -> Result<(), LoadError> {
            let reached = unit.position_end;
            units.push(unit);
            if weight(&units) >= BATCH {
                self.store(&stream, std::mem::take(&mut units), None, report)?;
                progress(reached.max(read.get()));
            }
            Ok(())
        };
        let outcome = match &options.mapping {
            Some(mapping) => ingest::resume_mapped(&mut metered, mapping, now, after, &mut each),
            None => ingest::resume(&mut metered, options.format, now, after, &mut each),
        };
        let file = outcome.is_ok().then(|| metered.finish());
        if !units.is_empty() || file.is_some() {
            self.store(&stream, units, file, report)?;
        }
        outcome?;
        progress(read.get());
        report.files += 1;
        Ok(())
    }

    /// Marks what pushes left out that nobody completed in time; `load` does so by itself.
    pub fn expire_pushes(&self, report: &mut LoadReport) -> Result<(), LoadError> {
        let _alone = self.one_batch.lock().unwrap_or_else(PoisonError::into_inner);
        let mut work = self.work("")?;
        push::expire(&mut work)?;
        work.commit()?;
        report.absorb(work.report);
        Ok(())
    }

    /// Records a batch, stores it, and adds what came of it to the report.
    fn store(
        &self,
        stream: &Stream<'_>,
        units: Vec<Decoded>,
        file: Option<[u8; 32]>,
        report: &mut LoadReport,
    ) -> Result<(), LoadError> {
        let _alone = self.one_batch.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.noticed();
        let mut work = self.work(stream.name)?;
        let entry = Entry {
            artifact: file.map(sha256),
            ..entry(&units, work.now)
        };
        let (units, promise) = self.ground.ledger.record(entry, units)?.into_parts();
        push::expire(&mut work)?;
        for unit in &units {
            take(&mut work, unit)?;
            if !stream.without_quarantine {
                self.set_aside(&mut work, unit, stream.mapped)?;
            }
        }
        if let Some(name) = stream.mark.clone() {
            let reached = units.last().map_or(0, |unit| unit.position_end);
            stream.unkept.set(stream.unkept.get() + work.report.unkept);
            let unkept = stream.unkept.get();
            let mark = file.is_none().then_some(Mark { after: reached, unkept });
            work.remember(name, &mark.unwrap_or_default());
        }
        if let Some(digest) = file {
            work.report.receipts.push(FileReceipt {
                file: stream.name.to_owned(),
                artifact: sha256(digest),
                entry: promise.leaf,
                by: promise.by,
            });
        }
        report.pushes.open = push::waiting(&mut work)?;
        work.commit()?;
        work.report.noticed = self.noticed().since(before);
        report.absorb(work.report);
        self.index.changed();
        Ok(())
    }

    /// Puts what lost its structure into quarantine.
    fn set_aside(&self, work: &mut Work<'_>, unit: &Decoded, mapped: bool) -> Result<(), LoadError> {
        for lost in &unit.lost {
            let part = Part { mapped, ..lost.into() };
            let held = self.quarantine.keep(work.file, part, work.now)?;
            work.report.quarantined += 1;
            work.report.unkept += u64::from(held.cut);
        }
        work.report.unkept += unit.lost_dropped as u64;
        Ok(())
    }

    /// How far a stream came before, if it broke off.
    fn marked(&self, stream: &Stream<'_>) -> Result<Mark, LoadError> {
        let Some(name) = &stream.mark else {
            return Ok(Mark::default());
        };
        let memo = self.ground.store.memo(name)?;
        let mark: Option<Mark> = memo.and_then(|memo| serde_json::from_slice(&memo).ok());
        Ok(mark.unwrap_or_default())
    }

    fn work<'a>(&'a self, name: &'a str) -> Result<Work<'a>, LoadError> {
        let now = self.ground.clock.now();
        Work::new(&self.ground, &self.finder, &self.profile, (name, now))
    }
}

/// A stream as it is named, and told again.
struct Stream<'a> {
    name: &'a str,
    /// What its mark is remembered under.
    mark: Option<Vec<u8>>,
    mapped: bool,
    without_quarantine: bool,
    /// Parts of it that quarantine did not keep whole, those before it broke off included.
    unkept: Cell<u64>,
}

/// What tells a file again: where it is, how long, when it was last changed.
pub fn mark(path: &Path) -> String {
    let about = path.metadata().ok();
    let bytes = about.as_ref().map_or(0, std::fs::Metadata::len);
    let changed = about.and_then(|about| about.modified().ok());
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    format!("{} {bytes} {changed:?}", path.display())
}

/// What one message, line or other unit of a file does.
fn take(work: &mut Work<'_>, unit: &Decoded) -> Result<(), LoadError> {
    let file = work.file;
    work.report.add_unit(file, unit);
    let mut flights = BTreeSet::new();
    for booking in &unit.bookings {
        let ids = lifecycle::take(work, booking)?;
        flights.extend(push::observe(work, booking, &ids)?);
    }
    flights.extend(push::observe_empty(work, unit)?);
    for flight in flights {
        push::advance(work, &flight)?;
    }
    Ok(())
}

/// How much a batch holds.
fn weight(units: &[Decoded]) -> usize {
    let weight = |unit: &Decoded| unit.travellers_read + unit.bookings.len() + unit.findings.len();
    units.iter().map(weight).sum()
}

fn entry(units: &[Decoded], now: piux_protocol::vocabulary::Timestamp) -> Entry {
    let sum = |count: fn(&Decoded) -> usize| units.iter().map(count).sum::<usize>() as u64;
    let removed = units.iter().flat_map(|unit| unit.sensitive_removed.values()).sum();
    Entry::new(EntryKind::DataLoad, Role::Node, now)
        .count(Counter::Messages, sum(|unit| unit.messages))
        .count(Counter::Bookings, sum(|unit| unit.bookings.len()))
        .count(Counter::TravellersRead, sum(|unit| unit.travellers_read))
        .count(Counter::TravellersRejected, sum(|unit| unit.rejected))
        .count(Counter::SensitiveRemoved, removed)
        .count(Counter::Quarantined, sum(|unit| unit.lost.len()))
        .count(Counter::Findings, sum(|unit| unit.findings.len()))
}

fn parse_format(text: &str) -> Result<Format, LoadError> {
    match text {
        "paxlst" | "pnrgov" | "edifact" => Ok(Format::Edifact),
        "xml" => Ok(Format::Xml),
        "ndjson" => Ok(Format::Ndjson),
        "csv" => Ok(Format::Csv),
        "json" => Ok(Format::Json),
        _ => Err(LoadError::Format),
    }
}

/// The files of a list of files and folders, in order, hidden ones left out.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, LoadError> {
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
