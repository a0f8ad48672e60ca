//! Invented passenger traffic in every format a unit receives, with the truth beside it.
//!
//! ```text
//! recipe -> { nations } -> people -> departures -> slips -> { paxlst, pnrgov, xml, ndjson } -> files
//!                                                                     \-> truth.ndjson, truth.json
//! ```
//!
//! The same seed writes the same bytes. Nobody is meant: names are put together by
//! chance from lists, telephone numbers and addresses are from ranges reserved for
//! fiction. Messages are as dirty as real ones are, at [rates](Rates) that a test can
//! set to nothing; what a decoder must read is in the [truth](Truth).

mod bookings;
mod departure;
mod dice;
mod edifact;
mod nations;
mod ndjson;
mod paxlst;
mod person;
mod pnrgov;
mod slips;
mod truth;
mod xml;

pub use slips::{Rates, Slip};
pub use truth::{Status, Summary, Truth, WrittenName};

use crate::files::{self, Readers};
use departure::{Departure, Timetable};
use dice::Dice;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The formats traffic is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Feed {
    /// UN/EDIFACT passenger lists: who boarded.
    Paxlst,
    /// PADIS EDIFACT bookings: a full push, and an update with what was canceled.
    Pnrgov,
    /// The same bookings as PNRGOV XML.
    Xml,
    /// The national profile `piu-passenger-v1`.
    Ndjson,
}

/// What to write.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// The same seed, the same traffic.
    pub seed: u64,
    /// At least so many travellers; the last flight is filled.
    pub travellers: u64,
    /// The day of the first departure.
    pub first_day: Date,
    /// In which formats.
    pub feeds: BTreeSet<Feed>,
    /// How dirty.
    pub rates: Rates,
}

/// Traffic could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SynthError {
    /// A file or folder.
    #[error("cannot write {}", .0.display())]
    Write(PathBuf, #[source] std::io::Error),
    /// The folder holds something already.
    #[error("{} is not empty; name a new folder", .0.display())]
    NotEmpty(PathBuf),
}

/// A file of one feed, and what a decoder must find in it.
#[derive(Clone)]
pub struct Parcel {
    /// Its name, within the folder of its feed.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// The travellers in it.
    pub truths: Vec<Truth>,
    /// The sums of it.
    pub summary: Summary,
}

impl Feed {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Paxlst, Self::Pnrgov, Self::Xml, Self::Ndjson];

    /// The word for it, which is also the name of its folder.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Paxlst => "paxlst",
            Self::Pnrgov => "pnrgov",
            Self::Xml => "xml",
            Self::Ndjson => "ndjson",
        }
    }

    fn parcels(self, departure: &Departure, rates: &Rates, dice: &mut Dice) -> Vec<Parcel> {
        match self {
            Self::Paxlst => paxlst::write(departure, rates, dice),
            Self::Pnrgov => pnrgov::write(departure, rates, dice),
            Self::Xml => xml::write(departure, rates, dice),
            Self::Ndjson => ndjson::write(departure, rates, dice),
        }
    }
}

impl std::str::FromStr for Feed {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|feed| feed.word() == text);
        found.ok_or("a feed is paxlst, pnrgov, xml or ndjson")
    }
}

/// Every file of a recipe, flight by flight; never more than one flight in memory.
pub fn parcels(recipe: &Recipe) -> impl Iterator<Item = (Feed, Parcel)> + use<> {
    let mut timetable = Timetable::new(recipe.seed, recipe.first_day);
    let (mut left, recipe) = (recipe.travellers, recipe.clone());
    let departures = std::iter::from_fn(move || {
        (left > 0).then(|| {
            let departure = timetable.next_departure(left);
            left = left.saturating_sub(departure.travellers());
            departure
        })
    });
    departures.enumerate().flat_map(move |(number, departure)| {
        let (seed, rates) = (recipe.seed, recipe.rates.clone());
        let feeds: Vec<Feed> = recipe.feeds.iter().copied().collect();
        feeds.into_iter().flat_map(move |feed| {
            let mut dice = Dice::of(seed, feed.word(), number as u64);
            let parcels = feed.parcels(&departure, &rates, &mut dice);
            parcels.into_iter().map(move |parcel| (feed, parcel))
        })
    })
}

/// Writes the files of a recipe into a new or empty folder: one folder per feed, `truth.ndjson` with a
/// line per traveller per file, `truth.json` with the sums per feed.
pub fn write(dir: &Path, recipe: &Recipe) -> Result<std::collections::BTreeMap<Feed, Summary>, SynthError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |error| SynthError::Write(path, error)
    };
    std::fs::create_dir_all(dir).map_err(at(dir))?;
    if std::fs::read_dir(dir).map_err(at(dir))?.next().is_some() {
        return Err(SynthError::NotEmpty(dir.to_owned()));
    }
    for feed in &recipe.feeds {
        let folder = dir.join(feed.word());
        std::fs::create_dir(&folder).map_err(at(&folder))?;
    }
    let lines = dir.join("truth.ndjson");
    let file = std::fs::File::create(&lines).map_err(at(&lines))?;
    let mut truth = std::io::BufWriter::new(file);
    let mut sums = std::collections::BTreeMap::<Feed, Summary>::new();
    for (feed, parcel) in parcels(recipe) {
        let path = dir.join(feed.word()).join(&parcel.name);
        std::fs::write(&path, &parcel.bytes).map_err(at(&path))?;
        for line in &parcel.truths {
            serde_json::to_writer(&mut truth, line).map_err(|error| SynthError::Write(lines.clone(), error.into()))?;
            truth.write_all(b"\n").map_err(at(&lines))?;
        }
        sums.entry(feed).or_default().add(&parcel.summary);
    }
    truth.flush().map_err(at(&lines))?;
    let json = serde_json::to_vec_pretty(&sums).unwrap_or_default();
    let path = dir.join("truth.json");
    files::replace(&path, &json, Readers::Folder).map_err(at(&path))?;
    Ok(sums)
}

impl std::fmt::Debug for Parcel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Parcel({}, {} travellers)", self.name, self.truths.len())
    }
}
