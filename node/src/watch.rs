//! A watched folder: what a gateway lays down is loaded, receipted and removed.
//!
//! A file is taken when two looks found it unchanged; hidden files and names ending in `.part` or
//! `.tmp` are still being written. Once loaded, `receipts/NAME.json` says what came of it, and the
//! file itself is removed: it may hold what the law has deleted at once (Directive (EU) 2016/681
//! Art. 13(4)); what could not be read is in quarantine, sealed. A file of which more was lost than
//! quarantine keeps goes to `unread`, the only copy. One that could not be loaded stays, and is tried
//! again.
//!
//! A `mapping.toml` explains the exports put beside it; folders inside that have one are watched too.

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
/// The mapping file of a folder.
const MAPPING: &str = "mapping.toml";
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
    #[error("the watched folder cannot be read or written; it is looked at again")]
    Disk(#[from] io::Error),
    /// The file stays.
    #[error("a file was not loaded, stays and is tried again: {0}")]
    Load(#[from] NodeError),
    /// The file was loaded, and moved.
    #[error(
        "more of a file was lost than quarantine keeps; it waits in `unread` for an officer, and its receipt says why"
    )]
    Unread,
}

impl Watch {
    /// A folder to watch; made if it is not there.
    pub fn new(folder: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
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
            match take(node, &file) {
                Ok(()) => done += 1,
                Err(error) => failed = failed.and(Err(error)),
            }
        }
        failed.map(|()| done)
    }

    /// Files that did not change since the last look, by name.
    fn ready(&mut self) -> io::Result<Vec<PathBuf>> {
        let mut now = BTreeMap::new();
        for folder in self.folders()? {
            for entry in std::fs::read_dir(folder)? {
                let entry = entry?;
                let about = entry.metadata()?;
                if about.is_file() && is_message(&entry.path()) {
                    let look = Look {
                        bytes: about.len(),
                        changed: about.modified().ok(),
                    };
                    now.insert(entry.path(), look);
                }
            }
        }
        let unchanged = |(path, look): &(&PathBuf, &Look)| self.seen.get(*path) == Some(*look);
        let ready = now.iter().filter(unchanged).map(|(path, _)| path.clone()).collect();
        self.seen = now;
        Ok(ready)
    }

    /// The folder, and those in it that say how their exports are read.
    fn folders(&self) -> io::Result<Vec<PathBuf>> {
        let mut folders = vec![self.folder.clone()];
        for entry in std::fs::read_dir(&self.folder)? {
            let inside = entry?.path();
            folders.extend(inside.join(MAPPING).is_file().then_some(inside));
        }
        Ok(folders)
    }
}

/// Loads a file, writes its receipt, puts it away, in this order.
fn take(node: &Node, path: &Path) -> Result<(), WatchError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().unwrap_or(Path::new("."));
    let options = options(folder)?.marked(mark(path));
    let mut input = BufReader::with_capacity(BLOCK, File::open(path)?);
    let mut report = LoadReport::default();
    node.load_stream(&name, &mut input, &options, &mut report, &mut |_| {})?;
    let receipt = serde_json::to_vec_pretty(&loaded(&report).json).map_err(io::Error::from)?;
    let receipts = folder.join("receipts");
    std::fs::create_dir_all(&receipts)?;
    files::replace(&receipts.join(format!("{name}.json")), &receipt, Readers::Folder)?;
    if report.unkept == 0 {
        return Ok(std::fs::remove_file(path)?);
    }
    put_by(path, &folder.join("unread"), &report)?;
    Err(WatchError::Unread)
}

/// How the files of a folder are read.
fn options(folder: &Path) -> Result<LoadOptions, WatchError> {
    let mapping = match std::fs::read_to_string(folder.join(MAPPING)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        read => Some(read?),
    };
    Ok(LoadOptions::new(None, mapping.as_deref()).map_err(NodeError::from)?)
}

/// Moves a file that is the only copy of what was lost of it. Another of its name stays another.
fn put_by(path: &Path, unread: &Path, report: &LoadReport) -> io::Result<()> {
    std::fs::create_dir_all(unread)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    if let Some(receipt) = report.receipts.last() {
        name.push(format!(".{}", receipt.artifact));
    }
    std::fs::rename(path, unread.join(name))
}

/// Whether a file is complete, and not what explains the others.
fn is_message(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ending = path.extension().and_then(|ending| ending.to_str());
    !name.starts_with('.') && name != MAPPING && !matches!(ending, Some("part" | "tmp"))
}
