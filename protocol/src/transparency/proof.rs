//! C2SP tlog-proof: one file that proves, offline, that an entry is in a log.

use super::checkpoint::{Checkpoint, CheckpointError};
use super::merkle::{ProofError, leaf_hash, verify_inclusion};
use super::note::{Note, NoteError, NoteVerifier};
use crate::vocabulary::Digest;
use base64::{Engine, engine::general_purpose::STANDARD};
use std::fmt;
use std::str::FromStr;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// A tree of 64-bit size is at most 63 nodes high.
const HASHES_MAX: usize = 63;

/// Why a tlog-proof does not prove what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogProofError {
    /// Not the lines of a tlog-proof.
    #[error("not a tlog-proof")]
    Malformed,
    /// The note at its end is refused.
    #[error("the proof's checkpoint is no signed note")]
    Note(#[source] NoteError),
    /// The checkpoint at its end is refused.
    #[error("the proof's checkpoint is refused")]
    Checkpoint(#[source] CheckpointError),
    /// The entry is not in the tree of the checkpoint.
    #[error("the entry is not in the tree of the checkpoint")]
    Inclusion(#[source] ProofError),
}

/// An inclusion proof together with the signed checkpoint it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogProof {
    /// The entry's place in the log.
    pub index: u64,
    /// The audit path, from the leaf up.
    pub hashes: Vec<Digest>,
    /// The signed checkpoint, with cosignatures if any.
    pub checkpoint: Note,
}

impl LogProof {
    /// Checks that `entry` is in the log whose key is given; the checkpoint that proves it.
    pub fn verify(&self, entry: &[u8], verifier: &NoteVerifier) -> Result<Checkpoint, LogProofError> {
        self.verify_hash(&leaf_hash(entry), verifier)
    }

    /// As [`LogProof::verify`], for an entry of which only the leaf hash is known (a promise).
    pub fn verify_hash(&self, leaf: &Digest, verifier: &NoteVerifier) -> Result<Checkpoint, LogProofError> {
        let head = Checkpoint::open(&self.checkpoint, verifier).map_err(LogProofError::Checkpoint)?;
        verify_inclusion(leaf, self.index, head.size, &self.hashes, &head.root).map_err(LogProofError::Inclusion)?;
        Ok(head)
    }
}

impl fmt::Display for LogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}\nindex {}", self.index)?;
        self.hashes
            .iter()
            .try_for_each(|hash| writeln!(f, "{}", STANDARD.encode(hash)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for LogProof {
    type Err = LogProofError;

    fn from_str(text: &str) -> Result<Self, LogProofError> {
        let (head, checkpoint) = text.split_once("\n\n").ok_or(LogProofError::Malformed)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(LogProofError::Malformed);
        }
        // Extra data is allowed, never authenticated, and means nothing to us.
        lines.next_if(|line| line.starts_with("extra "));
        let digits = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .ok_or(LogProofError::Malformed)?;
        let index: u64 = digits.parse().map_err(|_| LogProofError::Malformed)?;
        if index.to_string() != digits {
            return Err(LogProofError::Malformed);
        }
        let hashes = lines.map(parse_hash).collect::<Result<Vec<_>, _>>()?;
        if hashes.len() > HASHES_MAX {
            return Err(LogProofError::Malformed);
        }
        Ok(Self {
            index,
            hashes,
            checkpoint: checkpoint.parse().map_err(LogProofError::Note)?,
        })
    }
}

fn parse_hash(line: &str) -> Result<Digest, LogProofError> {
    let bytes = STANDARD.decode(line).map_err(|_| LogProofError::Malformed)?;
    Digest::try_from(bytes.as_slice()).map_err(|_| LogProofError::Malformed)
}
