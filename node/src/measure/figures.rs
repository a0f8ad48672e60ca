//! What is counted, and how it is put into one line.

/// The figures of one method on one data set; what was not measured is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
pub struct Figures {
    /// Share of the records of one person that are found.
    pub recall: Option<f64>,
    /// Share of what is found that is right.
    pub precision: Option<f64>,
    /// Keys asked per question, dummies not counted.
    pub keys: Option<f64>,
    /// Strangers found.
    pub strangers: Option<Strangers>,
}

/// Strangers found by chance.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strangers {
    /// Found in the whole run.
    Count(u64),
    /// Pairs of different people to one pair that shares a key.
    OneIn(f64),
}

impl Figures {
    /// The harmonic mean of recall and precision.
    pub fn f1(&self) -> Option<f64> {
        let (recall, precision) = (self.recall?, self.precision?);
        (recall + precision > 0.0).then(|| 2.0 * recall * precision / (recall + precision))
    }
}

/// Counts of questions and what they found.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    /// Questions about people who are held.
    pub(super) findable: u64,
    /// Of those, found.
    pub(super) found: u64,
    /// Others found.
    pub(super) strangers: u64,
    pub(super) questions: u64,
    pub(super) keys: u64,
}

impl Tally {
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            findable: self.findable + other.findable,
            found: self.found + other.found,
            strangers: self.strangers + other.strangers,
            questions: self.questions + other.questions,
            keys: self.keys + other.keys,
        }
    }

    pub(super) fn figures(self) -> Figures {
        Figures {
            recall: share(self.found, self.findable),
            precision: share(self.found, self.found + self.strangers),
            keys: share(self.keys, self.questions),
            strangers: Some(Strangers::Count(self.strangers)),
        }
    }
}

/// Counts are far below 2^53.
pub(super) fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
