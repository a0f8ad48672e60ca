//! The segment log: accepted records and their index rows, sealed, in files beside
//! the database, from which the database can be made anew.
//!
//! `DIR/records/segment-N.log`, where N is the number of its first entry. An entry
//! is `"PXSG" || u64 number || u32 length || check 8 || changes`; the check is the
//! start of SHA-256 over number, length and changes. An entry is synced before the
//! database sees it. A file is never appended to after a restart, so an unfinished
//! entry can only be the last of its file. Values are the sealed ones of the
//! database: when a day's keys are destroyed its entries are noise here too.

use super::StoreError;
use super::engine::Change;
use piux_protocol::vocabulary::sha256;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 4] = b"PXSG";
const HEAD: usize = 4 + 8 + 4 + 8;
const FULL: u64 = 64 * 1024 * 1024;

/// Appends; owned by the storage thread.
pub(super) struct SegmentLog {
    dir: PathBuf,
    next: u64,
    current: Option<(File, u64)>,
}

impl SegmentLog {
    /// Makes the folder if needed; the next entry gets the number after `last`.
    pub(super) fn open(dir: &Path, last: u64) -> Result<Self, StoreError> {
        let dir = folder(dir);
        fs::create_dir_all(&dir).map_err(StoreError::io("make the folder of the segment log"))?;
        Ok(Self {
            dir,
            next: last + 1,
            current: None,
        })
    }

    /// Writes one entry and returns its number when it is on the disk.
    pub(super) fn append(&mut self, changes: &[&Change]) -> Result<u64, StoreError> {
        let number = self.next;
        let entry = encode_entry(number, changes);
        let failed = StoreError::io("write the segment log");
        let (mut file, size) = match self.current.take() {
            Some((file, size)) if size < FULL => (file, size),
            _ => (self.start(number).map_err(&failed)?, 0),
        };
        file.write_all(&entry)
            .and_then(|()| file.sync_data())
            .map_err(&failed)?;
        self.current = Some((file, size + entry.len() as u64));
        self.next += 1;
        Ok(number)
    }

    /// A file of this name can only hold an entry that was never finished.
    fn start(&self, number: u64) -> std::io::Result<File> {
        let path = self.dir.join(format!("segment-{number:020}.log"));
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
        File::open(&self.dir)?.sync_all()?;
        Ok(file)
    }
}

/// Calls `visit` for every entry numbered above `after`, in order, and returns the last number.
pub(super) fn read_after(
    dir: &Path,
    after: u64,
    mut visit: impl FnMut(u64, Vec<Change>) -> Result<(), StoreError>,
) -> Result<u64, StoreError> {
    let segments = segments(dir)?;
    let starts: Vec<u64> = segments
        .iter()
        .skip(1)
        .map(|(first, _)| *first)
        .chain([u64::MAX])
        .collect();
    let mut last = None;
    for ((first, path), next_start) in segments.iter().zip(starts) {
        if next_start <= after.saturating_add(1) {
            continue;
        }
        let bytes = fs::read(path).map_err(StoreError::io("read the segment log"))?;
        // The oldest file may start anywhere: older ones were pruned.
        let mut known = last.unwrap_or(first.saturating_sub(1));
        for (number, changes) in entries(&bytes)? {
            if number != known + 1 {
                return Err(log_damaged("entries are missing"));
            }
            known = number;
            if number > after {
                visit(number, changes)?;
            }
        }
        last = Some(known);
    }
    Ok(last.unwrap_or(0))
}

/// Deletes the oldest files for as long as none of their days has a key left.
pub(super) fn prune(dir: &Path, is_gone: impl Fn(u32) -> bool) -> Result<usize, StoreError> {
    let mut segments = segments(dir)?;
    // The newest file is the one being written.
    segments.pop();
    let mut pruned = 0;
    for (_, path) in segments {
        let bytes = fs::read(&path).map_err(StoreError::io("read the segment log"))?;
        let mut days = entries(&bytes)?
            .into_iter()
            .flat_map(|(_, changes)| changes)
            .filter_map(|change| change.day);
        if !days.all(&is_gone) {
            break;
        }
        fs::remove_file(path).map_err(StoreError::io("prune the segment log"))?;
        pruned += 1;
    }
    Ok(pruned)
}

fn folder(dir: &Path) -> PathBuf {
    dir.join("records")
}

fn segments(dir: &Path) -> Result<Vec<(u64, PathBuf)>, StoreError> {
    let listing = match fs::read_dir(folder(dir)) {
        Ok(listing) => listing,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io("list the segment log")(error)),
    };
    let numbered = |path: PathBuf| {
        let name = path.file_name()?.to_str()?;
        let number = name.strip_prefix("segment-")?.strip_suffix(".log")?;
        Some((number.parse().ok()?, path))
    };
    let mut found: Vec<_> = listing.flatten().filter_map(|entry| numbered(entry.path())).collect();
    found.sort_unstable();
    Ok(found)
}

/// The entries of one file. Bytes after the last whole entry are one that was never
/// finished, unless another whole entry follows: then the file is damaged.
fn entries(mut bytes: &[u8]) -> Result<Vec<(u64, Vec<Change>)>, StoreError> {
    let mut found = Vec::new();
    while let Some((number, payload, rest)) = split_entry(bytes) {
        let changes = decode(payload).ok_or(log_damaged("an entry does not decode"))?;
        found.push((number, changes));
        bytes = rest;
    }
    let resumes = |at| split_entry(bytes.get(at..).unwrap_or_default()).is_some();
    if (1..bytes.len().saturating_sub(HEAD)).any(resumes) {
        return Err(log_damaged("an entry is spoilt"));
    }
    Ok(found)
}

fn encode_entry(number: u64, changes: &[&Change]) -> Vec<u8> {
    let payload: Vec<u8> = changes.iter().flat_map(|change| encode(change)).collect();
    let number = number.to_be_bytes();
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes();
    let check = check(&number, &length, &payload);
    [MAGIC.as_slice(), &number, &length, &check, &payload].concat()
}

fn split_entry(bytes: &[u8]) -> Option<(u64, &[u8], &[u8])> {
    let bytes = bytes.strip_prefix(MAGIC)?;
    let (number, bytes) = bytes.split_first_chunk::<8>()?;
    let (length, bytes) = bytes.split_first_chunk::<4>()?;
    let (sum, bytes) = bytes.split_first_chunk::<8>()?;
    let (payload, rest) = bytes.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    (*sum == check(number, length, payload)).then(|| (u64::from_be_bytes(*number), payload, rest))
}

fn check(number: &[u8], length: &[u8], payload: &[u8]) -> [u8; 8] {
    let digest = sha256([number, length, payload].concat());
    digest.0.first_chunk().copied().unwrap_or_default()
}

/// `u32 day || u16 length || key || (0 | 1 || u32 length || value)`
fn encode(change: &Change) -> Vec<u8> {
    let mut out = change.day.unwrap_or(0).to_be_bytes().to_vec();
    out.extend(u16::try_from(change.key.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend_from_slice(&change.key);
    match &change.value {
        None => out.push(0),
        Some(value) => {
            out.push(1);
            out.extend(u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes());
            out.extend_from_slice(value);
        }
    }
    out
}

fn decode(mut bytes: &[u8]) -> Option<Vec<Change>> {
    let mut changes = Vec::new();
    while !bytes.is_empty() {
        let (day, rest) = bytes.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (key, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        let (value, rest) = decode_value(rest)?;
        bytes = rest;
        changes.push(Change {
            day: Some(u32::from_be_bytes(*day)),
            key: key.to_vec(),
            value,
        });
    }
    Some(changes)
}

fn decode_value(bytes: &[u8]) -> Option<(Option<Vec<u8>>, &[u8])> {
    match bytes.split_first()? {
        (0, rest) => Some((None, rest)),
        (1, rest) => {
            let (length, rest) = rest.split_first_chunk::<4>()?;
            let (value, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
            Some((Some(value.to_vec()), rest))
        }
        _ => None,
    }
}

pub(super) const fn log_damaged(sign: &'static str) -> StoreError {
    StoreError::LogDamaged { sign }
}

#[cfg(test)]
mod tests;
