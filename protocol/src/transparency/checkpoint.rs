//! C2SP tlog-checkpoint: the head of a tree, as the text of a signed note.

use super::note::{Note, NoteError, NoteSigner, NoteVerifier};
use crate::vocabulary::Digest;
use base64::{Engine, engine::general_purpose::STANDARD};
use std::fmt;
use std::str::FromStr;

/// Why a checkpoint is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// Not origin, size and root, each on its line.
    #[error("not a checkpoint")]
    Malformed,
    /// The checkpoint is of another log than the key.
    #[error("the checkpoint is of another log")]
    Origin,
    /// The note around it is refused.
    #[error("the checkpoint is not signed as it should be")]
    Note(#[source] NoteError),
}

/// How large a log is, and the root over all its leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, for ever.
    pub origin: String,
    /// How many leaves the tree has.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
    /// Further lines; we write none, and keep those of others.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// The head of a tree.
    pub fn new(origin: &str, size: u64, root: Digest) -> Self {
        Self {
            origin: origin.to_owned(),
            size,
            root,
            extensions: Vec::new(),
        }
    }

    /// Signs the checkpoint with the log's key, whose name is the origin.
    pub fn sign(&self, signer: &NoteSigner) -> Result<Note, CheckpointError> {
        let note = signer.sign(&self.to_string()).map_err(CheckpointError::Note)?;
        Self::open(&note, &signer.verifier())?;
        Ok(note)
    }

    /// Reads the checkpoint in a note, once the log's key has been found to have signed it.
    pub fn open(note: &Note, verifier: &NoteVerifier) -> Result<Self, CheckpointError> {
        let checkpoint: Self = note.verify(verifier).map_err(CheckpointError::Note)?.parse()?;
        if checkpoint.origin == verifier.name() {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::Origin)
        }
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, STANDARD.encode(self.root))?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::Malformed)?.split('\n');
        let mut line = || {
            lines
                .next()
                .filter(|line| !line.is_empty())
                .ok_or(CheckpointError::Malformed)
        };
        let origin = line()?.to_owned();
        let size = line()?.parse().map_err(|_| CheckpointError::Malformed)?;
        let root = STANDARD.decode(line()?).map_err(|_| CheckpointError::Malformed)?;
        let root = Digest::try_from(root.as_slice()).map_err(|_| CheckpointError::Malformed)?;
        let extensions = lines.map(str::to_owned).collect();
        let checkpoint = Self {
            origin,
            size,
            root,
            extensions,
        };
        // Leading zeros, signs and empty extension lines do not print back.
        let strict = checkpoint.to_string() == text && checkpoint.extensions.iter().all(|line| !line.is_empty());
        if strict {
            Ok(checkpoint)
        } else {
            Err(CheckpointError::Malformed)
        }
    }
}
