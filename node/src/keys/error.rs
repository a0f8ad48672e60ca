//! Why the keyring refuses, and what to do about it.

use super::{DayPart, KeyName};
use std::io;

/// Why a key cannot be had or a change cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// There is no keyring in the folder.
    #[error("there is no keyring in this folder: make the unit with `piux init`, or name its folder with `--dir`")]
    Missing,
    /// There is a keyring already.
    #[error("this folder has a keyring already, and a keyring is never replaced: choose another folder")]
    Exists,
    /// The file is open to others.
    #[error("`{file}` has mode {mode:04o}: it must be readable by its owner alone (`chmod 600`)")]
    Mode {
        /// The file, by its name in the unit's folder.
        file: &'static str,
        /// Its permission bits.
        mode: u32,
    },
    /// The bytes on disk are not those that were written.
    #[error("the keyring is damaged: restore the file `keyring` from its backup, and do not start the unit without it")]
    Damaged,
    /// The passphrase is another one.
    #[error("the keyring does not open under this passphrase")]
    WrongPassphrase,
    /// A passphrase is needed.
    #[error("the keyring needs its passphrase: give it at the prompt or by `PIUX_PASSPHRASE_FILE`")]
    PassphraseNeeded,
    /// The clear key of an unprotected keyring is gone.
    #[error("the file `keyring.key` that opens this keyring is missing or damaged: restore it from its backup")]
    ClearKey,
    /// Another process wrote the keyring since it was opened.
    #[error("the keyring was changed by another process: stop that process, then start again")]
    Changed,
    /// No secret of this name, or not of the form asked for.
    #[error("the keyring holds no usable key `{0}`")]
    Absent(KeyName),
    /// The text names no key.
    #[error("no key has this name: `piux key list` shows the names")]
    UnknownName,
    /// The key was destroyed when its time was over.
    #[error("the {0} key of this day of receipt was destroyed, and destroyed keys never come back")]
    Destroyed(DayPart),
    /// The epoch has had its seed already.
    #[error("this epoch has its seed already, and a seed is never replaced")]
    EpochTaken,
    /// The operating system refused.
    #[error("cannot {doing} the keyring: {kind}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// What the operating system said.
        kind: io::ErrorKind,
    },
}

impl KeyError {
    pub(super) fn io(doing: &'static str) -> impl Fn(io::Error) -> Self {
        move |error| Self::Io {
            doing,
            kind: error.kind(),
        }
    }
}
