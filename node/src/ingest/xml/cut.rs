//! Cuts `PNR` elements out of a file without holding it: markup is told from text, nothing more.
//!
//! Where markup is broken the PNR it stands in is lost; the next `<PNR` is read again.

use crate::ingest::finding::Position;
use crate::ingest::mapping::Charset;
use std::io::{self, BufRead};
use zeroize::Zeroizing;

/// Longest tag, comment or declaration that is read.
const MARKUP_BYTES: usize = 64 * 1024;

/// Largest PNR that is read.
const PNR_BYTES: usize = 1024 * 1024;

/// Most that is held of what stands before the first PNR.
const HEAD_BYTES: usize = 256 * 1024;

/// Deepest nesting that is read, the root being 1.
pub(super) const DEPTH: usize = 32;

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// All that stands before the first PNR.
    Head,
    /// One PNR.
    Pnr,
    /// A document type definition: refused, and nothing after it is read.
    Doctype,
}

/// A part of the file that is read on its own.
pub(super) struct Unit {
    pub(super) what: What,
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// Where it begins; the message is the ordinal of the PNR.
    pub(super) position: Position,
    /// Passengers counted in it by their tags.
    pub(super) passengers: usize,
    /// The rule it breaks, if it cannot be read.
    pub(super) broken: Option<&'static str>,
    /// The character set the file declares, if it is not UTF-8.
    pub(super) charset: Option<Charset>,
    /// The offset after it.
    pub(super) end: usize,
}

/// The units of a file.
pub(super) struct Units<'i> {
    input: &'i mut dyn BufRead,
    offset: usize,
    ordinal: usize,
    charset: Option<Charset>,
    /// A PNR has begun: its tag has been read already.
    begun: Option<Piece>,
    headed: bool,
    ended: bool,
}

/// A piece of markup, or the text before one.
struct Piece {
    bytes: Zeroizing<Vec<u8>>,
    offset: usize,
    sort: Sort,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Text,
    Open,
    Empty,
    Close,
    /// A comment or processing instruction.
    Remark,
    Data,
    Doctype,
    /// Markup that does not end where it must.
    Broken(&'static str),
}

impl<'i> Units<'i> {
    pub(super) fn new(input: &'i mut dyn BufRead) -> Self {
        Self {
            input,
            offset: 0,
            ordinal: 0,
            charset: None,
            begun: None,
            headed: false,
            ended: false,
        }
    }

    /// How far the file has been read.
    pub(super) const fn offset(&self) -> usize {
        self.offset
    }

    /// The next unit; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Unit>> {
        if !self.headed {
            self.headed = true;
            return self.head().map(Some);
        }
        while !self.ended {
            let piece = match self.begun.take() {
                Some(piece) => piece,
                None => match self.piece()? {
                    Some(piece) => piece,
                    None => return Ok(None),
                },
            };
            match piece.sort {
                Sort::Doctype => return Ok(Some(self.doctype(piece.offset))),
                Sort::Open if piece.is_named(b"pnr") => return self.pnr(piece).map(Some),
                Sort::Empty if piece.is_named(b"pnr") => {
                    let mut unit = self.begin(piece.offset);
                    unit.bytes.extend_from_slice(&piece.bytes);
                    return Ok(Some(unit));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// Everything up to the first PNR.
    fn head(&mut self) -> io::Result<Unit> {
        let mut unit = Unit {
            what: What::Head,
            bytes: Zeroizing::new(Vec::new()),
            position: Position::default(),
            passengers: 0,
            broken: None,
            charset: None,
            end: 0,
        };
        while let Some(piece) = self.piece()? {
            match piece.sort {
                Sort::Doctype => return Ok(self.doctype(piece.offset)),
                Sort::Open | Sort::Empty if piece.is_named(b"pnr") => {
                    self.begun = Some(piece);
                    break;
                }
                Sort::Remark => self.declaration(&piece.bytes),
                Sort::Broken(_) => {}
                _ if unit.bytes.len() + piece.bytes.len() <= HEAD_BYTES => unit.bytes.extend_from_slice(&piece.bytes),
                _ => {}
            }
        }
        unit.charset = self.charset;
        Ok(unit)
    }

    /// A whole PNR, or as much of it as there is.
    fn pnr(&mut self, first: Piece) -> io::Result<Unit> {
        let mut unit = self.begin(first.offset);
        unit.bytes.extend_from_slice(&first.bytes);
        let mut depth = 1;
        while depth > 0 {
            let Some(piece) = self.piece()? else {
                unit.lose("structure.end");
                break;
            };
            match piece.sort {
                Sort::Open | Sort::Empty if piece.is_named(b"pnr") => {
                    unit.lose("structure.nested");
                    unit.end = piece.offset;
                    self.begun = Some(piece);
                    return Ok(unit);
                }
                Sort::Close if piece.is_named(b"pnr") => depth = 0,
                Sort::Doctype => {
                    unit.lose("xml.doctype");
                    self.ended = true;
                    break;
                }
                Sort::Open => depth += 1,
                Sort::Close => depth = (depth - 1).max(1),
                Sort::Broken(rule) => unit.lose(rule),
                Sort::Text | Sort::Empty | Sort::Remark | Sort::Data => {}
            }
            if matches!(piece.sort, Sort::Open | Sort::Empty) && piece.is_named(b"passenger") {
                unit.passengers += 1;
            }
            if depth > DEPTH {
                unit.lose("limit.depth");
            } else if unit.bytes.len() + piece.bytes.len() > PNR_BYTES {
                unit.lose("limit.pnr");
            }
            if unit.broken.is_none() && piece.sort != Sort::Remark {
                unit.bytes.extend_from_slice(&piece.bytes);
            }
        }
        unit.end = self.offset;
        Ok(unit)
    }

    fn begin(&mut self, offset: usize) -> Unit {
        self.ordinal += 1;
        Unit {
            what: What::Pnr,
            bytes: Zeroizing::new(Vec::new()),
            position: Position {
                offset,
                message: self.ordinal,
                segment: 0,
            },
            passengers: 0,
            broken: None,
            charset: self.charset,
            end: self.offset,
        }
    }

    fn doctype(&mut self, offset: usize) -> Unit {
        self.ended = true;
        Unit {
            what: What::Doctype,
            broken: Some("xml.doctype"),
            position: Position {
                offset,
                message: self.ordinal,
                segment: 0,
            },
            bytes: Zeroizing::new(Vec::new()),
            passengers: 0,
            charset: None,
            end: self.offset,
        }
    }

    /// Notes the character set of an XML declaration.
    fn declaration(&mut self, remark: &[u8]) {
        let text = remark.to_ascii_lowercase();
        let says = |charset: &[u8]| text.windows(charset.len()).any(|window| window == charset);
        if text.starts_with(b"<?xml") && (says(b"iso-8859-1") || says(b"windows-1252")) {
            self.charset = Some(Charset::Latin1);
        }
    }

    /// The next piece of markup, or the text before it.
    fn piece(&mut self) -> io::Result<Option<Piece>> {
        let offset = self.offset;
        let mut scan = Scan::default();
        let mut bytes = Zeroizing::new(Vec::new());
        while !scan.ended {
            let block = self.input.fill_buf()?;
            if block.is_empty() {
                break;
            }
            let taken = block
                .iter()
                .position(|byte| !scan.goes_on(*byte))
                .unwrap_or(block.len());
            let room = MARKUP_BYTES.saturating_sub(bytes.len());
            bytes.extend_from_slice(block.get(..taken.min(room)).unwrap_or_default());
            self.input.consume(taken);
            self.offset += taken;
            if scan.length > MARKUP_BYTES {
                scan.ended = true;
            }
        }
        let sort = scan.sort(&bytes);
        Ok((scan.length > 0).then_some(Piece { bytes, offset, sort }))
    }
}

impl Unit {
    /// The first rule that is broken is the one that is told. No more of the unit is held from here on.
    fn lose(&mut self, rule: &'static str) {
        self.broken = self.broken.or(Some(rule));
    }
}

impl Piece {
    /// Whether it is a tag of this local name, small letters.
    fn is_named(&self, name: &[u8]) -> bool {
        let tag = self.bytes.strip_prefix(b"<").unwrap_or(&self.bytes);
        let tag = tag.strip_prefix(b"/").unwrap_or(tag);
        let end = tag
            .iter()
            .position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'));
        let qualified = tag.get(..end.unwrap_or(tag.len())).unwrap_or(tag);
        let local = qualified.rsplit(|b| *b == b':').next().unwrap_or(qualified);
        local.eq_ignore_ascii_case(name)
    }
}

/// How far a piece has been read.
#[derive(Default)]
struct Scan {
    length: usize,
    ended: bool,
    markup: bool,
    quote: Option<u8>,
    /// The last three bytes, the latest last.
    last: [u8; 3],
    /// The first bytes, which tell the sort of markup.
    first: [u8; 4],
    /// A `<` stands where a tag has not ended.
    broken: bool,
}

impl Scan {
    /// Takes a byte; false if it belongs to the next piece.
    fn goes_on(&mut self, byte: u8) -> bool {
        if self.ended || self.length > MARKUP_BYTES {
            return false;
        }
        if self.length == 0 {
            self.markup = byte == b'<';
        } else if byte == b'<' && (!self.markup || self.is_tag()) {
            self.broken = self.markup;
            self.ended = true;
            return false;
        }
        if let Some(first) = self.first.get_mut(self.length) {
            *first = byte;
        }
        let [_, before, last] = self.last;
        self.last = [before, last, byte];
        self.length += 1;
        if self.markup {
            self.ended = self.closes(byte);
        }
        true
    }

    fn closes(&mut self, byte: u8) -> bool {
        match self.first {
            [_, b'!', b'-', b'-'] => self.length >= 7 && self.last == *b"-->",
            [_, b'!', b'[', _] => self.last == *b"]]>",
            // Enough to refuse it.
            [_, b'!', b'D' | b'd', _] => true,
            [_, b'!', 0, _] | [_, b'!', b'-', 0] => false,
            [_, b'!', ..] => byte == b'>',
            [_, b'?', ..] => self.last.ends_with(b"?>"),
            _ => self.tag_closes(byte),
        }
    }

    fn tag_closes(&mut self, byte: u8) -> bool {
        match (self.quote, byte) {
            (Some(quote), _) if quote == byte => self.quote = None,
            (None, b'"' | b'\'') => self.quote = Some(byte),
            (None, b'>') => return true,
            _ => {}
        }
        false
    }

    const fn is_tag(&self) -> bool {
        !matches!(self.first, [_, b'!' | b'?', ..])
    }

    fn sort(&self, bytes: &[u8]) -> Sort {
        if !self.markup {
            return Sort::Text;
        }
        if self.length > MARKUP_BYTES {
            return Sort::Broken("limit.markup");
        }
        match self.first {
            [_, b'!', b'D' | b'd', _] => Sort::Doctype,
            _ if self.broken || !self.ended => Sort::Broken("syntax.xml"),
            [_, b'!', b'-', _] | [_, b'?', ..] => Sort::Remark,
            [_, b'!', b'[', _] => Sort::Data,
            [_, b'!', ..] => Sort::Broken("syntax.xml"),
            [_, b'/', ..] => Sort::Close,
            _ if bytes.ends_with(b"/>") => Sort::Empty,
            _ => Sort::Open,
        }
    }
}
