//! The keyring: every secret of the unit, in a file of its own.
//!
//! The keyring never enters the store: the store holds sealed values only, so a
//! key destroyed here makes what it sealed unreadable in every copy of the store,
//! old backups included. Erasure after retention rests on that (Directive (EU)
//! 2016/681 Art. 12; design/records.md "Index and keys at rest").
//!
//! The file `DIR/keyring` has mode 0600 and is sealed with AES-256-GCM under a key
//! that argon2id (64 MiB, 3 passes) derives from a passphrase. Each change rewrites
//! the whole file beside the old one, syncs it and renames it into place; the old
//! bytes are overwritten. A change that cannot be made durable is not made at all.

mod chance;
mod contents;
mod day;
mod epoch;
mod error;
mod file;
mod listing;
mod name;
mod sealing;
mod secret;

pub use chance::{SeededRandom, SystemRandom};
pub use day::{DayKeys, DayPart, day_of};
pub use epoch::EpochKey;
pub use error::KeyError;
pub use file::Passphrase;
pub use listing::KeyInfo;
pub use name::KeyName;
pub use secret::{Secret, Seed, UnitSecrets};

pub(crate) use sealing::{RunningMac, SealingKey, mac};

use contents::{Contents, Held};
use file::KeyFile;
use piux_protocol::vocabulary::{Random, Timestamp, UnitId};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The opened keyring of one unit; shared by all parts of the node.
pub struct KeyRing {
    unit: UnitId,
    random: Arc<dyn Random>,
    state: Mutex<State>,
}

struct State {
    file: KeyFile,
    contents: Contents,
}

impl KeyRing {
    /// Makes the keyring of a new unit in `dir`; an existing one is never replaced.
    ///
    /// The secrets that no other party ever refers to (storage, join, actor, store)
    /// are drawn here. With [`Passphrase::None`] the wrapping key lies in the clear
    /// beside the keyring: for demonstrations and tests, and the caller warns.
    pub fn create(
        dir: &Path,
        secrets: UnitSecrets,
        passphrase: &Passphrase,
        random: Arc<dyn Random>,
        now: Timestamp,
    ) -> Result<Self, KeyError> {
        let contents = Contents::new(secrets, &*random, now);
        let mut file = KeyFile::create(dir, passphrase, &*random)?;
        file.save(&contents, &*random)?;
        Ok(Self::holding(file, contents, random))
    }

    /// Opens the keyring in `dir`.
    ///
    /// Refused when the file can be read by others, is damaged, was changed by
    /// another process, or does not open under `passphrase`.
    pub fn open(dir: &Path, passphrase: &Passphrase, random: Arc<dyn Random>) -> Result<Self, KeyError> {
        let (file, contents) = KeyFile::open(dir, passphrase)?;
        Ok(Self::holding(file, contents, random))
    }

    /// Whether the keyring in `dir` needs a passphrase to open.
    pub fn needs_passphrase(dir: &Path) -> Result<bool, KeyError> {
        KeyFile::needs_passphrase(dir)
    }

    /// The unit whose keys these are.
    pub fn unit(&self) -> UnitId {
        self.unit
    }

    /// The 32-byte secret of this name: a signing seed, a sealing seed or a symmetric key.
    pub fn seed(&self, name: KeyName) -> Result<Seed, KeyError> {
        self.secret(name)?.to_seed().ok_or(KeyError::Absent(name))
    }

    /// The secret of this name as it is held; the way to the TLS key and certificate (DER).
    pub fn secret(&self, name: KeyName) -> Result<Secret, KeyError> {
        let held = self.state().contents.secrets.get(&name).map(|held| held.secret.clone());
        held.ok_or(KeyError::Absent(name))
    }

    /// Puts a new secret in the place of the one of this name; the old one is destroyed.
    pub fn replace(&self, name: KeyName, secret: Secret, now: Timestamp) -> Result<(), KeyError> {
        self.change(|contents| {
            contents.secrets.insert(name, Held { created: now, secret });
            Ok(())
        })
    }

    /// Makes the announced next exchange key the current one and draws the one after it.
    pub fn promote_exchange(&self, now: Timestamp) -> Result<(), KeyError> {
        self.change(|contents| {
            let next = contents.secrets.remove(&KeyName::ExchangeNext);
            let next = next.ok_or(KeyError::Absent(KeyName::ExchangeNext))?;
            contents.secrets.insert(KeyName::Exchange, next);
            contents.draw(KeyName::ExchangeNext, &*self.random, now);
            Ok(())
        })
    }

    fn holding(file: KeyFile, contents: Contents, random: Arc<dyn Random>) -> Self {
        let unit = contents.unit;
        let state = Mutex::new(State { file, contents });
        Self { unit, random, state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes a copy, makes the copy durable, and only then lets it count.
    fn change<T>(&self, alter: impl FnOnce(&mut Contents) -> Result<T, KeyError>) -> Result<T, KeyError> {
        let mut state = self.state();
        let mut changed = state.contents.clone();
        let value = alter(&mut changed)?;
        state.file.save(&changed, &*self.random)?;
        state.contents = changed;
        Ok(value)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({:?}, ..)", self.unit)
    }
}
