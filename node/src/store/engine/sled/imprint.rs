//! What the database looked like when it was closed, and a copy when nobody knows.
//!
//! sled repairs while it opens: what it takes for an unfinished write it zeroes. So
//! a damaged database must be recognised before sled touches it. Closing leaves an
//! imprint (a digest over all files); a database that differs from its imprint is
//! damaged. After a crash there is none: then sled works on the files while a copy
//! waits, and the copy comes back if they turn out to be damaged.

use super::super::damaged;
use crate::store::StoreError;
use piux_protocol::vocabulary::{Digest, base64url};
use ring::digest::{Context, SHA256};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

const NAME: &str = "db.imprint";

/// Keeps the database as it was found until it has opened well.
pub(super) struct Safeguard {
    dir: PathBuf,
    copied: bool,
}

impl Safeguard {
    /// Compares the database with its imprint, or copies it when there is none.
    pub(super) fn raise(dir: &Path) -> Result<Self, StoreError> {
        let failed = StoreError::io("secure the database before opening it");
        recover_copy(dir).map_err(&failed)?;
        remove_unfinished_snapshots(&dir.join("db")).map_err(&failed)?;
        let imprint = fs::read_to_string(dir.join(NAME)).ok();
        let copied = match imprint {
            Some(imprint) if imprint != digest(dir).map_err(&failed)? => {
                return Err(damaged("it is not as it was closed"));
            }
            Some(_) => false,
            None => keep_copy(dir).map_err(&failed)?,
        };
        remove_if_there(&dir.join(NAME))
            .and_then(|()| sync_folder(dir))
            .map_err(&failed)?;
        Ok(Self {
            dir: dir.to_owned(),
            copied,
        })
    }

    /// The database opened well: from now on sled's own log protects it.
    pub(super) fn lower(self) {
        // A copy that stays would only be restored; it is the same database.
        let _ = fs::remove_dir_all(kept(&self.dir));
    }

    /// The database is damaged: everything is put back as it was found.
    pub(super) fn restore(self) {
        if self.copied {
            wait_until_closed(&self.dir);
            // What cannot be put back now is put back at the next start.
            let _ = recover_copy(&self.dir).and_then(|()| remove_if_there(&self.dir.join(NAME)));
        }
    }
}

/// Takes the imprint when dropped, after the database was closed.
pub(super) struct Imprinter(pub(super) PathBuf);

impl Drop for Imprinter {
    fn drop(&mut self) {
        // Without an imprint the next start takes the longer way, as after a crash.
        if wait_until_closed(&self.0) {
            let _ = take(&self.0);
        }
    }
}

fn take(dir: &Path) -> io::Result<()> {
    for path in files(&dir.join("db"))? {
        File::open(path)?.sync_all()?;
    }
    let fresh = dir.join("db.imprint.new");
    fs::write(&fresh, digest(dir)?)?;
    File::open(&fresh)?.sync_all()?;
    fs::rename(fresh, dir.join(NAME))
}

/// sled closes a little after its last handle is dropped, and gives its file lock back then.
fn wait_until_closed(dir: &Path) -> bool {
    let Ok(file) = File::open(dir.join("db/db")) else {
        return false;
    };
    (0..500).any(|_| file.try_lock().is_ok() || sleep_a_little())
}

fn sleep_a_little() -> bool {
    thread::sleep(Duration::from_millis(10));
    false
}

/// SHA-256 over each file's path below `db`, length and bytes, in the order of the paths.
fn digest(dir: &Path) -> io::Result<String> {
    let mut all = Context::new(&SHA256);
    let root = dir.join("db");
    let mut buffer = vec![0; 1 << 20];
    for path in files(&root)? {
        let name = path.strip_prefix(&root).unwrap_or(&path).as_os_str().as_encoded_bytes();
        all.update(&(name.len() as u64).to_be_bytes());
        all.update(name);
        let mut file = File::open(&path)?;
        all.update(&file.metadata()?.len().to_be_bytes());
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            all.update(buffer.get(..read).unwrap_or_default());
        }
    }
    let mut digest = Digest([0; 32]);
    digest.0.copy_from_slice(all.finish().as_ref());
    Ok(base64url(digest.0))
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let listing = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        listing => listing?,
    };
    for entry in listing {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.extend(files(&entry.path())?);
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn kept(dir: &Path) -> PathBuf {
    dir.join("db.kept")
}

/// Whether there was anything to copy.
fn keep_copy(dir: &Path) -> io::Result<bool> {
    let (root, partial) = (dir.join("db"), dir.join("db.copying"));
    if !root.join("db").exists() {
        return Ok(false);
    }
    remove_folder_if_there(&partial)?;
    fs::create_dir_all(&partial)?;
    for path in files(&root)? {
        let to = partial.join(path.strip_prefix(&root).unwrap_or(&path));
        fs::create_dir_all(to.parent().unwrap_or(&partial))?;
        fs::copy(&path, &to)?;
        File::open(to)?.sync_all()?;
    }
    fs::rename(partial, kept(dir))?;
    sync_folder(dir)?;
    Ok(true)
}

/// A copy that is still there means that the last opening did not end.
fn recover_copy(dir: &Path) -> io::Result<()> {
    if kept(dir).exists() {
        remove_folder_if_there(&dir.join("db"))?;
        fs::rename(kept(dir), dir.join("db"))?;
        sync_folder(dir)?;
    }
    Ok(())
}

/// A kill during a snapshot leaves a file at which sled would refuse to open.
fn remove_unfinished_snapshots(folder: &Path) -> io::Result<()> {
    for path in files(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

fn sync_folder(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn remove_folder_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Forgets the imprint of a database that is set aside.
pub(in super::super) fn forget(dir: &Path) {
    let _ = fs::remove_file(dir.join(NAME));
    let _ = fs::remove_dir_all(kept(dir));
}
