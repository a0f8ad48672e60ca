//! One rule: from one or more columns to one field.

use super::pattern::Pattern;
use crate::ingest::date::Century;
use crate::ingest::profile::Field;
use jiff::civil::Date;

/// How a field gets its value.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    /// The field.
    pub(super) field: Field,
    /// Of a list, the first item it fills, from 0.
    pub(super) item: usize,
    /// The columns it reads, in this order.
    pub(super) columns: Vec<String>,
    /// What stands between their texts.
    pub(super) join: String,
    /// A text that no column gives.
    pub(super) constant: Option<String>,
    /// What divides the text into several values.
    pub(super) split: Option<String>,
    /// Of these, the only one that is meant, from 0.
    pub(super) part: Option<usize>,
    /// How dates are written, the likeliest first.
    pub(super) dates: Vec<Pattern>,
    /// What values are called, in capital letters, and what they mean.
    pub(super) translate: Option<Vec<(String, String)>>,
    /// Tables without the columns are in order.
    pub(super) optional: bool,
}

impl Rule {
    /// A rule that takes a column as it is.
    pub(super) fn copy(field: Field, column: &str) -> Self {
        Self {
            field,
            item: 0,
            columns: vec![column.to_owned()],
            join: " ".to_owned(),
            constant: None,
            split: None,
            part: None,
            dates: Vec::new(),
            translate: None,
            optional: true,
        }
    }

    /// A rule that gives a field the same text always.
    pub(super) fn constant(field: Field, item: usize, text: &str) -> Self {
        Self {
            item,
            columns: Vec::new(),
            constant: Some(text.to_owned()),
            ..Self::copy(field, "")
        }
    }

    /// The values of a row; none if its cells are empty.
    ///
    /// # Errors
    /// The rule that a cell breaks.
    pub(super) fn values(&self, cell: &dyn Fn(&str) -> String, received: Date) -> Result<Vec<String>, &'static str> {
        if let Some(text) = &self.constant {
            return Ok(vec![text.clone()]);
        }
        let cells: Vec<_> = self.columns.iter().map(|column| cell(column)).collect();
        if cells.iter().all(String::is_empty) {
            return Ok(Vec::new());
        }
        let text = if self.join.trim().is_empty() && !self.join.is_empty() {
            let told: Vec<_> = cells.into_iter().filter(|cell| !cell.is_empty()).collect();
            told.join(&self.join)
        } else {
            cells.join(&self.join)
        };
        let values = self.divided(&text).map(str::trim).filter(|value| !value.is_empty());
        values.map(|value| self.meant(value, received)).collect()
    }

    fn divided<'t>(&self, text: &'t str) -> Box<dyn Iterator<Item = &'t str> + 't> {
        match (self.split.clone(), self.part) {
            (None, _) => Box::new(std::iter::once(text)),
            (Some(split), None) => Box::new(text.split(split.as_str()).collect::<Vec<_>>().into_iter()),
            (Some(split), Some(part)) => Box::new(text.split(split.as_str()).nth(part).into_iter()),
        }
    }

    /// One value, translated and its date turned.
    fn meant(&self, value: &str, received: Date) -> Result<String, &'static str> {
        let value = match &self.translate {
            None => value,
            Some(pairs) => translated(pairs, value).ok_or("mapping.translate")?,
        };
        if self.dates.is_empty() {
            return Ok(value.to_owned());
        }
        let century = match self.field {
            Field::Birth => Century::Birth,
            Field::DocumentExpiry | Field::DocumentIssued => Century::Expiry,
            _ => Century::Travel,
        };
        let mut read = self
            .dates
            .iter()
            .filter_map(|pattern| pattern.read(value, century, received));
        read.next().ok_or("field.date")
    }
}

/// What a value means: by its name in any case, else by `*`; `=` keeps it as it is.
fn translated<'t>(pairs: &'t [(String, String)], value: &'t str) -> Option<&'t str> {
    let upper = value.to_uppercase();
    let find = |name: &str| pairs.iter().find(|(known, _)| known == name);
    let (_, meaning) = find(&upper).or_else(|| find("*"))?;
    Some(if meaning == "=" { value } else { meaning })
}
