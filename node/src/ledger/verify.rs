//! Checking a ledger that nobody vouches for: no node, no network, no lock, nothing written.
//!
//! Leaf-up: the root is rebuilt from the entries themselves and compared with
//! the signed one. Tiles are then compared with what the entries make of them;
//! a tile is never asked whether an entry is right.

use super::entry::Kind;
use super::leaf::{Leaf, is_canonical};
use super::publish::{CHECKPOINT, PADDED};
use super::read::{Line, Reader, read_tile};
use super::{LedgerError, layout};
use piux_protocol::transparency::{
    Checkpoint, CheckpointError, Note, NoteVerifier, Shelf, TILE_WIDTH, Tree, root, tile_bytes, tiles_between,
};
use piux_protocol::vocabulary::{Digest, Timestamp, UnitId, sha256};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What is wrong, as exit codes tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// 10: a signature is missing or wrong.
    Signature,
    /// 11: an entry or a tile is not what the signed root says.
    Mismatch,
    /// 12: cut, rolled back, renumbered, or out of order.
    Inconsistent,
    /// 13: too few cosignatures.
    Quorum,
    /// 14: entries are missing and no record says that they were erased.
    Gap,
    /// 15: an entry is not written as it should be.
    Schema,
    /// 16: a digest or receipt does not fit.
    Digest,
}

impl Category {
    /// The exit code of `piux audit verify`.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Signature => 10,
            Self::Mismatch => 11,
            Self::Inconsistent => 12,
            Self::Quorum => 13,
            Self::Gap => 14,
            Self::Schema => 15,
            Self::Digest => 16,
        }
    }
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The category.
    pub category: Category,
    /// The entry concerned, if one is.
    pub index: Option<u64>,
    /// What is wrong, in words.
    pub message: String,
}

/// The result of a verification, as `piux audit verify --json` prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// The log's name.
    pub origin: String,
    /// Entries under the checkpoint.
    pub size: u64,
    /// The signed root.
    pub root: Option<Digest>,
    /// Time of the last entry under the checkpoint.
    pub checkpoint_time: Option<Timestamp>,
    /// Signatures of others under the checkpoint; none is checked yet.
    pub cosignatures: usize,
    /// Entries erased after retention.
    pub pruned: u64,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

impl VerifyReport {
    /// 0, or the exit code of the gravest finding.
    pub fn exit_code(&self) -> u8 {
        self.findings
            .iter()
            .map(|finding| finding.category.exit_code())
            .min()
            .unwrap_or(0)
    }

    fn new(origin: &str) -> Self {
        Self {
            ok: true,
            origin: origin.to_owned(),
            size: 0,
            root: None,
            checkpoint_time: None,
            cosignatures: 0,
            pruned: 0,
            findings: Vec::new(),
        }
    }

    fn find(&mut self, category: Category, index: Option<u64>, message: &str) {
        self.ok = false;
        self.findings.push(Finding {
            category,
            index,
            message: message.to_owned(),
        });
    }
}

/// Verifies the published ledger in `dir` under the log's key; `since` is an older checkpoint it must extend.
///
/// Only reading that is impossible is an error; everything wrong with what was read is in the report.
pub fn verify(dir: &Path, verifier: &NoteVerifier, since: Option<&Note>) -> Result<VerifyReport, LedgerError> {
    let mut report = VerifyReport::new(verifier.name());
    let reader = match Reader::open(dir) {
        Err(LedgerError::Damaged("the checkpoint")) => {
            report.find(
                Category::Signature,
                None,
                "the checkpoint is missing or cannot be read: nothing is signed",
            );
            return Ok(report);
        }
        opened => opened?,
    };
    let Some(head) = check_signature(&reader, verifier, &mut report) else {
        return Ok(report);
    };
    let mut audit = Audit {
        dir,
        report: &mut report,
        tree: Tree::default(),
        heads: BTreeMap::new(),
        last: None,
    };
    let complete = audit.entries(&reader, head.size);
    let tree = audit.tree;
    if complete {
        check_root(&tree, &head, &mut report);
        check_tiles(&reader, &tree, &mut report);
        check_older(&reader, verifier, &tree, since, &mut report);
    }
    Ok(report)
}

fn check_signature(reader: &Reader, verifier: &NoteVerifier, report: &mut VerifyReport) -> Option<Checkpoint> {
    report.cosignatures = reader.note().signatures().len().saturating_sub(1);
    match Checkpoint::open(reader.note(), verifier) {
        Ok(head) => {
            report.size = head.size;
            report.root = Some(head.root);
            Some(head)
        }
        Err(CheckpointError::Note(_)) => {
            report.find(
                Category::Signature,
                None,
                "the checkpoint is not signed by the ledger's key",
            );
            None
        }
        Err(_) => {
            report.find(Category::Signature, None, "the checkpoint is of another ledger");
            None
        }
    }
}

fn check_root(tree: &Tree, head: &Checkpoint, report: &mut VerifyReport) {
    if tree.root() != head.root {
        report.find(
            Category::Mismatch,
            None,
            "the entries do not make the signed root: at least one was changed",
        );
    }
}

fn check_tiles(reader: &Reader, tree: &Tree, report: &mut VerifyReport) {
    for tile in tiles_between(0, tree.size()) {
        if tile.shelf() == Shelf::Entries {
            continue;
        }
        let Ok(expected) = tile_bytes(tree, &tile) else {
            continue;
        };
        match read_tile(reader.shard(), &tile) {
            Some(found) if found == expected => {}
            Some(_) => report.find(
                Category::Mismatch,
                None,
                &format!("{tile} is not what the entries make it"),
            ),
            None => report.find(Category::Gap, None, &format!("{tile} is missing")),
        }
    }
}

/// Every checkpoint signed before must be a beginning of this tree.
fn check_older(reader: &Reader, verifier: &NoteVerifier, tree: &Tree, since: Option<&Note>, report: &mut VerifyReport) {
    let padded = fs::read_to_string(reader.shard().join(PADDED)).ok();
    let padded = padded.map(|text| text.parse::<Note>());
    for note in padded.iter().map(|note| note.as_ref().ok()).chain(since.map(Some)) {
        match note.and_then(|note| Checkpoint::open(note, verifier).ok()) {
            None => report.find(
                Category::Signature,
                None,
                "an older checkpoint is not signed by the ledger's key",
            ),
            Some(old) if root(tree, old.size) != Ok(old.root) => {
                report.find(
                    Category::Inconsistent,
                    None,
                    "the ledger does not extend an older checkpoint",
                );
            }
            Some(old) if old.size % TILE_WIDTH != 0 && since.is_none() => {
                report.find(Category::Inconsistent, None, "a checkpoint for partners is not padded");
            }
            Some(_) => {}
        }
    }
}

/// What is carried from entry to entry.
struct Audit<'a> {
    dir: &'a Path,
    report: &'a mut VerifyReport,
    tree: Tree,
    heads: BTreeMap<UnitId, (u64, Digest)>,
    last: Option<Timestamp>,
}

impl Audit<'_> {
    /// Reads all entries once; whether none was missing.
    fn entries(&mut self, reader: &Reader, size: u64) -> bool {
        for index in 0..size.div_ceil(TILE_WIDTH) {
            // A node that runs may just be putting a wider bundle in place.
            let Ok(lines) = reader.bundle(index).or_else(|_| reader.bundle(index)) else {
                let message = "entries are missing or cut, and no record says that they were erased";
                self.report.find(Category::Gap, Some(index * TILE_WIDTH), message);
                return false;
            };
            lines.iter().for_each(|line| self.entry(line));
        }
        self.report.checkpoint_time = self.last;
        true
    }

    fn entry(&mut self, line: &Line) {
        self.tree.push(line.hash);
        if !is_canonical(&line.bytes) {
            self.report
                .find(Category::Schema, Some(line.index), "the entry is not canonical JSON");
        }
        match &line.leaf {
            None => self.report.find(
                Category::Schema,
                Some(line.index),
                "the entry is of an unknown form or kind",
            ),
            Some(leaf) => self.leaf(line, leaf),
        }
    }

    fn leaf(&mut self, line: &Line, leaf: &Leaf) {
        let index = Some(line.index);
        if leaf.op != leaf.k.operation() {
            self.report.find(
                Category::Schema,
                index,
                "the entry's class of operation does not fit its kind",
            );
        }
        if self.last.is_some_and(|last| leaf.t < last) {
            self.report.find(
                Category::Inconsistent,
                index,
                "the entry is earlier than the one before it",
            );
        }
        self.last = Some(leaf.t);
        self.numbering(line, leaf);
        if leaf.k == Kind::KeyOpen {
            self.key(leaf, index);
        }
    }

    /// The entries with a partner are numbered without a gap, each naming the one before.
    fn numbering(&mut self, line: &Line, leaf: &Leaf) {
        let Some(peer) = leaf.peer else {
            return;
        };
        let before = self.heads.get(&peer);
        let number = before.map_or(1, |(number, _)| number + 1);
        if leaf.pn != Some(number) || leaf.pp != before.map(|(_, hash)| *hash) {
            let message = "the entry does not follow the one before it with the same partner";
            self.report.find(Category::Inconsistent, Some(line.index), message);
        }
        self.heads.insert(peer, (leaf.pn.unwrap_or(number), line.hash));
    }

    /// A sealed key that is in the keyring must be the one the ledger names; one erased after retention is gone.
    fn key(&mut self, leaf: &Leaf, index: Option<u64>) {
        let keyring = self.dir.join("keyring");
        let names = fs::read_dir(&keyring)
            .into_iter()
            .flatten()
            .flatten()
            .map(|file| file.path());
        let day = super::details::day(leaf.t);
        let mut same_day = names
            .filter(|path| {
                path.file_stem()
                    .and_then(|name| name.to_str())
                    .is_some_and(|name| name.starts_with(&day))
            })
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .filter_map(|path| fs::read(path).ok())
            .peekable();
        if same_day.peek().is_some() && !same_day.any(|blob| Some(sha256(blob)) == leaf.art) {
            self.report.find(
                Category::Digest,
                index,
                "the sealed key of a day is not the one the entry names",
            );
        }
    }
}

/// The checkpoint of the ledger in `dir` as a note, to be kept and given to [`verify`] as `since` later.
pub fn checkpoint_note(dir: &Path, origin: &str) -> Result<Note, LedgerError> {
    let text = fs::read_to_string(layout::shard_dir(dir, origin).join(CHECKPOINT))?;
    text.parse().map_err(|_| LedgerError::Damaged("the checkpoint"))
}
