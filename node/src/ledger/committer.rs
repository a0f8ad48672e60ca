//! The one thread that writes: groups entries, numbers them, seals details, makes them durable, answers.

use super::details::{self, Epoch};
use super::entry::{Counter, Entry, Kind, Role};
use super::leaf::Leaf;
use super::publish::{CHECKPOINT, PADDED, Publisher};
use super::recovery::{Heads, Recovered};
use super::wal::{Item, Wal};
use super::{LedgerError, Shared};
use piux_protocol::transparency::detail::DpoPublicKey;
use piux_protocol::transparency::{BUNDLE_ENTRY_MAX, Note, TILE_WIDTH, Tree, leaf_hash};
use piux_protocol::vocabulary::{Digest, Random, Salt, Timestamp};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

/// Entries made durable by one write at most.
const GROUP_MAX: usize = 1024;
/// When nothing more comes for so long, what was written is published.
const QUIET: Duration = Duration::from_millis(200);
/// Entries of concurrent requests may arrive out of order by so much before the clock is called wrong.
const DISORDER_SECONDS: i64 = 5;

/// Where the thread answers.
pub(super) type Reply<T> = SyncSender<Result<T, LedgerError>>;

/// What the thread is asked to do.
#[derive(Debug)]
pub(super) enum Command {
    Record(Box<Pending>),
    Publish(Reply<Note>),
    Pad(Timestamp, Reply<Note>),
    Stop,
}

/// An entry that waits to become durable.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) entry: Entry,
    pub(super) done: Reply<Written>,
}

/// What became of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    pub(super) index: u64,
    pub(super) leaf: Digest,
    pub(super) at: Timestamp,
}

/// An entry in its final form, not yet durable.
struct Prepared {
    item: Item,
    ep: Option<String>,
    leaf: Digest,
    at: Timestamp,
    done: Option<Reply<Written>>,
}

/// The state of the writing thread.
pub(super) struct Committer {
    dir: PathBuf,
    origin: String,
    wal: Wal,
    tree: Tree,
    publisher: Publisher,
    heads: Heads,
    last: Timestamp,
    clock_reported: bool,
    epoch: Option<Epoch>,
    group: Vec<Prepared>,
    unpublished: bool,
    start: (u64, u64),
    dpo: DpoPublicKey,
    random: Arc<dyn Random>,
    shared: Arc<Shared>,
}

impl Committer {
    pub(super) fn new(
        dir: &Path,
        recovered: Recovered,
        dpo: DpoPublicKey,
        random: Arc<dyn Random>,
        shared: Arc<Shared>,
    ) -> Self {
        let Recovered {
            wal,
            tree,
            publisher,
            heads,
            last,
            trimmed,
            repaired,
        } = recovered;
        let origin = publisher.origin();
        Self {
            dir: dir.to_owned(),
            origin,
            wal,
            tree,
            publisher,
            heads,
            last,
            clock_reported: false,
            epoch: None,
            group: Vec::new(),
            unpublished: false,
            start: (trimmed, repaired),
            dpo,
            random,
            shared,
        }
    }

    /// Records the start, and all that is remarkable about it.
    pub(super) fn start(&mut self, now: Timestamp) -> Result<(), LedgerError> {
        if self.tree.size() == 0 {
            self.prepare(Entry::new(Kind::ShardOpen, Role::Node, now), None)?;
        }
        let (trimmed, repaired) = self.start;
        let mut entry = Entry::new(Kind::NodeStart, Role::Node, now);
        if trimmed > 0 {
            entry = entry.count(Counter::TrimmedBytes, trimmed);
        }
        if repaired > 0 {
            entry = entry.count(Counter::RepairedFiles, repaired);
        }
        self.prepare(entry, None)?;
        self.commit()?;
        self.publish(CHECKPOINT).map(drop)
    }

    /// Serves until told to stop, or until the last handle is gone.
    pub(super) fn run(mut self, commands: &Receiver<Command>) {
        loop {
            let command = match commands.recv_timeout(QUIET) {
                Ok(command) => Some(command),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => Some(Command::Stop),
            };
            let go_on = match command {
                None => self.publish_quietly(),
                Some(first) => self.serve(first, commands),
            };
            if !go_on {
                break;
            }
        }
        self.publish_quietly();
    }

    /// Takes what waits, commits it as one group, then does what else was asked; false to stop.
    fn serve(&mut self, first: Command, commands: &Receiver<Command>) -> bool {
        let mut next = Some(first);
        while let Some(command) = next {
            match command {
                Command::Record(pending) => {
                    self.take(*pending);
                    next = if self.group.len() < GROUP_MAX {
                        commands.try_recv().ok()
                    } else {
                        None
                    };
                }
                other => return self.settle() & self.obey(other),
            }
        }
        self.settle()
    }

    fn obey(&mut self, command: Command) -> bool {
        match command {
            Command::Publish(done) => answer(&done, self.guarded(|this| this.publish(CHECKPOINT))),
            Command::Pad(now, done) => answer(&done, self.guarded(|this| this.pad(now))),
            Command::Record(_) => true,
            Command::Stop => false,
        }
    }

    fn take(&mut self, pending: Pending) {
        let Pending { entry, done } = pending;
        let refuse = match self.guarded(|this| this.prepare(entry, Some(done.clone()))) {
            Ok(()) => return,
            Err(refuse) => refuse,
        };
        let _ = done.send(Err(refuse));
    }

    fn settle(&mut self) -> bool {
        // Whoever waited has been answered; the thread lives on to refuse what still comes.
        let _ = self.guarded(Self::commit);
        true
    }

    fn publish_quietly(&mut self) -> bool {
        if self.unpublished {
            let _ = self.guarded(|this| this.publish(CHECKPOINT));
        }
        true
    }

    /// Runs a step that writes. A failed write breaks the ledger for good: after it, what the
    /// disk holds is unknown, and asking again could be answered with a lie (fsync reports once).
    fn guarded<T>(&mut self, step: impl FnOnce(&mut Self) -> Result<T, LedgerError>) -> Result<T, LedgerError> {
        if self.shared.broken.load(Ordering::Acquire) {
            return Err(LedgerError::Unwritable);
        }
        let result = step(self);
        match result {
            Err(LedgerError::TooLarge | LedgerError::Detail(_)) | Ok(_) => result,
            Err(_) => {
                self.shared.broken.store(true, Ordering::Release);
                self.epoch = None;
                for prepared in self.group.drain(..) {
                    refuse(prepared);
                }
                Err(LedgerError::Unwritable)
            }
        }
    }

    /// Gives an entry its final form: time, number, sealed details, canonical bytes.
    fn prepare(&mut self, entry: Entry, done: Option<Reply<Written>>) -> Result<(), LedgerError> {
        self.report_clock(entry.at)?;
        let at = entry.at.max(self.last);
        self.open_epoch(at)?;
        self.finish(entry, at, done)
    }

    fn finish(&mut self, entry: Entry, at: Timestamp, done: Option<Reply<Written>>) -> Result<(), LedgerError> {
        let sid = Salt(self.random.bytes());
        let mut leaf = Leaf::new(&entry, at, sid);
        let mut detail = Vec::new();
        if entry.detail.groups().next().is_some() {
            let epoch = self.epoch.as_mut().ok_or(LedgerError::Unwritable)?;
            let (line, commitments) = epoch.seal(&self.origin, &sid, &entry.detail, self.random.as_ref())?;
            detail = serde_json::to_vec(&line).map_err(|_| LedgerError::TooLarge)?;
            leaf.ep = Some(line.ep);
            leaf.d = commitments;
        }
        if let Some(peer) = leaf.peer {
            let head = self.heads.get(&peer);
            leaf.pn = Some(head.map_or(1, |(number, _)| number + 1));
            leaf.pp = head.map(|(_, hash)| *hash);
        }
        let bytes = leaf.encode().map_err(|_| LedgerError::TooLarge)?;
        let item = Item { leaf: bytes, detail };
        if item.leaf.len() > BUNDLE_ENTRY_MAX || item.encoded_len() > self.wal.payload_max() {
            return Err(LedgerError::TooLarge);
        }
        let hash = leaf_hash(&item.leaf);
        if let (Some(peer), Some(number)) = (leaf.peer, leaf.pn) {
            self.heads.insert(peer, (number, hash));
        }
        self.last = at;
        self.group.push(Prepared {
            item,
            ep: leaf.ep,
            leaf: hash,
            at,
            done,
        });
        Ok(())
    }

    /// A clock that went back is an event of its own; the log's time stands still until it has caught up.
    fn report_clock(&mut self, at: Timestamp) -> Result<(), LedgerError> {
        let behind = self.last.seconds() - at.seconds();
        if behind <= DISORDER_SECONDS {
            self.clock_reported = false;
            return Ok(());
        }
        if self.clock_reported {
            return Ok(());
        }
        self.clock_reported = true;
        let seconds = u64::try_from(behind).unwrap_or_default();
        let last = self.last;
        self.open_epoch(last)?;
        self.finish(
            Entry::new(Kind::NodeClock, Role::Node, last).count(Counter::StepSeconds, seconds),
            last,
            None,
        )
    }

    /// Every day, and every start, details get a new key; the old one is forgotten.
    fn open_epoch(&mut self, at: Timestamp) -> Result<(), LedgerError> {
        if self.epoch.as_ref().is_some_and(|epoch| epoch.day() == details::day(at)) {
            return Ok(());
        }
        self.epoch = None;
        let (epoch, digest) = Epoch::open(&self.dir, &self.origin, at, &self.dpo, self.random.as_ref())?;
        self.epoch = Some(epoch);
        let entry = Entry {
            artifact: Some(digest),
            ..Entry::new(Kind::KeyOpen, Role::Node, at)
        };
        self.finish(entry, at, None)
    }

    /// Makes the group durable, then answers. Frames are bounded by the segment's size.
    fn commit(&mut self) -> Result<(), LedgerError> {
        while !self.group.is_empty() {
            let fitting = self.fitting();
            let items: Vec<Item> = self
                .group
                .iter()
                .take(fitting)
                .map(|prepared| prepared.item.clone())
                .collect();
            self.wal.append(&items)?;
            let durable: Vec<Prepared> = self.group.drain(..fitting).collect();
            durable.into_iter().for_each(|prepared| self.integrate(prepared));
        }
        Ok(())
    }

    /// How many entries from the front fit one frame; at least one.
    fn fitting(&self) -> usize {
        let mut room = self.wal.payload_max();
        let fits = self.group.iter().take_while(|prepared| {
            let needed = prepared.item.encoded_len();
            let fits = needed <= room;
            room = room.saturating_sub(needed);
            fits
        });
        fits.count().max(1)
    }

    fn integrate(&mut self, prepared: Prepared) {
        let Prepared {
            item,
            ep,
            leaf,
            at,
            done,
        } = prepared;
        let index = self.tree.size();
        self.tree.push(leaf);
        self.publisher.push(item.leaf);
        if let Some(ep) = ep {
            self.publisher.push_detail(ep, item.detail);
        }
        self.unpublished = true;
        self.shared.size.store(index + 1, Ordering::Release);
        if let Some(done) = done {
            // Who asked may have gone; the entry stays.
            let _ = done.send(Ok(Written { index, leaf, at }));
        }
    }

    fn publish(&mut self, name: &str) -> Result<Note, LedgerError> {
        let note = self.publisher.publish(&self.tree, name)?;
        self.unpublished = false;
        Ok(note)
    }

    /// Fills up to a multiple of 256; the padded checkpoint is the one partners may see.
    fn pad(&mut self, now: Timestamp) -> Result<Note, LedgerError> {
        let missing = self.tree.size().next_multiple_of(TILE_WIDTH) - self.tree.size();
        for _ in 0..missing {
            self.prepare_pad(now)?;
        }
        self.commit()?;
        self.publish(CHECKPOINT)?;
        self.publish(PADDED)
    }

    /// A filling entry opens no key and reports no clock: that would shift the count.
    fn prepare_pad(&mut self, now: Timestamp) -> Result<(), LedgerError> {
        let at = now.max(self.last);
        self.finish(Entry::new(Kind::Pad, Role::Node, at), at, None)
    }
}

fn answer<T>(done: &Reply<T>, result: Result<T, LedgerError>) -> bool {
    let _ = done.send(result);
    true
}

fn refuse(prepared: Prepared) {
    if let Some(done) = prepared.done {
        let _ = done.send(Err(LedgerError::Unwritable));
    }
}
