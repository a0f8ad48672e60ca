//! Cuts the elements out of a JSON array, or the objects out of a file of several, without holding the file.

use crate::ingest::finding::Position;
use std::io::{self, BufRead};
use zeroize::Zeroizing;

/// Largest element that is read: the manifest of one flight.
const ELEMENT_BYTES: usize = 16 * 1024 * 1024;

/// Deepest nesting that is read.
const DEPTH: usize = 32;

/// One element as it stands in the file.
pub(super) struct Cut {
    /// Its bytes.
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// Where it begins; the message is its ordinal, from 1.
    pub(super) position: Position,
    /// The rule it breaks, if it cannot be read.
    pub(super) broken: Option<&'static str>,
    /// The offset after it.
    pub(super) end: usize,
}

/// The elements of a file.
pub(super) struct Elements<'i> {
    input: &'i mut dyn BufRead,
    offset: usize,
    ordinal: usize,
    /// The file is one array, whose brackets are passed over.
    within_array: bool,
}

/// How far an element has been read.
#[derive(Default)]
struct Progress {
    depth: usize,
    quoted: bool,
    escaped: bool,
    deepest: usize,
}

impl<'i> Elements<'i> {
    pub(super) fn new(input: &'i mut dyn BufRead) -> Self {
        Self {
            input,
            offset: 0,
            ordinal: 0,
            within_array: false,
        }
    }

    /// How far the file has been read.
    pub(super) const fn offset(&self) -> usize {
        self.offset
    }

    /// The next element; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Cut>> {
        let Some(first) = self.skip()? else { return Ok(None) };
        self.ordinal += 1;
        let position = Position {
            offset: self.offset,
            message: self.ordinal,
            segment: 0,
        };
        let mut bytes = Zeroizing::new(Vec::new());
        let mut progress = Progress::default();
        let mut length = 0_usize;
        let mut ended = false;
        while !ended {
            let block = self.input.fill_buf()?;
            if block.is_empty() {
                break;
            }
            let taken = block.iter().position(|byte| {
                ended = progress.ends(*byte);
                ended
            });
            let taken = taken.map_or(block.len(), |at| at + 1);
            if length + taken <= ELEMENT_BYTES && progress.deepest <= DEPTH {
                bytes.extend_from_slice(block.get(..taken).unwrap_or(block));
            }
            length += taken;
            self.input.consume(taken);
        }
        self.offset += length;
        let broken = match () {
            () if length > ELEMENT_BYTES => Some("limit.element"),
            () if progress.deepest > DEPTH => Some("limit.depth"),
            () if !ended || !matches!(first, b'{' | b'[') => Some("syntax.json"),
            () => None,
        };
        Ok(Some(Cut {
            bytes,
            position,
            broken,
            end: self.offset,
        }))
    }

    /// Passes over what stands between elements, and the bracket that opens the array.
    fn skip(&mut self) -> io::Result<Option<u8>> {
        loop {
            let block = self.input.fill_buf()?;
            let Some(byte) = block.first().copied() else {
                return Ok(None);
            };
            match byte {
                b'[' if self.ordinal == 0 && !self.within_array => self.within_array = true,
                b']' if self.within_array => {}
                b',' | 0xEF | 0xBB | 0xBF => {}
                byte if byte.is_ascii_whitespace() => {}
                byte => return Ok(Some(byte)),
            }
            self.input.consume(1);
            self.offset += 1;
        }
    }
}

impl Progress {
    /// Whether an element ends with this byte: its outermost bracket closes, or a bare word meets a line end.
    fn ends(&mut self, byte: u8) -> bool {
        if self.escaped {
            self.escaped = false;
        } else if self.quoted {
            match byte {
                b'\\' => self.escaped = true,
                b'"' => self.quoted = false,
                _ => {}
            }
        } else {
            match byte {
                b'"' => self.quoted = true,
                b'{' | b'[' => {
                    self.depth += 1;
                    self.deepest = self.deepest.max(self.depth);
                }
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    return self.depth == 0;
                }
                b'\n' | b',' => return self.depth == 0,
                _ => {}
            }
        }
        false
    }
}
