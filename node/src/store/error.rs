//! Why the store refuses, and what to do about it.

use crate::keys::KeyError;
use std::io;

/// Why something cannot be kept or found.
///
/// No variant carries a key or a value: what the store holds is personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process has the unit's folder open.
    #[error("this unit's folder is open in another process{}: use the running node, or stop it first", shown(.pid))]
    Locked {
        /// The process, if it said so.
        pid: Option<u32>,
    },
    /// The database does not read as it was written.
    #[error(
        "the database is damaged ({sign}): run `piux store rebuild`, which makes it anew from the segment log; nothing was changed"
    )]
    Damaged {
        /// What was noticed.
        sign: &'static str,
    },
    /// The segment log does not read as it was written, so a rebuild would be incomplete.
    #[error("the segment log is damaged ({sign}): restore the folder `records` from its backup; nothing was changed")]
    LogDamaged {
        /// What was noticed.
        sign: &'static str,
    },
    /// An earlier write failed, so what the disk holds is not certain.
    #[error("the store stopped after a failed write: see to the disk, then restart the node")]
    Stopped,
    /// A value is longer than the store takes.
    #[error("a value is longer than the store takes (4 MiB)")]
    TooLong,
    /// The keyring refused.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The operating system refused.
    #[error("cannot {doing}: {kind}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// What the operating system said.
        kind: io::ErrorKind,
    },
}

impl StoreError {
    pub(super) fn io(doing: &'static str) -> impl Fn(io::Error) -> Self {
        move |error| Self::Io {
            doing,
            kind: error.kind(),
        }
    }
}

fn shown(pid: &Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}
