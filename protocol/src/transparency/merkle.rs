//! The Merkle tree of RFC 6962 section 2.1, with the proof algorithms of RFC 9162.

use crate::vocabulary::{Digest, sha256};

/// Why a proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The index or the size lies outside the tree.
    #[error("index or size outside the tree")]
    Range,
    /// The proof has more or fewer hashes than the tree demands.
    #[error("the proof has the wrong number of hashes")]
    Length,
    /// The proof leads to another root.
    #[error("the proof leads to another root")]
    Root,
    /// A node that the proof needs is not known.
    #[error("a node of the tree is not known")]
    Node,
}

/// `SHA-256(0x00 || entry)` (RFC 6962 section 2.1).
pub fn leaf_hash(entry: impl AsRef<[u8]>) -> Digest {
    let mut input = vec![0];
    input.extend_from_slice(entry.as_ref());
    sha256(input)
}

/// `SHA-256(0x01 || left || right)` (RFC 6962 section 2.1).
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut input = Vec::with_capacity(1 + 2 * Digest::LEN);
    input.push(1);
    input.extend_from_slice(&left.0);
    input.extend_from_slice(&right.0);
    sha256(input)
}

/// The root of a tree without leaves: `SHA-256("")`.
pub fn empty_root() -> Digest {
    sha256([])
}

/// Where the hashes of complete subtrees come from; they need not be trusted.
pub trait Nodes {
    /// The hash over the leaves `index << level` up to `(index + 1) << level`.
    fn node(&self, level: u32, index: u64) -> Option<Digest>;
}

/// A tree held in memory: every complete subtree, level by level.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    levels: Vec<Vec<Digest>>,
}

impl Tree {
    /// Appends the hash of a leaf.
    pub fn push(&mut self, leaf: Digest) {
        let mut carry = Some(leaf);
        let mut level = 0;
        while let Some(hash) = carry {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            carry = self.levels.get_mut(level).and_then(|row| {
                row.push(hash);
                completed_pair(row)
            });
            level += 1;
        }
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |row| row.len() as u64)
    }

    /// The root over all leaves.
    pub fn root(&self) -> Digest {
        root(self, self.size()).unwrap_or_else(|_| empty_root())
    }

    /// The hash of one leaf.
    pub fn leaf(&self, index: u64) -> Option<Digest> {
        self.node(0, index)
    }
}

/// The parent of the last two hashes, once the row has an even length.
fn completed_pair(row: &[Digest]) -> Option<Digest> {
    match row.as_chunks::<2>() {
        ([.., [left, right]], []) => Some(node_hash(left, right)),
        _ => None,
    }
}

impl Nodes for Tree {
    fn node(&self, level: u32, index: u64) -> Option<Digest> {
        let row = self.levels.get(usize::try_from(level).ok()?)?;
        row.get(usize::try_from(index).ok()?).copied()
    }
}

impl FromIterator<Digest> for Tree {
    fn from_iter<I: IntoIterator<Item = Digest>>(leaves: I) -> Self {
        let mut tree = Self::default();
        leaves.into_iter().for_each(|leaf| tree.push(leaf));
        tree
    }
}

/// The root over the first `size` leaves: `MTH(D[size])`.
pub fn root(nodes: &dyn Nodes, size: u64) -> Result<Digest, ProofError> {
    if size == 0 {
        return Ok(empty_root());
    }
    subtree(nodes, 0, size)
}

/// `PATH(index, D[size])` (RFC 6962 section 2.1.1): the audit path of one leaf.
pub fn prove_inclusion(nodes: &dyn Nodes, index: u64, size: u64) -> Result<Vec<Digest>, ProofError> {
    if index >= size {
        return Err(ProofError::Range);
    }
    let (mut low, mut high) = (0, size);
    let mut path = Vec::new();
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            path.push(subtree(nodes, middle, high)?);
            high = middle;
        } else {
            path.push(subtree(nodes, low, middle)?);
            low = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// `PROOF(old, D[new])` (RFC 6962 section 2.1.2): the first `old` leaves of the
/// tree of `new` leaves are the tree of `old` leaves.
pub fn prove_consistency(nodes: &dyn Nodes, old: u64, new: u64) -> Result<Vec<Digest>, ProofError> {
    if old > new {
        return Err(ProofError::Range);
    }
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let (mut low, mut high) = (0, new);
    let mut path = Vec::new();
    while old != high {
        let middle = low + split(high - low);
        if old <= middle {
            path.push(subtree(nodes, middle, high)?);
            high = middle;
        } else {
            path.push(subtree(nodes, low, middle)?);
            low = middle;
        }
    }
    if low != 0 {
        path.push(subtree(nodes, low, high)?);
    }
    path.reverse();
    Ok(path)
}

/// Checks that a leaf is the `index`-th of the tree with this root (RFC 9162 section 2.1.3.2).
pub fn verify_inclusion(
    leaf: &Digest,
    index: u64,
    size: u64,
    proof: &[Digest],
    root: &Digest,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Range);
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            skip_lonely_levels(&mut node, &mut last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    same_root(&hash, root)
}

/// Checks that a tree grew by appending only (RFC 9162 section 2.1.4.2).
pub fn verify_consistency(old: (u64, &Digest), new: (u64, &Digest), proof: &[Digest]) -> Result<(), ProofError> {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size > new_size {
        return Err(ProofError::Range);
    }
    if old_size == 0 || old_size == new_size {
        let expected = if old_size == 0 { &empty_root() } else { new_root };
        return if proof.is_empty() {
            same_root(old_root, expected)
        } else {
            Err(ProofError::Length)
        };
    }
    let (first, rest) = match proof.split_first() {
        _ if old_size.is_power_of_two() => (old_root, proof),
        Some((first, rest)) => (first, rest),
        None => return Err(ProofError::Length),
    };
    climb(old, new, first, rest)
}

fn climb(
    (old_size, old_root): (u64, &Digest),
    (new_size, new_root): (u64, &Digest),
    first: &Digest,
    rest: &[Digest],
) -> Result<(), ProofError> {
    let (mut node, mut last) = (old_size - 1, new_size - 1);
    let shift = node.trailing_ones();
    node >>= shift;
    last >>= shift;
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            skip_lonely_levels(&mut node, &mut last);
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    same_root(&old_hash, old_root)?;
    same_root(&new_hash, new_root)
}

/// A right-most node without sibling moves up unchanged until it has one.
fn skip_lonely_levels(node: &mut u64, last: &mut u64) {
    while *node & 1 == 0 && *node != 0 {
        *node >>= 1;
        *last >>= 1;
    }
}

fn same_root(got: &Digest, expected: &Digest) -> Result<(), ProofError> {
    if got == expected { Ok(()) } else { Err(ProofError::Root) }
}

/// The largest power of two smaller than `n`, for `n >= 2`.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// `MTH(D[low..high])` for a range as the recursion of RFC 6962 makes them.
fn subtree(nodes: &dyn Nodes, low: u64, high: u64) -> Result<Digest, ProofError> {
    let (mut low, mut complete) = (low, Vec::new());
    while low < high {
        let level = (high - low).ilog2();
        complete.push(nodes.node(level, low >> level).ok_or(ProofError::Node)?);
        low += 1 << level;
    }
    complete
        .into_iter()
        .rev()
        .reduce(|right, left| node_hash(&left, &right))
        .ok_or(ProofError::Range)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn a_node_that_is_missing_is_said_to_be_missing() {
        let tree: Tree = (0..3u8).map(|n| leaf_hash([n])).collect();
        assert_eq!(prove_inclusion(&tree, 0, 5), Err(ProofError::Node));
        assert_eq!(prove_inclusion(&tree, 5, 5), Err(ProofError::Range));
        assert_eq!(prove_consistency(&tree, 3, 2), Err(ProofError::Range));
    }

    #[test]
    fn an_earlier_root_can_be_recomputed() {
        let long: Tree = (0..9u8).map(|n| leaf_hash([n])).collect();
        let short: Tree = (0..5u8).map(|n| leaf_hash([n])).collect();
        assert_eq!(root(&long, 5).unwrap(), short.root());
        assert_eq!(root(&long, 0).unwrap(), empty_root());
    }
}
