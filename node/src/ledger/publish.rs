//! From the write-ahead log to what others can read: tiles, bundles, details, checkpoints.

use super::{LedgerError, details, layout};
use piux_protocol::transparency::{
    Checkpoint, Note, NoteSigner, Shelf, TILE_WIDTH, Tile, Tree, encode_bundle, tile_bytes, tiles_between,
};
use std::collections::VecDeque;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Name of the checkpoint for our own eyes.
pub(super) const CHECKPOINT: &str = "checkpoint";
/// Name of the newest checkpoint that partners may see; its size is a multiple of [`TILE_WIDTH`].
pub(super) const PADDED: &str = "checkpoint.padded";
/// Name of the file with the log's public key, for convenience, never for trust.
pub(super) const VKEY: &str = "vkey";

/// Writes what the tree and the entries have grown by.
#[derive(Debug)]
pub(super) struct Publisher {
    dir: PathBuf,
    shard: PathBuf,
    signer: NoteSigner,
    /// Leaves that tiles and bundles already hold.
    written: u64,
    /// Entries from the start of the last unfinished bundle on.
    entries: VecDeque<Vec<u8>>,
    /// Detail lines not yet in their file, with their epoch reference.
    details: Vec<(String, Vec<u8>)>,
    /// Whether files are compared with what is there, as after a start.
    repairing: bool,
    repaired: u64,
}

impl Publisher {
    pub(super) fn new(dir: &Path, signer: NoteSigner) -> Self {
        Self {
            dir: dir.to_owned(),
            shard: layout::shard_dir(dir, signer.verifier().name()),
            signer,
            written: 0,
            entries: VecDeque::new(),
            details: Vec::new(),
            repairing: true,
            repaired: 0,
        }
    }

    pub(super) fn origin(&self) -> String {
        self.signer.verifier().name().to_owned()
    }

    /// Takes an entry that is durable in the write-ahead log.
    pub(super) fn push(&mut self, entry: Vec<u8>) {
        self.entries.push_back(entry);
    }

    /// Takes the sealed details of a durable entry.
    pub(super) fn push_detail(&mut self, ep: String, line: Vec<u8>) {
        self.details.push((ep, line));
    }

    /// Ends the comparison after a start; how many files had to be written anew.
    pub(super) fn end_repair(&mut self) -> u64 {
        self.repairing = false;
        std::mem::take(&mut self.repaired)
    }

    /// Writes the tiles, bundles and details of the first `size` entries, as far as they are new.
    pub(super) fn write(&mut self, tree: &Tree, size: u64) -> Result<(), LedgerError> {
        let base = self.written / TILE_WIDTH * TILE_WIDTH;
        for tile in tiles_between(self.written, size) {
            let bytes = match tile.shelf() {
                Shelf::Entries => self.bundle(&tile, base)?,
                Shelf::Hashes(_) => tile_bytes(tree, &tile).map_err(|_| LedgerError::Inconsistent)?,
            };
            self.put(&tile, &bytes)?;
        }
        self.written = size;
        let done = usize::try_from(size / TILE_WIDTH * TILE_WIDTH - base).unwrap_or(usize::MAX);
        self.entries.drain(..done.min(self.entries.len()));
        self.write_details()
    }

    /// Writes everything new, and a signed checkpoint of it under the given name.
    pub(super) fn publish(&mut self, tree: &Tree, name: &str) -> Result<Note, LedgerError> {
        self.write(tree, tree.size())?;
        let verifier = self.signer.verifier();
        let head = Checkpoint::new(verifier.name(), tree.size(), tree.root());
        let note = head.sign(&self.signer).map_err(|_| LedgerError::Identity)?;
        layout::replace(&self.shard.join(VKEY), format!("{verifier}\n").as_bytes(), false)?;
        layout::replace(&self.shard.join(name), note.to_string().as_bytes(), true)?;
        Ok(note)
    }

    fn bundle(&self, tile: &Tile, base: u64) -> Result<Vec<u8>, LedgerError> {
        let skip = usize::try_from(tile.index() * TILE_WIDTH - base).map_err(|_| LedgerError::Inconsistent)?;
        let width = usize::try_from(tile.width()).map_err(|_| LedgerError::Inconsistent)?;
        encode_bundle(self.entries.iter().skip(skip).take(width)).map_err(|_| LedgerError::TooLarge)
    }

    fn put(&mut self, tile: &Tile, bytes: &[u8]) -> Result<(), LedgerError> {
        let path = self.shard.join(tile.to_string());
        if self.repairing {
            match fs::read(&path) {
                Ok(found) if found == bytes => return Ok(()),
                Ok(_) => self.repaired += 1,
                Err(_) => {}
            }
        }
        layout::replace(&path, bytes, tile.is_full())?;
        self.forget_narrower(tile, &path);
        Ok(())
    }

    /// Narrower versions of a tile are superseded; a reader takes the wider one.
    fn forget_narrower(&self, tile: &Tile, path: &Path) {
        let partial = tile.with_width(1).map(|tile| self.shard.join(tile.to_string()));
        let Some(folder) = partial.as_deref().and_then(Path::parent) else {
            return;
        };
        // What cannot be removed does no harm: it is never trusted.
        if tile.is_full() {
            let _ = fs::remove_dir_all(folder);
            return;
        }
        for file in fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|file| file.path() != path)
        {
            let _ = fs::remove_file(file.path());
        }
    }

    fn write_details(&mut self) -> Result<(), LedgerError> {
        let lines = std::mem::take(&mut self.details);
        for same_file in lines.chunk_by(|(a, _), (b, _)| a.split('/').next() == b.split('/').next()) {
            let Some(path) = same_file.first().and_then(|(ep, _)| details::file_of(&self.dir, ep)) else {
                return Err(LedgerError::Inconsistent);
            };
            let text: Vec<u8> = same_file
                .iter()
                .flat_map(|(_, line)| line.iter().copied().chain([b'\n']))
                .collect();
            if self.repairing {
                self.repair_details(&path, &text)?;
            } else {
                append(&path, &text)?;
            }
        }
        Ok(())
    }

    /// While starting, lines arrive in pieces of an epoch; what the file lacks is added.
    fn repair_details(&mut self, path: &Path, text: &[u8]) -> Result<(), LedgerError> {
        let found = fs::read(path).unwrap_or_default();
        if found.windows(text.len()).any(|part| part == text) {
            return Ok(());
        }
        let mut lines: Vec<&[u8]> = found.split_inclusive(|byte| *byte == b'\n').collect();
        lines.retain(|line| line.ends_with(b"\n"));
        let missing = text
            .split_inclusive(|byte| *byte == b'\n')
            .filter(|line| !lines.contains(line));
        let missing: Vec<&[u8]> = missing.collect();
        lines.extend(missing);
        self.repaired += u64::from(!found.is_empty());
        Ok(layout::replace(path, &lines.concat(), true)?)
    }
}

fn append(path: &Path, text: &[u8]) -> Result<(), LedgerError> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    let mut file = fs::OpenOptions::new().create(true).append(true).open(path)?;
    Ok(file.write_all(text)?)
}
