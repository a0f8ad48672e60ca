//! The write-ahead log: the one place where an entry becomes true.
//!
//! Segments are filled with zeros before use, so that a commit is one write and
//! one `fdatasync` and changes no metadata. A frame is a group of entries:
//!
//! ```text
//! segment = "PIUXWAL1" || u64 number || u64 first entry || previous frame hash (32)
//!           || SHA-256(origin) (32) || u32 crc32c
//! frame   = "PXF1" || u64 first entry || u32 entries || u32 payload bytes
//!           || previous frame hash (32) || payload || u32 crc32c
//! payload = (u32 length || leaf || u32 length || sealed detail)*
//! ```
//! Integers are big-endian; a frame's hash is the SHA-256 of all its bytes.

mod frame;

pub(super) use frame::Item;

use super::{LedgerError, Options, layout};
use frame::{Frame, HEADER, SegmentHead};
use piux_protocol::vocabulary::{Digest, sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

static ZEROS: [u8; 1 << 16] = [0; 1 << 16];

/// The log, open at its end.
#[derive(Debug)]
pub(super) struct Wal {
    dir: PathBuf,
    options: Options,
    origin: Digest,
    segment: Option<Segment>,
    /// Number of the segment in use, 0 before the first.
    number: u64,
    /// Index of the next entry.
    next: u64,
    /// Hash of the last frame.
    previous: Digest,
    /// Bytes of all segments.
    total: u64,
    /// What an unfinished write left, to be removed once the log is found to be whole.
    unfinished: Option<Unfinished>,
}

#[derive(Debug)]
enum Unfinished {
    /// Bytes after the last sound frame, or a segment cut short.
    Tail { offset: u64, length: u64 },
    /// A segment whose head was never finished.
    Unborn { number: u64 },
}

#[derive(Debug)]
struct Segment {
    file: File,
    offset: u64,
    length: u64,
}

impl Wal {
    /// Reads every entry in order and stands at the end; changes nothing on disk.
    pub(super) fn scan(
        dir: &Path,
        origin: &str,
        options: Options,
        visit: &mut dyn FnMut(u64, Item) -> Result<(), LedgerError>,
    ) -> Result<Self, LedgerError> {
        let dir = layout::wal_dir(dir);
        fs::create_dir_all(&dir)?;
        let mut wal = Self {
            dir,
            options,
            origin: sha256(origin),
            segment: None,
            number: 0,
            next: 0,
            previous: Digest([0; 32]),
            total: 0,
            unfinished: None,
        };
        while wal.unfinished.is_none() && wal.path(wal.number + 1).exists() {
            wal.scan_segment(visit)?;
        }
        wal.refuse_gap()?;
        Ok(wal)
    }

    /// Removes what an unfinished write left, and opens the log for appending; the bytes removed.
    pub(super) fn settle(&mut self) -> Result<u64, LedgerError> {
        let removed = match self.unfinished.take() {
            None => 0,
            Some(Unfinished::Unborn { number }) => {
                let removed = fs::metadata(self.path(number))?.len();
                fs::remove_file(self.path(number))?;
                layout::sync_dir(&self.dir)?;
                removed
            }
            Some(Unfinished::Tail { offset, length }) => {
                let mut file = OpenOptions::new().write(true).open(self.path(self.number))?;
                fill_with_zeros(&mut file, offset, length)?;
                file.sync_all()?;
                length - offset
            }
        };
        Ok(removed)
    }

    /// Appends one frame; durable when it returns. After an error the log must not be used again.
    pub(super) fn append(&mut self, items: &[Item]) -> Result<(), LedgerError> {
        let frame = Frame::encode(self.next, &self.previous, items)?;
        let room = self
            .segment
            .as_ref()
            .map_or(0, |segment| segment.length - segment.offset);
        if room < frame.len() as u64 {
            self.open_next_segment()?;
        }
        let segment = self.segment.as_mut().ok_or(LedgerError::Unwritable)?;
        segment.file.seek(SeekFrom::Start(segment.offset))?;
        segment.file.write_all(&frame)?;
        segment.file.sync_data()?;
        segment.offset += frame.len() as u64;
        self.next += items.len() as u64;
        self.previous = sha256(&frame);
        Ok(())
    }

    /// The most bytes of payload one frame can carry.
    pub(super) const fn payload_max(&self) -> usize {
        // A segment is far smaller than 2^32 bytes.
        (self.options.segment_bytes as usize).saturating_sub(SegmentHead::LENGTH + HEADER + 4)
    }

    fn path(&self, number: u64) -> PathBuf {
        self.dir.join(format!("{number:08}.wal"))
    }

    fn open_next_segment(&mut self) -> Result<(), LedgerError> {
        let length = self.options.segment_bytes;
        if self
            .options
            .capacity_bytes
            .is_some_and(|capacity| self.total + length > capacity)
        {
            return Err(io::Error::from(io::ErrorKind::StorageFull).into());
        }
        let number = self.number + 1;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(self.path(number))?;
        let head = SegmentHead {
            number,
            first: self.next,
            previous: self.previous,
            origin: self.origin,
        };
        file.write_all(&head.encode())?;
        fill_with_zeros(&mut file, SegmentHead::LENGTH as u64, length)?;
        file.sync_all()?;
        layout::sync_dir(&self.dir)?;
        self.number = number;
        self.total += length;
        self.segment = Some(Segment {
            file,
            offset: SegmentHead::LENGTH as u64,
            length,
        });
        Ok(())
    }

    fn scan_segment(&mut self, visit: &mut dyn FnMut(u64, Item) -> Result<(), LedgerError>) -> Result<(), LedgerError> {
        let number = self.number + 1;
        let bytes = fs::read(self.path(number))?;
        let Some(head) = SegmentHead::decode(&bytes) else {
            return self.note_unborn_segment(number, &bytes);
        };
        if head.origin != self.origin {
            return Err(LedgerError::Identity);
        }
        if (head.number, head.first, head.previous) != (number, self.next, self.previous) {
            return Err(LedgerError::Corrupt {
                segment: number,
                offset: 0,
            });
        }
        let mut offset = SegmentHead::LENGTH;
        while let Some(frame) = Frame::decode(bytes.get(offset..).unwrap_or_default()) {
            if frame.first != self.next || frame.previous != self.previous {
                return Err(LedgerError::Corrupt {
                    segment: number,
                    offset: offset as u64,
                });
            }
            for item in frame.items {
                visit(self.next, item)?;
                self.next += 1;
            }
            self.previous = frame.hash;
            offset += frame.length;
        }
        self.end_segment(number, &bytes, offset)
    }

    /// Stands at the end of a segment's sound frames; what follows must be nothing, or one torn write.
    fn end_segment(&mut self, number: u64, bytes: &[u8], offset: usize) -> Result<(), LedgerError> {
        let rest = bytes.get(offset..).unwrap_or_default();
        let torn = rest.iter().any(|byte| *byte != 0);
        let offset = offset as u64;
        if torn && (Frame::any_in(rest) || self.path(number + 1).exists()) {
            return Err(LedgerError::Corrupt {
                segment: number,
                offset,
            });
        }
        let file = OpenOptions::new().read(true).write(true).open(self.path(number))?;
        let length = (bytes.len() as u64).max(self.options.segment_bytes);
        if torn || length > bytes.len() as u64 {
            self.unfinished = Some(Unfinished::Tail { offset, length });
        }
        self.number = number;
        self.total += length;
        self.segment = Some(Segment { file, offset, length });
        Ok(())
    }

    /// A segment whose head was never finished has no entry, and is made anew; anything else is damage.
    fn note_unborn_segment(&mut self, number: u64, bytes: &[u8]) -> Result<(), LedgerError> {
        if Frame::any_in(bytes) || self.path(number + 1).exists() {
            return Err(LedgerError::Corrupt {
                segment: number,
                offset: 0,
            });
        }
        self.unfinished = Some(Unfinished::Unborn { number });
        Ok(())
    }

    /// A segment beyond the last one found means that one between is missing.
    fn refuse_gap(&self) -> Result<(), LedgerError> {
        for file in fs::read_dir(&self.dir)? {
            let name = file?.file_name();
            let number = name
                .to_str()
                .and_then(|name| name.strip_suffix(".wal"))
                .and_then(|name| name.parse().ok());
            let unborn =
                matches!(self.unfinished, Some(Unfinished::Unborn { number: unborn }) if number == Some(unborn));
            if !unborn && number.is_some_and(|number: u64| number > self.number) {
                return Err(LedgerError::Corrupt {
                    segment: self.number + 1,
                    offset: 0,
                });
            }
        }
        Ok(())
    }
}

fn fill_with_zeros(file: &mut File, from: u64, to: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(from))?;
    let mut left = to.saturating_sub(from);
    while left > 0 {
        let part = ZEROS.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        file.write_all(ZEROS.get(..part).unwrap_or(&ZEROS))?;
        left -= part as u64;
    }
    Ok(())
}
