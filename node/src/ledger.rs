//! The audit ledger: what happened, in order, for ever, and without anybody's name.
//!
//! Every event is one leaf of an RFC 6962 tree in C2SP formats. The source of
//! truth is a write-ahead log (`ledger/wal.rs`); tiles, entry bundles and checkpoints
//! are written from it. Nothing may leave the node before its entry is durable:
//! [`Ledger::record`] is the only maker of [`Recorded`], and only a `Recorded` can be sent.
//!
//! ```text
//! ledger/lock                       one opener at a time
//! ledger/wal/00000001.wal           frames with checksums, each naming the hash of the one before
//! ledger/log/<shard>/checkpoint     signed head; checkpoint.padded is the one partners may see
//! ledger/log/<shard>/tile/...       hashes and entries (C2SP tlog-tiles)
//! ledger/detail/<day>/<epoch>.jsonl sealed to the data protection officer
//! ledger/keyring/<epoch>.json       the epoch's secret, sealed to the same key
//! ```
//!
//! Fail closed: after the first write that fails the ledger stays unwritable
//! until the node is started again, because what the disk then holds is unknown.

mod committer;
mod details;
mod entry;
mod layout;
mod leaf;
mod publish;
mod read;
mod recovery;
mod sentence;
mod stats;
mod verify;
mod wal;

pub use entry::{ClauseId, Counter, Decision, Detail, Entry, Kind, Obligation, OperationClass, Role, UnknownTerm};
pub use leaf::Leaf;
pub use read::{Filter, Line, Reader, Selector};
pub use stats::Stats;
pub use verify::{Category, Finding, VerifyReport, checkpoint_note, verify};

use committer::{Command, Committer, Pending};
use piux_protocol::message::Promise;
use piux_protocol::transparency::detail::{DetailError, DpoPublicKey};
use piux_protocol::transparency::{Checkpoint, Note, NoteSigner, NoteVerifier};
use piux_protocol::vocabulary::{Digest, Random, Timestamp};
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use zeroize::Zeroizing;

/// Partners' checkpoints lie on a grid of ten minutes.
const GRID_SECONDS: i64 = 600;
/// From the grid point after an entry, its inclusion may take so long.
const MERGE_DELAY_SECONDS: i64 = 1800;

/// Why the ledger cannot be opened, written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// A write failed, now or earlier; nothing may leave the node.
    #[error("the ledger cannot be written; free or repair its disk and restart the node")]
    Unwritable,
    /// More entries wait than the queue holds; nothing was recorded.
    #[error("too many entries are waiting to be written; try again")]
    Overloaded,
    /// An entry or its details are longer than can be stored.
    #[error("the entry or its details are too long for the ledger")]
    TooLarge,
    /// Another process, or another part of this one, has the ledger open.
    #[error("the ledger is open elsewhere; stop the other node first")]
    Locked,
    /// Name or key are not what a ledger's should be, or the folder is another ledger's.
    #[error("the folder's ledger has another name or key than this node; check which folder the node was given")]
    Identity,
    /// A damaged place in the log with sound entries after it.
    #[error(
        "the ledger is damaged in segment {segment} at byte {offset}, with sound entries after it; \
         keep a copy as evidence, tell the data protection officer, and restore the folder from backup"
    )]
    Corrupt {
        /// Number of the segment.
        segment: u64,
        /// Byte offset inside it.
        offset: u64,
    },
    /// Fewer entries than a checkpoint already signed.
    #[error(
        "the ledger holds {held} entries but {signed} were already signed; it was cut or restored from an old backup: \
         keep a copy as evidence, tell the data protection officer, and restore the newest folder"
    )]
    RolledBack {
        /// Entries found.
        held: u64,
        /// Entries of the signed checkpoint.
        signed: u64,
    },
    /// The entries are not those of a checkpoint already signed.
    #[error(
        "the ledger's entries are not those it signed before; keep a copy as evidence, tell the data protection \
         officer, and restore the folder from backup"
    )]
    Inconsistent,
    /// No such entry.
    #[error("the ledger has no such entry")]
    NotFound,
    /// A file of the ledger is missing or not readable as what it should be.
    #[error("a file of the ledger is missing or damaged: {0}; run `piux audit verify`")]
    Damaged(&'static str),
    /// Details cannot be sealed or opened.
    #[error("the entry's details cannot be sealed or opened")]
    Detail(#[source] DetailError),
    /// The disk refused.
    #[error("the ledger's files cannot be read or written")]
    Io(#[from] io::Error),
}

/// Who keeps the ledger, and for whom.
pub struct LedgerIdentity {
    /// The log's name for ever, such as `uto.piu.example/audit/2026`; its last part names the shard.
    pub origin: String,
    /// Seed of the ledger's own Ed25519 key.
    pub seed: Zeroizing<[u8; 32]>,
    /// The data protection officer's X-Wing public key, 1,216 bytes.
    pub dpo: Vec<u8>,
}

impl fmt::Debug for LedgerIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LedgerIdentity({})", self.origin)
    }
}

/// Sizes and bounds; the defaults suit a node.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Bytes of one segment of the write-ahead log, filled with zeros ahead of use.
    pub segment_bytes: u64,
    /// Refuse to grow the write-ahead log beyond so many bytes.
    pub capacity_bytes: Option<u64>,
    /// Entries that may wait; one more is refused as overloaded.
    pub queue: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes: 8 << 20,
            capacity_bytes: None,
            queue: 4096,
        }
    }
}

/// A value whose ledger entry is durable; made by [`Ledger::record`] alone.
#[derive(Debug)]
pub struct Recorded<T> {
    value: T,
    index: u64,
    promise: Promise,
}

impl<T> Recorded<T> {
    /// What was recorded.
    pub const fn value(&self) -> &T {
        &self.value
    }

    /// The promise that goes out with it.
    pub const fn promise(&self) -> Promise {
        self.promise
    }

    /// The entry's place; for the unit's own eyes, since it tells how much traffic there is.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// The value and the promise.
    pub fn into_parts(self) -> (T, Promise) {
        (self.value, self.promise)
    }
}

/// The promise of a leaf recorded then: on the ten-minute grid, so that it meters no traffic.
fn promise(leaf: Digest, recorded: Timestamp) -> Promise {
    let grid_point = (recorded.seconds() / GRID_SECONDS + 1) * GRID_SECONDS;
    Promise {
        leaf,
        by: Timestamp::from_seconds(grid_point + MERGE_DELAY_SECONDS),
    }
}

/// What the ledger and its writing thread both look at.
#[derive(Debug, Default)]
struct Shared {
    broken: AtomicBool,
    size: AtomicU64,
}

/// The open ledger of a node. Dropping it publishes what is written and stops its thread.
pub struct Ledger {
    dir: PathBuf,
    verifier: NoteVerifier,
    queue: SyncSender<Command>,
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
    _lock: File,
}

impl Ledger {
    /// Opens or creates the ledger in `dir`, and records that the node started.
    ///
    /// Recovers from a crash; refuses damage, a cut, and a second opener.
    pub fn open(
        dir: &Path,
        identity: LedgerIdentity,
        random: Arc<dyn Random>,
        now: Timestamp,
    ) -> Result<Self, LedgerError> {
        Self::open_with(dir, identity, random, now, Options::default())
    }

    /// As [`Ledger::open`], with other sizes.
    pub fn open_with(
        dir: &Path,
        identity: LedgerIdentity,
        random: Arc<dyn Random>,
        now: Timestamp,
        options: Options,
    ) -> Result<Self, LedgerError> {
        let signer = NoteSigner::new(&identity.origin, &identity.seed).map_err(|_| LedgerError::Identity)?;
        let dpo = DpoPublicKey::from_bytes(&identity.dpo).map_err(LedgerError::Detail)?;
        let lock = layout::lock(dir)?;
        let verifier = signer.verifier();
        let shared = Arc::new(Shared::default());
        let recovered = recovery::recover(dir, signer, options)?;
        let mut committer = Committer::new(dir, recovered, dpo, random, Arc::clone(&shared));
        committer.start(now)?;
        let (queue, commands) = sync_channel(options.queue);
        let thread = std::thread::Builder::new()
            .name("ledger".into())
            .spawn(move || committer.run(&commands))?;
        Ok(Self {
            dir: dir.to_owned(),
            verifier,
            queue,
            shared,
            thread: Mutex::new(Some(thread)),
            _lock: lock,
        })
    }

    /// Writes an entry and returns once it is durable; the only maker of [`Recorded`].
    ///
    /// Blocks for one group commit, a few milliseconds.
    pub fn record<T>(&self, entry: Entry, value: T) -> Result<Recorded<T>, LedgerError> {
        let (done, answer) = sync_channel(1);
        self.send(Command::Record(Box::new(Pending { entry, done })))?;
        let written = receive(&answer)?;
        Ok(Recorded {
            value,
            index: written.index,
            promise: promise(written.leaf, written.at),
        })
    }

    /// Writes tiles and a signed checkpoint of everything recorded, for our own eyes.
    pub fn checkpoint(&self) -> Result<Note, LedgerError> {
        let (done, answer) = sync_channel(1);
        self.send(Command::Publish(done))?;
        receive(&answer)
    }

    /// Fills the tree to a multiple of 256 and signs the checkpoint that partners may see.
    ///
    /// To be called on the ten-minute grid; the size tells nothing but a multiple of 256.
    pub fn publish_padded(&self, now: Timestamp) -> Result<Note, LedgerError> {
        let (done, answer) = sync_channel(1);
        self.send(Command::Pad(now, done))?;
        receive(&answer)
    }

    /// How many entries are durable.
    pub fn size(&self) -> u64 {
        self.shared.size.load(Ordering::Acquire)
    }

    /// Whether entries can still be written.
    pub fn is_writable(&self) -> bool {
        !self.shared.broken.load(Ordering::Acquire)
    }

    /// The public key that checkpoints are verified with.
    pub const fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }

    /// A view of everything recorded until now.
    pub fn reader(&self) -> Result<Reader, LedgerError> {
        self.checkpoint()?;
        Reader::open(&self.dir)
    }

    /// The entries since an instant, oldest first: replayed nonces and spent quotas are rebuilt from them.
    pub fn recent(&self, since: Timestamp) -> Result<Vec<Line>, LedgerError> {
        self.reader()?.recent(since)
    }

    /// A C2SP tlog-proof that the entry is in the log, checked before it is handed out.
    pub fn prove(&self, index: u64) -> Result<String, LedgerError> {
        self.reader()?.prove(index)
    }

    /// The newest head, without its signature.
    pub fn head(&self) -> Result<Checkpoint, LedgerError> {
        Checkpoint::open(&self.checkpoint()?, &self.verifier).map_err(|_| LedgerError::Inconsistent)
    }

    /// Records that the node stops, publishes, and ends the writing thread.
    pub fn close(self, now: Timestamp) -> Result<(), LedgerError> {
        let stopped = self.record(Entry::new(Kind::NodeStop, Role::Node, now), ());
        drop(self);
        stopped.map(drop)
    }

    fn send(&self, command: Command) -> Result<(), LedgerError> {
        if !self.is_writable() {
            return Err(LedgerError::Unwritable);
        }
        self.queue.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => LedgerError::Overloaded,
            TrySendError::Disconnected(_) => LedgerError::Unwritable,
        })
    }
}

/// A thread that died without answering wrote nothing we may rely on.
fn receive<T>(answer: &Receiver<Result<T, LedgerError>>) -> Result<T, LedgerError> {
    answer.recv().unwrap_or(Err(LedgerError::Unwritable))
}

impl Drop for Ledger {
    fn drop(&mut self) {
        // A full queue is drained by the thread; waiting for a place is right here.
        let _ = self.queue.send(Command::Stop);
        let thread = self.thread.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ledger({}, {} entries)", self.verifier.name(), self.size())
    }
}
