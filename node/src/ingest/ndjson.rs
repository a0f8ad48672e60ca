//! NDJSON profile `piu-passenger-v1`: one traveller on one flight per line, for exports of
//! national systems. Neighbouring lines of one booking are joined.

use super::finding::{Position, Severity};
use super::profile::{Field, Joiner, Line, List};
use piux_protocol::vocabulary::Timestamp;
use serde_json::{Map, Value};
use std::io::{self, BufRead};
use zeroize::Zeroizing;

/// Longest line that is read.
const LINE_BYTES: usize = 64 * 1024;

/// Reads every line. A line that cannot be read is counted as one traveller rejected.
pub(super) fn read<E: From<io::Error>>(
    input: &mut dyn BufRead,
    received: Timestamp,
    each: &mut dyn FnMut(super::Decoded) -> Result<(), E>,
) -> Result<(), E> {
    let mut joiner = Joiner::new(received.date(), each);
    let mut bytes = Zeroizing::new(Vec::new());
    let mut position = Position::default();
    let mut next = 0;
    while let Some(length) = cut(input, &mut bytes)? {
        position = Position {
            offset: next,
            message: position.message + 1,
            segment: 0,
        };
        next += length;
        let line = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        if length > LINE_BYTES {
            joiner.lose("limit.line", position, &[line])?;
        } else if !super::edifact::is_blank(line) {
            match of_json(line, |rule, severity| joiner.note(rule, severity, position)) {
                Ok(read) => joiner.take(read, position, &[line])?,
                Err(rule) => joiner.lose(rule, position, &[line])?,
            }
        }
        joiner.reached(next);
    }
    joiner.finish()
}

/// Cuts the next line out, its end left out; none at the end. Of a line too long only the beginning is held.
fn cut(input: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<Option<usize>> {
    line.clear();
    let mut length = 0;
    loop {
        let block = input.fill_buf()?;
        if block.is_empty() {
            return Ok((length > 0).then_some(length));
        }
        let end = block.iter().position(|b| *b == b'\n');
        let part = block.get(..end.unwrap_or(block.len())).unwrap_or(block);
        let room = (LINE_BYTES + 1).saturating_sub(line.len());
        line.extend_from_slice(part.get(..room).unwrap_or(part));
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        length += used;
        if end.is_some() {
            return Ok(Some(length));
        }
    }
}

/// Reads one line. Text that is not UTF-8 is read as ISO 8859-1.
fn of_json(line: &[u8], mut note: impl FnMut(&'static str, Severity)) -> Result<Line, &'static str> {
    let text = super::csv::decoded(line, None);
    if std::str::from_utf8(line).is_err() {
        note("syntax.charset", Severity::Info);
    }
    match serde_json::from_str(&text) {
        Ok(Value::Object(members)) => Ok(of_object(&members)),
        _ => Err("syntax.json"),
    }
}

/// A JSON object of the profile as a line. A member the profile does not know is an error and the rest is kept.
pub(super) fn of_object(members: &Map<String, Value>) -> Line {
    let mut line = Line::default();
    for (name, value) in members {
        member(&mut line, name, value);
    }
    line
}

fn member(line: &mut Line, path: &str, value: &Value) {
    if let Some(list) = List::of(path) {
        items(line, list, value);
        return;
    }
    match (Field::of(path), value) {
        (_, Value::Null) => {}
        (Some(field), value) => scalar(line, field, 0, value),
        (None, Value::Object(members)) if Field::is_group(path) => {
            for (name, value) in members {
                member(line, &format!("{path}.{name}"), value);
            }
        }
        (None, _) if Field::is_group(path) => line.doubt("field.type", Severity::Error),
        (None, _) => line.doubt("field.unknown", Severity::Error),
    }
}

/// The items of a list; one item may stand without the brackets.
fn items(line: &mut Line, list: List, value: &Value) {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    };
    for (at, item) in items.iter().enumerate() {
        match (item, list.plain()) {
            (Value::Object(members), _) => {
                for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
                    match Field::of(&format!("{}.{name}", list.path())).filter(|field| field.list() == Some(list)) {
                        Some(field) => scalar(line, field, at, value),
                        None => line.doubt("field.unknown", Severity::Error),
                    }
                }
            }
            (value, Some(field)) => scalar(line, field, at, value),
            (_, None) => line.doubt("field.type", Severity::Error),
        }
    }
}

fn scalar(line: &mut Line, field: Field, at: usize, value: &Value) {
    match value {
        Value::String(text) => line.set(field, at, text),
        Value::Number(number) => line.set(field, at, &number.to_string()),
        Value::Bool(truth) => line.set(field, at, if *truth { "true" } else { "false" }),
        Value::Null => {}
        Value::Array(_) | Value::Object(_) => line.doubt("field.type", Severity::Error),
    }
}

#[cfg(test)]
mod tests;
