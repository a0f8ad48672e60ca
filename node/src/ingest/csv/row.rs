//! Cuts rows out of a table: a line end within quotes ends no row, and a quote that is never closed
//! loses its own line only.

use crate::ingest::finding::Position;
use std::io::{self, BufRead};
use zeroize::Zeroize;

/// Longest row that is read.
pub(super) const ROW_BYTES: usize = 64 * 1024;

/// One row as it stands in the file.
pub(super) struct Cut<'r> {
    /// Its bytes, the line end left out.
    pub(super) bytes: &'r [u8],
    /// Where it begins; the message is the line, from 1.
    pub(super) position: Position,
    /// The rule it breaks, if it cannot be read.
    pub(super) broken: Option<&'static str>,
    /// The offset after it.
    pub(super) end: usize,
    /// What divides its cells.
    pub(super) separator: u8,
}

/// The rows of a table.
pub(super) struct Rows<'i> {
    input: &'i mut dyn BufRead,
    separator: Option<u8>,
    held: Vec<u8>,
    /// Bytes of `held` that have been given out.
    used: usize,
    offset: usize,
    line: usize,
    ended: bool,
}

/// Where a row ends in the bytes held.
enum End {
    /// After so many bytes, the line end among them.
    At(usize),
    /// Not within what is held.
    Open { quoted: bool },
}

impl<'i> Rows<'i> {
    pub(super) fn new(input: &'i mut dyn BufRead, separator: Option<u8>) -> Self {
        Self {
            input,
            separator,
            held: Vec::new(),
            used: 0,
            offset: 0,
            line: 1,
            ended: false,
        }
    }

    /// The offset after the last row.
    pub(super) const fn offset(&self) -> usize {
        self.offset
    }

    /// The separator; before the first row a comma.
    fn separator(&self) -> u8 {
        self.separator.unwrap_or(b',')
    }

    /// The next row that is not empty.
    pub(super) fn next(&mut self) -> io::Result<Option<Cut<'_>>> {
        loop {
            self.drop_used();
            if self.offset == 0 && self.separator.is_none() {
                self.begin()?;
            }
            let start = self.offset;
            let Some((length, broken)) = self.measure()? else {
                return Ok(None);
            };
            let position = Position {
                offset: start,
                message: self.line,
                segment: 0,
            };
            let row = self.held.get(..length).unwrap_or_default();
            self.line += row.iter().filter(|b| **b == b'\n').count();
            self.offset += length;
            self.used = length;
            if broken.is_some() || !row.iter().all(u8::is_ascii_whitespace) {
                let row = self.held.get(..length).unwrap_or_default();
                let row = row
                    .strip_prefix(b"\xEF\xBB\xBF")
                    .filter(|_| position.offset == 0)
                    .unwrap_or(row);
                let bytes = row.trim_ascii_end();
                // A row of tabs may end in empty cells.
                let bytes = if self.separator == Some(b'\t') {
                    trim_line_end(row)
                } else {
                    bytes
                };
                return Ok(Some(Cut {
                    bytes,
                    position,
                    broken,
                    end: self.offset,
                    separator: self.separator(),
                }));
            }
        }
    }

    /// Settles the separator by the first line.
    fn begin(&mut self) -> io::Result<()> {
        while !self.held.contains(&b'\n') && self.held.len() <= ROW_BYTES && self.fill()? {}
        let line = self.held.split(|b| *b == b'\n').next().unwrap_or_default();
        self.separator = Some(separator(line));
        Ok(())
    }

    /// The length of the next row; none at the end.
    fn measure(&mut self) -> io::Result<Option<(usize, Option<&'static str>)>> {
        loop {
            let end = end(&self.held, self.separator());
            match end {
                End::At(length) if length > ROW_BYTES => return Ok(Some((length, Some("limit.line")))),
                End::At(length) => return Ok(Some((length, None))),
                End::Open { quoted } if self.held.len() > ROW_BYTES => return self.overlong(quoted).map(Some),
                End::Open { quoted } if self.ended => {
                    let rest = self.held.len();
                    let broken = quoted.then(|| self.first_line());
                    let row = broken.map_or((rest, None), |length| (length, Some("syntax.csv")));
                    return Ok((rest > 0).then_some(row));
                }
                End::Open { .. } => {
                    self.ended = !self.fill()?;
                }
            }
        }
    }

    /// A row beyond the limit: of an open quote only the first line is lost, else all up to the line end.
    fn overlong(&mut self, quoted: bool) -> io::Result<(usize, Option<&'static str>)> {
        if quoted && self.held.contains(&b'\n') {
            return Ok((self.first_line(), Some("syntax.csv")));
        }
        while !self.held.contains(&b'\n') {
            self.offset += self.held.len();
            self.held.clear();
            if !self.fill()? {
                self.ended = true;
                break;
            }
        }
        Ok((self.first_line(), Some("limit.line")))
    }

    fn first_line(&self) -> usize {
        let end = self.held.iter().position(|b| *b == b'\n');
        end.map_or(self.held.len(), |at| at + 1)
    }

    fn fill(&mut self) -> io::Result<bool> {
        let block = self.input.fill_buf()?;
        let length = block.len();
        self.held.extend_from_slice(block);
        self.input.consume(length);
        Ok(length > 0)
    }

    fn drop_used(&mut self) {
        self.held.drain(..self.used.min(self.held.len()));
        self.used = 0;
    }
}

impl Drop for Rows<'_> {
    fn drop(&mut self) {
        self.held.zeroize();
    }
}

/// The separator a header uses most: comma, semicolon, tab or bar.
pub(super) fn separator(header: &[u8]) -> u8 {
    let count = |separator: &u8| header.iter().filter(|b| *b == separator).count();
    // The last of the most frequent wins, so the comma stands last.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

fn trim_line_end(row: &[u8]) -> &[u8] {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    row.strip_suffix(b"\r").unwrap_or(row)
}

/// Finds the end of the first row. A quote opens only at the start of a cell.
fn end(bytes: &[u8], separator: u8) -> End {
    let mut quoted = false;
    let mut fresh = true;
    let mut rest = bytes.iter().enumerate().peekable();
    while let Some((at, byte)) = rest.next() {
        match *byte {
            b'"' if quoted => {
                let doubled = rest.next_if(|(_, next)| **next == b'"').is_some();
                quoted = doubled;
            }
            b'"' if fresh => quoted = true,
            b'\n' if !quoted => return End::At(at + 1),
            _ => {}
        }
        fresh = !quoted && (*byte == separator || (fresh && bytes.starts_with(b"\xEF\xBB\xBF") && at < 3));
    }
    End::Open { quoted }
}
