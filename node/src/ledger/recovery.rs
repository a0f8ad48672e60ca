//! Opening: read everything, rebuild the tree, and refuse whatever does not fit what was signed.
//!
//! Nothing on disk is changed before the entries are found to extend every
//! checkpoint signed before, so that a refusal leaves the evidence as it was.

use super::leaf::Leaf;
use super::publish::{CHECKPOINT, PADDED, Publisher};
use super::wal::Wal;
use super::{LedgerError, Options, layout};
use piux_protocol::transparency::{Checkpoint, Note, NoteSigner, NoteVerifier, Tree, leaf_hash, root};
use piux_protocol::vocabulary::{Digest, Timestamp, UnitId};
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// Entries between two writes of tiles while starting, to bound memory.
const STRIDE: u64 = 4096;

/// Of each partner: how many entries, and the hash of the last one.
pub(super) type Heads = BTreeMap<UnitId, (u64, Digest)>;

/// Everything the committer goes on from.
#[derive(Debug)]
pub(super) struct Recovered {
    pub(super) wal: Wal,
    pub(super) tree: Tree,
    pub(super) publisher: Publisher,
    pub(super) heads: Heads,
    pub(super) last: Timestamp,
    /// Bytes of an unfinished write that were removed.
    pub(super) trimmed: u64,
    /// Files that were not what the entries make them, and were written anew.
    pub(super) repaired: u64,
}

/// Recovers the ledger in `dir`; the lock must be held.
pub(super) fn recover(dir: &Path, signer: NoteSigner, options: Options) -> Result<Recovered, LedgerError> {
    let verifier = signer.verifier();
    let (mut tree, mut heads, mut last) = (Tree::default(), Heads::new(), Timestamp::from_millis(0));
    let mut wal = Wal::scan(dir, verifier.name(), options, &mut |_, item| {
        let leaf = Leaf::decode(&item.leaf).ok_or(LedgerError::Damaged("an entry of the write-ahead log"))?;
        let hash = leaf_hash(&item.leaf);
        tree.push(hash);
        last = last.max(leaf.t);
        if let (Some(peer), Some(number)) = (leaf.peer, leaf.pn) {
            heads.insert(peer, (number, hash));
        }
        Ok(())
    })?;
    refuse_rewriting(&layout::shard_dir(dir, verifier.name()), &verifier, &tree)?;
    let trimmed = wal.settle()?;
    let mut publisher = Publisher::new(dir, signer);
    if tree.size() == 0 {
        // From here on a missing checkpoint is a sign of tampering.
        publisher.publish(&tree, CHECKPOINT)?;
    }
    let repaired = republish(dir, verifier.name(), options, &mut publisher, &tree)?;
    Ok(Recovered {
        wal,
        tree,
        publisher,
        heads,
        last,
        trimmed,
        repaired,
    })
}

/// The entries must extend every checkpoint we ever signed and still have.
fn refuse_rewriting(shard: &Path, verifier: &NoteVerifier, tree: &Tree) -> Result<(), LedgerError> {
    let newest = signed_head(&shard.join(CHECKPOINT), verifier)?;
    let begun = tree.size() > 0 || shard.join("tile").exists();
    if newest.is_none() && begun {
        return Err(LedgerError::Damaged("the signed checkpoint"));
    }
    let padded = signed_head(&shard.join(PADDED), verifier)?;
    newest
        .iter()
        .chain(&padded)
        .try_for_each(|head| must_extend(tree, head))
}

fn signed_head(path: &Path, verifier: &NoteVerifier) -> Result<Option<Checkpoint>, LedgerError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let note: Note = text
        .parse()
        .map_err(|_| LedgerError::Damaged("the signed checkpoint"))?;
    Checkpoint::open(&note, verifier)
        .map(Some)
        .map_err(|_| LedgerError::Identity)
}

fn must_extend(tree: &Tree, head: &Checkpoint) -> Result<(), LedgerError> {
    if tree.size() < head.size {
        return Err(LedgerError::RolledBack {
            held: tree.size(),
            signed: head.size,
        });
    }
    match root(tree, head.size) {
        Ok(root) if root == head.root => Ok(()),
        _ => Err(LedgerError::Inconsistent),
    }
}

/// Brings tiles, bundles and details up to the entries; how many files had to be mended.
fn republish(
    dir: &Path,
    origin: &str,
    options: Options,
    publisher: &mut Publisher,
    tree: &Tree,
) -> Result<u64, LedgerError> {
    Wal::scan(dir, origin, options, &mut |index, item| {
        let ep = Leaf::decode(&item.leaf).and_then(|leaf| leaf.ep);
        publisher.push(item.leaf);
        if let Some(ep) = ep {
            publisher.push_detail(ep, item.detail);
        }
        if index % STRIDE == STRIDE - 1 {
            publisher.write(tree, index + 1)
        } else {
            Ok(())
        }
    })?;
    publisher.write(tree, tree.size())?;
    Ok(publisher.end_repair())
}
