//! The table, for people and for programs.

use super::figures::{Figures, Strangers};
use serde_json::{Value, json};
use std::fmt;

/// One method on one data set.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The data set, or the part of it.
    pub data: &'static str,
    /// The method, or the scope and how it was measured.
    pub method: String,
    /// What came out.
    pub figures: Figures,
    /// Whether another's figure stands here for comparison.
    pub published: bool,
}

/// Every line measured.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// In the order of the data sets.
    pub lines: Vec<Line>,
    /// Files that were not there.
    pub missing: Vec<&'static str>,
}

impl Line {
    pub(super) fn ours(data: &'static str, method: impl Into<String>, figures: Figures) -> Self {
        Self {
            data,
            method: method.into(),
            figures,
            published: false,
        }
    }

    /// A figure of another method; where it is from stands beside its constant.
    pub(super) fn published(data: &'static str, method: &str, figures: Figures) -> Self {
        Self {
            data,
            method: method.to_owned(),
            figures,
            published: true,
        }
    }

    fn cells(&self) -> [String; 7] {
        let method = if self.published {
            format!("*{}*", self.method)
        } else {
            self.method.clone()
        };
        let Figures {
            recall,
            precision,
            keys,
            strangers,
        } = self.figures;
        [
            self.data.to_owned(),
            method,
            decimal(recall, 3),
            decimal(precision, 3),
            decimal(self.figures.f1(), 3),
            decimal(keys, 1),
            strangers.map(|strangers| strangers.to_string()).unwrap_or_default(),
        ]
    }
}

impl Table {
    /// The line of a data set and a method, if it was measured.
    pub fn line(&self, data: &str, method: &str) -> Option<&Line> {
        self.lines
            .iter()
            .find(|line| line.data == data && line.method == method)
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let lines = self.lines.iter().map(|line| {
            json!({
                "data": line.data, "method": line.method, "published": line.published,
                "recall": line.figures.recall, "precision": line.figures.precision, "f1": line.figures.f1(),
                "keys": line.figures.keys, "strangers": line.figures.strangers,
            })
        });
        json!({ "lines": lines.collect::<Vec<_>>(), "missing": self.missing })
    }
}

impl fmt::Display for Strangers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::OneIn(pairs) => write!(f, "1 / {pairs:.0}"),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HEAD: [&str; 7] = ["data", "method", "recall", "precision", "F1", "keys", "strangers"];
        let mut rows = vec![HEAD.map(str::to_owned)];
        rows.extend(self.lines.iter().map(Line::cells));
        let width = |column: usize| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
        };
        let widths: Vec<usize> = (0..HEAD.len()).map(|column| width(column).unwrap_or(0)).collect();
        for (number, row) in rows.iter().enumerate() {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            writeln!(f, "| {} |", cells.collect::<Vec<_>>().join(" | "))?;
            if number == 0 {
                let rules = widths.iter().map(|width| "-".repeat(*width));
                writeln!(f, "| {} |", rules.collect::<Vec<_>>().join(" | "))?;
            }
        }
        self.missing
            .iter()
            .try_for_each(|file| writeln!(f, "not measured: {file} is not in the folder"))
    }
}

fn decimal(value: Option<f64>, digits: usize) -> String {
    value.map(|value| format!("{value:.digits$}")).unwrap_or_default()
}
