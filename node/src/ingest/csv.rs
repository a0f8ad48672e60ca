//! CSV: our own profile, or any table that a mapping file explains (RFC 4180, and what spreadsheets make of it).
//!
//! The header is mandatory. One row is one traveller on one flight with one document; rows that
//! follow each other under the same `src_id` are joined. A row that cannot be read is counted as
//! one traveller rejected, the next rows load.

mod row;

use super::finding::{Position, Severity};
use super::mapping::{Charset, Mapping};
use super::profile::{Field, Joiner};
use super::report::Decoded;
use piux_protocol::vocabulary::Timestamp;
use row::{Cut, Rows};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, BufRead};

/// Columns a table may have.
const COLUMNS: usize = 1_000;

/// Reads a table row by row.
pub(super) fn read<E: From<io::Error>>(
    input: &mut dyn BufRead,
    received: Timestamp,
    mapping: &Mapping,
    each: &mut dyn FnMut(Decoded) -> Result<(), E>,
) -> Result<(), E> {
    let mut joiner = Joiner::new(received.date(), each);
    let mut rows = Rows::new(input, mapping.separator);
    let Some(header) = rows.next()? else {
        joiner.note("format.empty", Severity::Warning, Position::default());
        return joiner.finish();
    };
    let position = header.position;
    let raw = header.bytes.to_vec();
    let table = cells(&header)
        .ok()
        .map(|cells| Table::new(raw.clone(), &cells, mapping));
    let Some(table) = table.filter(|_| header.broken.is_none()) else {
        joiner.lose("csv.header", position, &[&raw])?;
        return joiner.finish();
    };
    for (rule, severity, column) in &table.doubts {
        joiner.note(rule, *severity, at(position, *column));
    }
    if !table.is_of_flights() {
        joiner.lose("csv.header", position, &[&raw])?;
        return joiner.finish();
    }
    while let Some(cut) = rows.next()? {
        table.take(&cut, received, &mut joiner)?;
        joiner.reached(cut.end);
    }
    joiner.reached(rows.offset());
    joiner.finish()
}

/// Whether the first line of a file is a header of the profile.
pub(super) fn looks_like_profile(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let line = bytes.split(|b| matches!(b, b'\n' | b'\r')).next().unwrap_or(bytes);
    let Some(line) = line.get(..line.len().min(32 * 1024)) else {
        return false;
    };
    let separator = row::separator(line);
    let words = line.split(|b| *b == separator);
    let known = words
        .filter(|word| std::str::from_utf8(word).is_ok_and(|word| Field::of_heading(word.trim_matches('"')).is_some()));
    known.take(2).count() == 2
}

/// A text as UTF-8 or, where it is none or the mapping says so, as ISO 8859-1; control characters but line ends gone.
pub(super) fn decoded(bytes: &[u8], charset: Option<Charset>) -> Cow<'_, str> {
    let latin = || bytes.iter().map(|b| char::from(*b)).collect::<String>();
    let text = match (charset, std::str::from_utf8(bytes)) {
        (None | Some(Charset::Utf8), Ok(text)) => Cow::Borrowed(text),
        _ => Cow::Owned(latin()),
    };
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if text.contains(control) {
        Cow::Owned(text.replace(control, ""))
    } else {
        text
    }
}

/// A table whose header has been read.
struct Table<'m> {
    /// The header as it stands in the file: without it a row means nothing.
    header: Vec<u8>,
    mapping: Cow<'m, Mapping>,
    columns: HashMap<String, usize>,
    width: usize,
    doubts: Vec<(&'static str, Severity, usize)>,
}

impl<'m> Table<'m> {
    fn new(raw: Vec<u8>, header: &[Vec<u8>], mapping: &'m Mapping) -> Self {
        let mut doubts = Vec::new();
        let headings: Vec<String> = header
            .iter()
            .map(|cell| decoded(cell, mapping.charset).trim().to_owned())
            .collect();
        let mut columns = HashMap::new();
        for (at, heading) in headings.iter().enumerate().filter(|(_, heading)| !heading.is_empty()) {
            if columns.insert(heading.clone(), at).is_some() {
                doubts.push(("csv.column_twice", Severity::Error, at + 1));
            }
        }
        let mapping = if mapping.is_profile() {
            Cow::Owned(Mapping::of_headings(&headings))
        } else {
            Cow::Borrowed(mapping)
        };
        let unused = if mapping.is_profile() {
            Severity::Error
        } else {
            Severity::Info
        };
        for (at, heading) in headings.iter().enumerate() {
            if !mapping.reads(heading) {
                doubts.push(("csv.column_unknown", unused, at + 1));
            }
        }
        for _ in mapping.columns_wanted().filter(|wanted| !columns.contains_key(*wanted)) {
            doubts.push(("csv.column_missing", Severity::Error, 0));
        }
        Self {
            header: raw,
            mapping,
            columns,
            width: headings.len(),
            doubts,
        }
    }

    /// Whether a row can name a flight at all.
    fn is_of_flights(&self) -> bool {
        [Field::Carrier, Field::Number]
            .into_iter()
            .all(|field| self.mapping.gives(field, &|column| self.columns.contains_key(column)))
    }

    fn take<E>(&self, cut: &Cut<'_>, received: Timestamp, joiner: &mut Joiner<'_, E>) -> Result<(), E> {
        let position = cut.position;
        let raw: [&[u8]; 3] = [&self.header, b"\n", cut.bytes];
        if let Some(rule) = cut.broken {
            return joiner.lose(rule, position, &raw);
        }
        let Ok(cells) = cells(cut) else {
            return joiner.lose("syntax.csv", position, &raw);
        };
        if cells.iter().all(|cell| super::edifact::is_blank(cell)) {
            return Ok(());
        }
        if cells.len() > self.width {
            return joiner.lose("csv.width", position, &raw);
        }
        if cells.len() < self.width {
            joiner.note("csv.width", Severity::Warning, position);
        }
        let foreign = cells.iter().any(|cell| std::str::from_utf8(cell).is_err());
        if foreign && self.mapping.charset.is_none() {
            joiner.note("syntax.charset", Severity::Info, position);
        }
        let charset = self.mapping.charset;
        let cell = |column: &str| {
            let cell = cells.get(*self.columns.get(column)?)?;
            Some(decoded(cell, charset).into_owned())
        };
        match self.mapping.line(&cell, received.date()) {
            None => joiner.note("mapping.skipped", Severity::Info, position),
            Some((line, doubts)) => {
                for (rule, column) in doubts {
                    let column = self.columns.get(column).map_or(0, |column| column + 1);
                    joiner.note(rule, Severity::Warning, at(position, column));
                }
                joiner.take(line, position, &raw)?;
            }
        }
        Ok(())
    }
}

/// A place in a row: the column, from 1, as the segment.
const fn at(position: Position, column: usize) -> Position {
    Position {
        segment: column,
        ..position
    }
}

/// The cells of one row, quotes undone.
fn cells(cut: &Cut<'_>) -> Result<Vec<Vec<u8>>, ()> {
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(cut.separator)
        .from_reader(cut.bytes);
    let mut record = ::csv::ByteRecord::new();
    reader.read_byte_record(&mut record).map_err(drop)?;
    if record.len() > COLUMNS {
        return Err(());
    }
    Ok(record.iter().map(<[u8]>::to_vec).collect())
}

#[cfg(test)]
mod tests;
