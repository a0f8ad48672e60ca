//! A watched folder: what a gateway lays down is loaded, receipted and removed.
//!
//! A file is taken when two looks found it unchanged; hidden files and names ending in `.part` or
//! `.tmp` are still being written. Once loaded, `receipts/NAME.json` says what came of it, and the
//! file itself is removed: it may hold what the law has deleted at once (Directive (EU) 2016/681
//! Art. 13(4)); what could not be read is in quarantine, sealed. A file that could not be loaded
//! stays, and is tried again.

use crate::files::{self, Readers};
use crate::load::{LoadOptions, LoadReport, mark};
use crate::node::{Node, NodeError, loaded};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How often the folder is looked at.
pub const LOOK: Duration = Duration::from_secs(2);
/// Bytes read at a time.
const BLOCK: usize = 64 * 1024;

/// A folder that is watched.
#[derive(Debug)]
pub struct Watch {
    folder: PathBuf,
    /// What each file looked like last time.
    seen: BTreeMap<PathBuf, Look>,
}

/// What tells a file that is still being written from one that is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    bytes: u64,
    changed: Option<SystemTime>,
}

/// The folder cannot be watched, or a file of it cannot be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// The folder, a file of it, or a receipt.
    #[error("the watched folder cannot be read or written")]
    Disk(#[from] io::Error),
    /// The file stays and is tried again.
    #[error(transparent)]
    Load(#[from] NodeError),
}

impl Watch {
    /// A folder to watch; made if it is not there, with `receipts` in it.
    pub fn new(folder: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(folder.join("receipts"))?;
        Ok(Self {
            folder,
            seen: BTreeMap::new(),
        })
    }

    /// Looks once and loads what is complete; returns how many files. One that fails does not keep the
    /// others waiting; the first failure is returned after them.
    pub fn look(&mut self, node: &Node) -> Result<usize, WatchError> {
        let ready = self.ready()?;
        let mut failed = Ok(());
        let mut done = 0;
        for file in ready {
            match take(node, &self.folder, &file) {
                Ok(()) => done += 1,
                Err(error) => failed = failed.and(Err(error)),
            }
        }
        failed.map(|()| done)
    }

    /// Files that did not change since the last look, by name.
    fn ready(&mut self) -> io::Result<Vec<PathBuf>> {
        let mut now = BTreeMap::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            let about = entry.metadata()?;
            if about.is_file() && !is_unfinished(&entry.path()) {
                let look = Look {
                    bytes: about.len(),
                    changed: about.modified().ok(),
                };
                now.insert(entry.path(), look);
            }
        }
        let unchanged = |(path, look): &(&PathBuf, &Look)| self.seen.get(*path) == Some(*look);
        let ready = now.iter().filter(unchanged).map(|(path, _)| path.clone()).collect();
        self.seen = now;
        Ok(ready)
    }
}

/// Loads a file, writes its receipt, removes it, in this order.
fn take(node: &Node, folder: &Path, path: &Path) -> Result<(), WatchError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut input = BufReader::with_capacity(BLOCK, File::open(path)?);
    let mut report = LoadReport::default();
    let options = LoadOptions::default().marked(mark(path));
    node.load_stream(&name, &mut input, &options, &mut report, &mut |_| {})?;
    let receipt = serde_json::to_vec_pretty(&loaded(&report).json).map_err(io::Error::from)?;
    files::replace(
        &folder.join("receipts").join(format!("{name}.json")),
        &receipt,
        Readers::Folder,
    )?;
    Ok(std::fs::remove_file(path)?)
}

fn is_unfinished(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ending = path.extension().and_then(|ending| ending.to_str());
    name.starts_with('.') || matches!(ending, Some("part" | "tmp"))
}
