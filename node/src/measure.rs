//! How well the match keys find people: one table over a folder of labelled data.
//!
//! Every data set is measured twice: by derivation alone (does a pair of records share
//! a key?), and end to end, where one unit blinds its questions, another answers from
//! padded buckets, and what opens is counted. Published figures of other methods stand
//! beside ours.
//!
//! Shares and counts only: nothing of a record leaves this module.

mod buckets;
mod data;
mod derivation;
mod figures;
mod names;
mod parts;
mod soundex;
mod table;
mod travellers;

use rayon::prelude::*;
use std::path::Path;

pub use figures::{Figures, Strangers};
pub use table::{Line, Table};

/// How much is measured.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extent {
    /// Questions asked of each data set at most; all if none. The index stays whole.
    pub sample: Option<usize>,
    /// Leave the buckets out, which take most of the time.
    pub derivation_only: bool,
}

impl Extent {
    fn cut<T>(self, mut questions: Vec<T>) -> Vec<T> {
        questions.truncate(self.sample.unwrap_or(usize::MAX));
        questions
    }
}

/// Measures every data set that lies in the folder; the table names those that do not.
pub fn measure(folder: &Path, extent: Extent) -> Table {
    type Measurement = fn(&Path, Extent) -> Result<Vec<Line>, data::Missing>;
    const MEASUREMENTS: &[Measurement] = &[
        names::aliases,
        names::background,
        travellers::south_east_asia,
        travellers::febrl4,
        parts::clusters,
        parts::variants,
    ];
    let measured: Vec<_> = MEASUREMENTS
        .par_iter()
        .map(|measurement| measurement(folder, extent))
        .collect();
    let mut table = Table::default();
    for lines in measured {
        match lines {
            Ok(lines) => table.lines.extend(lines),
            Err(data::Missing(file)) => table.missing.push(file),
        }
    }
    table
}
