//! Reading the published ledger: for people, for the restart of quotas, for proofs.
//!
//! Works beside a running node and without one. What is read is shown, not
//! vouched for; [`super::verify`] says whether it can be believed.

use super::entry::{Decision, Kind, OperationClass, Role};
use super::leaf::Leaf;
use super::publish::CHECKPOINT;
use super::{LedgerError, Stats, details, sentence};
use piux_protocol::transparency::detail::{DpoKeyPair, Group};
use piux_protocol::transparency::{
    Checkpoint, LogProof, Note, Shelf, TILE_WIDTH, Tile, TileNodes, decode_bundle, leaf_hash, prove_inclusion,
    verify_inclusion,
};
use piux_protocol::vocabulary::{AgreementId, Digest, Purpose, Salt, Timestamp, UnitId};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// One entry as it lies in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its place.
    pub index: u64,
    /// Its RFC 6962 hash.
    pub hash: Digest,
    /// The canonical bytes.
    pub bytes: Vec<u8>,
    /// The bytes as a leaf, if this version can read them.
    pub leaf: Option<Leaf>,
}

impl Line {
    fn new(index: u64, bytes: Vec<u8>) -> Self {
        Self {
            index,
            hash: leaf_hash(&bytes),
            leaf: Leaf::decode(&bytes),
            bytes,
        }
    }

    /// One English sentence for somebody who is no engineer.
    pub fn sentence(&self) -> String {
        self.leaf.as_ref().map_or_else(
            || "This entry was written by another version of the software and cannot be shown in words.".to_owned(),
            sentence::sentence,
        )
    }

    /// The entry as JSON, for `--json` output.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }
}

/// Which entries to list; what is `None` does not restrict.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Not before.
    pub from: Option<Timestamp>,
    /// Not at or after.
    pub until: Option<Timestamp>,
    /// With this unit.
    pub peer: Option<UnitId>,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// Of this class of operation.
    pub operation: Option<OperationClass>,
    /// For this purpose.
    pub purpose: Option<Purpose>,
    /// So decided.
    pub decision: Option<Decision>,
    /// In this role.
    pub role: Option<Role>,
    /// Under this agreement.
    pub agreement: Option<AgreementId>,
    /// Where this clause fired.
    pub clause: Option<String>,
    /// Only the newest so many.
    pub newest: Option<usize>,
    /// With the filling entries, which say nothing.
    pub with_padding: bool,
}

impl Filter {
    fn matches(&self, leaf: &Leaf) -> bool {
        fn same<T: PartialEq>(wanted: Option<&T>, found: Option<&T>) -> bool {
            wanted.is_none() || wanted == found
        }
        (self.with_padding || self.kind == Some(Kind::Pad) || leaf.k != Kind::Pad)
            && self.from.is_none_or(|from| leaf.t >= from)
            && self.until.is_none_or(|until| leaf.t < until)
            && same(self.peer.as_ref(), leaf.peer.as_ref())
            && same(self.kind.as_ref(), Some(&leaf.k))
            && same(self.operation.as_ref(), Some(&leaf.op))
            && same(self.purpose.as_ref(), leaf.pur.as_ref())
            && same(self.decision.as_ref(), leaf.dec.as_ref())
            && same(self.role.as_ref(), Some(&leaf.role))
            && same(self.agreement.as_ref(), leaf.agr.as_ref())
            && self
                .clause
                .as_ref()
                .is_none_or(|clause| leaf.cl.iter().any(|fired| fired.as_ref() == clause))
    }
}

/// One entry, named by its place or by its `sid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selector {
    /// The place in the log.
    Index(u64),
    /// The entry's own random name.
    Sid(Salt),
}

impl FromStr for Selector {
    type Err = LedgerError;
    fn from_str(text: &str) -> Result<Self, LedgerError> {
        let index = text.parse().map(Self::Index);
        index
            .or_else(|_| text.parse().map(Self::Sid))
            .map_err(|_| LedgerError::NotFound)
    }
}

/// A view of the published ledger up to one checkpoint.
#[derive(Debug)]
pub struct Reader {
    dir: PathBuf,
    shard: PathBuf,
    note: Note,
    head: Checkpoint,
}

impl Reader {
    /// Opens the newest shard of the ledger in `dir`; takes no lock and writes nothing.
    pub fn open(dir: &Path) -> Result<Self, LedgerError> {
        let shard = newest_shard(dir)?;
        let text = fs::read_to_string(shard.join(CHECKPOINT)).map_err(|_| LedgerError::Damaged("the checkpoint"))?;
        let note: Note = text.parse().map_err(|_| LedgerError::Damaged("the checkpoint"))?;
        let head = note
            .text()
            .parse()
            .map_err(|_| LedgerError::Damaged("the checkpoint"))?;
        Ok(Self {
            dir: dir.to_owned(),
            shard,
            note,
            head,
        })
    }

    /// The head this view ends at, not verified.
    pub const fn head(&self) -> &Checkpoint {
        &self.head
    }

    /// The signed head this view ends at.
    pub const fn note(&self) -> &Note {
        &self.note
    }

    pub(super) fn shard(&self) -> &Path {
        &self.shard
    }

    /// Every entry, oldest first, one bundle in memory at a time.
    pub fn entries(&self) -> impl Iterator<Item = Result<Line, LedgerError>> + '_ {
        self.bundles().flat_map(|bundle| match bundle {
            Ok(lines) => lines.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        })
    }

    fn bundles(&self) -> impl DoubleEndedIterator<Item = Result<Vec<Line>, LedgerError>> + '_ {
        (0..self.head.size.div_ceil(TILE_WIDTH)).map(|index| self.bundle(index))
    }

    /// The entries of one bundle, as far as the head goes.
    pub(super) fn bundle(&self, index: u64) -> Result<Vec<Line>, LedgerError> {
        let tile = Tile::of_size(Shelf::Entries, index, self.head.size).ok_or(LedgerError::NotFound)?;
        let bytes = read_tile(&self.shard, &tile).ok_or(LedgerError::Damaged("an entry bundle"))?;
        let entries = decode_bundle(&bytes).map_err(|_| LedgerError::Damaged("an entry bundle"))?;
        let width = usize::try_from(tile.width()).unwrap_or(usize::MAX);
        if entries.len() < width {
            return Err(LedgerError::Damaged("an entry bundle"));
        }
        let numbered = (index * TILE_WIDTH..).zip(entries.into_iter().take(width));
        Ok(numbered.map(|(index, bytes)| Line::new(index, bytes)).collect())
    }

    /// The entry at a place.
    pub fn line(&self, index: u64) -> Result<Line, LedgerError> {
        if index >= self.head.size {
            return Err(LedgerError::NotFound);
        }
        let lines = self.bundle(index / TILE_WIDTH)?;
        lines
            .into_iter()
            .find(|line| line.index == index)
            .ok_or(LedgerError::NotFound)
    }

    /// The entry of that place or name.
    pub fn show(&self, selector: Selector) -> Result<Line, LedgerError> {
        match selector {
            Selector::Index(index) => self.line(index),
            Selector::Sid(sid) => self.find(|leaf| leaf.sid == sid),
        }
    }

    fn find(&self, wanted: impl Fn(&Leaf) -> bool) -> Result<Line, LedgerError> {
        for bundle in self.bundles().rev() {
            if let Some(line) = bundle?.into_iter().find(|line| line.leaf.as_ref().is_some_and(&wanted)) {
                return Ok(line);
            }
        }
        Err(LedgerError::NotFound)
    }

    /// The entries since an instant, oldest first.
    pub fn recent(&self, since: Timestamp) -> Result<Vec<Line>, LedgerError> {
        let filter = Filter {
            from: Some(since),
            with_padding: true,
            ..Filter::default()
        };
        self.list(&filter)
    }

    /// The entries a filter lets through, oldest first. Reads backwards, and no further than the filter's start.
    pub fn list(&self, filter: &Filter) -> Result<Vec<Line>, LedgerError> {
        let (mut found, most) = (Vec::new(), filter.newest.unwrap_or(usize::MAX));
        'bundles: for bundle in self.bundles().rev() {
            for line in bundle?.into_iter().rev() {
                // Times never go back along the log.
                let over = line
                    .leaf
                    .as_ref()
                    .is_some_and(|leaf| filter.from.is_some_and(|from| leaf.t < from));
                if over || found.len() >= most {
                    break 'bundles;
                }
                if line.leaf.as_ref().is_some_and(|leaf| filter.matches(leaf)) {
                    found.push(line);
                }
            }
        }
        found.reverse();
        Ok(found)
    }

    /// Counts of the entries a filter lets through.
    pub fn stats(&self, filter: &Filter) -> Result<Stats, LedgerError> {
        Ok(self
            .list(filter)?
            .iter()
            .filter_map(|line| line.leaf.as_ref())
            .collect())
    }

    /// A C2SP tlog-proof for the entry, built from tiles and checked against the signed root.
    pub fn prove(&self, index: u64) -> Result<String, LedgerError> {
        let line = self.line(index)?;
        let nodes = TileNodes::new(self.head.size, |tile| read_tile(&self.shard, tile));
        let damaged = |_| LedgerError::Damaged("a tile or entry");
        let hashes = prove_inclusion(&nodes, index, self.head.size).map_err(damaged)?;
        verify_inclusion(&line.hash, index, self.head.size, &hashes, &self.head.root).map_err(damaged)?;
        Ok(LogProof {
            index,
            hashes,
            checkpoint: self.note.clone(),
        }
        .to_string())
    }

    /// Opens an entry's sealed details with the officer's private key, and checks them against its commitments.
    pub fn open_detail(&self, line: &Line, dpo: &DpoKeyPair) -> Result<BTreeMap<Group, Value>, LedgerError> {
        let leaf = line.leaf.as_ref().ok_or(LedgerError::NotFound)?;
        details::open(&self.dir, &self.head.origin, leaf, dpo)
    }
}

/// The shard that sorts last: shards are named by year.
pub(super) fn newest_shard(dir: &Path) -> Result<PathBuf, LedgerError> {
    let shards = fs::read_dir(dir.join("log")).map_err(|_| LedgerError::Damaged("the log"))?;
    let shards = shards
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.is_dir());
    shards.max().ok_or(LedgerError::Damaged("the log"))
}

/// The first `tile.width()` hashes of a tile, or a bundle with at least so many entries.
///
/// The file may have grown since the checkpoint, so a wider one serves as well. They are looked
/// for from narrow to wide: while a node writes, each gives way to a wider one only.
pub(super) fn read_tile(shard: &Path, tile: &Tile) -> Option<Vec<u8>> {
    let mut wider = (tile.width()..=TILE_WIDTH).filter_map(|width| tile.with_width(width));
    let bytes = wider.find_map(|tile| fs::read(shard.join(tile.to_string())).ok())?;
    match tile.shelf() {
        Shelf::Entries => Some(bytes),
        Shelf::Hashes(_) => bytes
            .get(..usize::try_from(tile.width()).ok()? * Digest::LEN)
            .map(<[u8]>::to_vec),
    }
}
