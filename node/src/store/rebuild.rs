//! The database made anew from the segment log.

use super::StoreError;
use super::engine::{Engine, EngineKind, EngineWriter, damaged};
use super::segment::{self, log_damaged};
use crate::keys::KeyRing;
use std::fs;
use std::path::Path;

/// What a rebuild found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct RebuildReport {
    /// Entries of the segment log that were read.
    pub entries: u64,
    /// Values and deletions that were taken over.
    pub changes: u64,
    /// Changes left out because every key of their day was destroyed.
    pub forgotten: u64,
}

/// Brings the database up to the log: a crash can come between the two syncs.
pub(super) fn catch_up(dir: &Path, engine: &Engine, writer: &mut EngineWriter) -> Result<u64, StoreError> {
    let known = engine.logged()?;
    let last = segment::read_after(dir, known, |number, changes| writer.commit(changes, Some(number)))?;
    if last < known {
        return Err(log_damaged("its latest entries are missing"));
    }
    Ok(last)
}

/// Moves the old database aside and replays the whole log into a new one.
pub(super) fn rebuild(dir: &Path, keys: &KeyRing, engine: Option<EngineKind>) -> Result<RebuildReport, StoreError> {
    // Read once before anything is moved: a damaged log stops here.
    segment::read_after(dir, 0, |_, _| Ok(()))?;
    let before = EngineKind::of(dir);
    set_aside(dir, before)?;
    let (_, mut writer) = Engine::open(dir, engine.unwrap_or(before))?;
    let mut report = RebuildReport {
        entries: 0,
        changes: 0,
        forgotten: 0,
    };
    segment::read_after(dir, 0, |number, mut changes| {
        let all = changes.len();
        changes.retain(|change| !is_forgotten(keys, change.day));
        report.entries += 1;
        report.changes += changes.len() as u64;
        report.forgotten += (all - changes.len()) as u64;
        writer.commit(changes, Some(number))
    })?;
    Ok(report)
}

/// A day the keyring does not know is not forgotten: an older keyring may stand in for a while.
pub(super) fn is_forgotten(keys: &KeyRing, day: Option<u32>) -> bool {
    let known = day.and_then(|day| keys.known_day(day));
    known.is_some_and(|keys| keys.is_gone())
}

/// The damaged database is kept for whoever wants to look at it; it holds sealed values only.
fn set_aside(dir: &Path, kind: EngineKind) -> Result<(), StoreError> {
    Engine::forget(dir);
    let db = kind.path(dir);
    if !db.exists() {
        return Ok(());
    }
    let free = (1..1000)
        .map(|number| dir.join(format!("db.damaged-{number}")))
        .find(|path| !path.exists());
    let free = free.ok_or(damaged("too many damaged databases lie about"))?;
    fs::rename(db, free).map_err(StoreError::io("set the damaged database aside"))
}
