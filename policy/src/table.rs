//! Decisions for every record class at once, so that a row costs nanoseconds.
//!
//! The context of a lookup holds no clock and no free value, so a table of all
//! 576 classes is exact: it equals asking the rules each time (property test in
//! `tests/decisions.rs`).

use crate::decision::Clause;
use crate::facts::{Approvals, RecordClass};
use piux_protocol::vocabulary::{Basis, Class, Purpose};
use std::collections::HashMap;

/// What a table is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TableKey {
    /// What the question serves.
    pub purpose: Purpose,
    /// The legal basis.
    pub basis: Basis,
    /// The class of match key that found the record.
    pub class: Class,
    /// Approvals on file when the question is answered.
    pub approvals: Approvals,
}

/// What follows from a hit, told with it (SPEC.md 4.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gate {
    /// Some element is released with the ordinary approvals of the agreement.
    Routine,
    /// Only with the approval of an independent authority besides.
    Masked,
    /// None would be released.
    Refused,
}

/// The decision for one record class.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// The gate of a hit; none: the record may not produce one.
    pub gate: Option<Gate>,
    /// The rules that decided.
    pub clauses: Vec<Clause>,
}

/// The decisions for all record classes.
#[derive(Debug, Clone)]
pub struct Table {
    cells: Vec<u16>,
    outcomes: Vec<Outcome>,
}

impl Table {
    /// The decision for a record class.
    pub fn outcome(&self, record: RecordClass) -> Option<&Outcome> {
        let cell = self.cells.get(record.index())?;
        self.outcomes.get(usize::from(*cell))
    }

    /// The gate of a hit on such a record; none: no hit, and the row is padding.
    pub fn gate(&self, record: RecordClass) -> Option<Gate> {
        self.outcome(record).and_then(|outcome| outcome.gate)
    }

    /// The table of what is decided about each class.
    pub(crate) fn compute(decide: impl Fn(RecordClass) -> Outcome) -> Self {
        let mut table = Self {
            cells: Vec::with_capacity(RecordClass::COUNT),
            outcomes: Vec::new(),
        };
        let mut known: HashMap<Outcome, u16> = HashMap::new();
        for record in RecordClass::all() {
            let outcome = decide(record);
            let next = u16::try_from(table.outcomes.len()).unwrap_or(u16::MAX);
            let cell = *known.entry(outcome).or_insert_with_key(|outcome| {
                table.outcomes.push(outcome.clone());
                next
            });
            table.cells.push(cell);
        }
        table
    }
}
