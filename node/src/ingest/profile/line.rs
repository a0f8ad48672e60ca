//! One line of the profile as texts, before anything is made of them.

use super::{Field, List};
use crate::ingest::finding::Severity;
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroize;

/// Items of one list that a line may have.
const ITEMS: usize = 99;

/// What one line says, field by field. Empty texts are not kept.
#[derive(Clone, Default)]
pub(in crate::ingest) struct Line {
    single: BTreeMap<Field, String>,
    items: BTreeMap<List, Vec<Item>>,
    doubts: Vec<(&'static str, Severity)>,
}

/// One document, one contact.
pub(in crate::ingest) type Item = BTreeMap<Field, String>;

impl Line {
    /// Notes what a field says; of a list, in its item of this ordinal, from 0.
    pub(in crate::ingest) fn set(&mut self, field: Field, at: usize, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let Some(list) = field.list() else {
            self.single.insert(field, text.to_owned());
            return;
        };
        if at >= ITEMS {
            self.doubt("limit.list", Severity::Error);
            return;
        }
        let items = self.items.entry(list).or_default();
        if items.len() <= at {
            items.resize(at + 1, Item::new());
        }
        if let Some(item) = items.get_mut(at) {
            item.insert(field, text.to_owned());
        }
    }

    /// What a field says; empty if it says nothing.
    pub(in crate::ingest) fn get(&self, field: Field) -> &str {
        self.single.get(&field).map_or("", String::as_str)
    }

    /// The same, none if it says nothing.
    pub(in crate::ingest) fn find(&self, field: Field) -> Option<&str> {
        self.single.get(&field).map(String::as_str)
    }

    /// The items of a list.
    pub(in crate::ingest) fn items(&self, list: List) -> &[Item] {
        self.items.get(&list).map_or(&[], Vec::as_slice)
    }

    /// Remembers a doubt about the line, to be told with its position.
    pub(in crate::ingest) fn doubt(&mut self, rule: &'static str, severity: Severity) {
        self.doubts.push((rule, severity));
    }

    /// The doubts so far.
    pub(in crate::ingest) fn doubts(&self) -> &[(&'static str, Severity)] {
        &self.doubts
    }

    /// Whether it says which flight.
    pub(in crate::ingest) fn has_flight(&self) -> bool {
        self.find(Field::Carrier).is_some() && self.find(Field::Number).is_some()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.single.values_mut().for_each(Zeroize::zeroize);
        let items = self.items.values_mut().flatten();
        items.flat_map(|item| item.values_mut()).for_each(Zeroize::zeroize);
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line(..)")
    }
}
