//! The storage thread: the only one that writes, many callers to one sync.

use super::StoreError;
use super::engine::{Change, EngineWriter, LONGEST};
use super::segment::SegmentLog;
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};

/// Callers beyond this wait; nothing is dropped.
const QUEUE: usize = 4096;
/// No more callers join one sync of the disk once it has so many changes.
const GROUP: usize = 1024;

pub(super) struct Writer {
    queue: Mutex<Option<SyncSender<Job>>>,
    thread: Option<JoinHandle<()>>,
}

struct Job {
    changes: Vec<Change>,
    done: SyncSender<Result<(), StoreError>>,
}

struct Storage {
    engine: EngineWriter,
    log: SegmentLog,
    /// After a failed write nobody knows what the disk holds; a restart finds out.
    stopped: bool,
}

impl Writer {
    pub(super) fn start(engine: EngineWriter, log: SegmentLog) -> Result<Self, StoreError> {
        let (queue, jobs) = mpsc::sync_channel(QUEUE);
        let storage = Storage {
            engine,
            log,
            stopped: false,
        };
        let named = thread::Builder::new().name("store".to_owned());
        let thread = named
            .spawn(move || storage.serve(&jobs))
            .map_err(StoreError::io("start the storage thread"))?;
        Ok(Self {
            queue: Mutex::new(Some(queue)),
            thread: Some(thread),
        })
    }

    /// Makes the changes, all or none, and returns when they are on the disk.
    pub(super) fn commit(&self, changes: Vec<Change>) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        // Refused here, so that one caller's value fails nobody else's write.
        if changes
            .iter()
            .any(|change| change.value.as_ref().is_some_and(|value| value.len() > LONGEST))
        {
            return Err(StoreError::TooLong);
        }
        let (done, outcome) = mpsc::sync_channel(1);
        let queue = self
            .queue
            .lock()
            .ok()
            .and_then(|queue| queue.clone())
            .ok_or(StoreError::Stopped)?;
        queue.send(Job { changes, done }).map_err(|_| StoreError::Stopped)?;
        outcome.recv().unwrap_or(Err(StoreError::Stopped))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Ok(mut queue) = self.queue.lock() {
            queue.take();
        }
        if let Some(thread) = self.thread.take() {
            // What the thread could not write was reported to whoever asked for it.
            let _ = thread.join();
        }
    }
}

impl Storage {
    fn serve(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let mut changes = first.changes;
            let mut callers = vec![first.done];
            while changes.len() < GROUP {
                let Ok(job) = jobs.try_recv() else { break };
                changes.extend(job.changes);
                callers.push(job.done);
            }
            let outcome = self.write(changes);
            for caller in callers {
                // A caller that went away does not need the answer.
                let _ = caller.send(outcome);
            }
        }
    }

    fn write(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        if self.stopped {
            return Err(StoreError::Stopped);
        }
        let outcome = self.write_once(changes);
        self.stopped = outcome.is_err();
        outcome
    }

    fn write_once(&mut self, changes: Vec<Change>) -> Result<(), StoreError> {
        let logged: Vec<_> = changes.iter().filter(|change| change.day.is_some()).collect();
        let number = if logged.is_empty() {
            None
        } else {
            Some(self.log.append(&logged)?)
        };
        self.engine.commit(changes, number)
    }
}
