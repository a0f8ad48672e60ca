//! JSON documents that a mapping file explains: an array of travellers, or objects (manifests) that
//! hold the flight and a list of travellers. Without a mapping, an array of objects of the profile.
//!
//! One element of the array, or one manifest, is held at a time.

mod cut;

use super::finding::{Position, Severity};
use super::mapping::Mapping;
use super::profile::Joiner;
use super::report::Decoded;
use cut::{Cut, Elements};
use piux_protocol::vocabulary::Timestamp;
use serde_json::Value;
use std::io::{self, BufRead};

/// Travellers that one manifest may list.
const LISTED: usize = 100_000;

/// Reads a document element by element.
pub(super) fn read<E: From<io::Error>>(
    input: &mut dyn BufRead,
    received: Timestamp,
    mapping: &Mapping,
    each: &mut dyn FnMut(Decoded) -> Result<(), E>,
) -> Result<(), E> {
    let mut joiner = Joiner::new(received.date(), each);
    let mut elements = Elements::new(input);
    let mut any = false;
    while let Some(cut) = elements.next()? {
        any = true;
        element(&cut, mapping, received, &mut joiner)?;
        joiner.reached(cut.end);
    }
    joiner.reached(elements.offset());
    if !any {
        joiner.note("format.empty", Severity::Warning, Position::default());
    }
    joiner.finish()
}

fn element<E>(cut: &Cut, mapping: &Mapping, received: Timestamp, joiner: &mut Joiner<'_, E>) -> Result<(), E> {
    let position = cut.position;
    let raw: [&[u8]; 1] = [&cut.bytes];
    if let Some(rule) = cut.broken {
        return joiner.lose(rule, position, &raw);
    }
    let text = super::csv::decoded(&cut.bytes, mapping.charset);
    if mapping.charset.is_none() && std::str::from_utf8(&cut.bytes).is_err() {
        joiner.note("syntax.charset", Severity::Info, position);
    }
    let Ok(value @ Value::Object(_)) = serde_json::from_str::<Value>(&text) else {
        return joiner.lose("syntax.json", position, &raw);
    };
    if let Some(members) = value.as_object().filter(|_| mapping.is_profile()) {
        return joiner.take(super::ndjson::of_object(members), position, &raw);
    }
    let manifest = Manifest {
        value: &value,
        mapping,
        received,
        raw,
    };
    let Some(path) = &mapping.list else {
        return manifest.traveller(&value, position, joiner);
    };
    match find(&value, path) {
        Some(Value::Array(listed)) if listed.len() <= LISTED => {
            for (at, one) in listed.iter().enumerate() {
                let position = Position {
                    segment: at + 1,
                    ..position
                };
                manifest.traveller(one, position, joiner)?;
                // Every traveller takes some bytes: so this is unique, and before the end of the manifest.
                joiner.reached(position.offset + at + 1);
            }
            Ok(())
        }
        Some(Value::Array(_)) => joiner.lose("limit.list", position, &raw),
        _ => joiner.lose("json.no_list", position, &raw),
    }
}

/// The document a traveller is listed in.
struct Manifest<'v> {
    value: &'v Value,
    mapping: &'v Mapping,
    received: Timestamp,
    raw: [&'v [u8]; 1],
}

impl Manifest<'_> {
    /// One traveller: its own members, and under `/` those of the document.
    fn traveller<E>(&self, one: &Value, position: Position, joiner: &mut Joiner<'_, E>) -> Result<(), E> {
        if !one.is_object() {
            return joiner.lose("syntax.json", position, &self.raw);
        }
        let member = |column: &str| match column.strip_prefix('/') {
            Some(path) => find(self.value, path).and_then(text),
            None => find(one, column).and_then(text),
        };
        let Some((line, doubts)) = self.mapping.line(&member, self.received.date()) else {
            joiner.note("mapping.skipped", Severity::Info, position);
            return Ok(());
        };
        for (rule, _) in doubts {
            joiner.note(rule, Severity::Warning, position);
        }
        joiner.take(line, position, &self.raw)
    }
}

/// The member at a path: names separated by dots, the items of a list by their ordinal from 1.
fn find<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, step| match value {
        Value::Object(members) => members.get(step),
        Value::Array(items) => items.get(step.parse::<usize>().ok()?.checked_sub(1)?),
        _ => None,
    })
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests;
