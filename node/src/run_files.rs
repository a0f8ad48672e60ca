//! What a running node leaves in `DIR/run`: its addresses and the desk credential.

use crate::files::{self, Readers};
use piux_protocol::vocabulary::{Random, base64url};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The addresses really bound, as URLs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addresses {
    /// Partners.
    pub exchange: String,
    /// Officers and national systems.
    pub desk: String,
    /// Health and metrics.
    pub ops: String,
}

/// The addresses and the one local credential of the desk.
pub struct RunFiles {
    /// Where the node listens.
    pub addresses: Addresses,
    /// What a local command presents; readable by the node's account only.
    pub credential: Zeroizing<String>,
}

impl RunFiles {
    /// A fresh credential for a node that starts.
    pub fn new(addresses: Addresses, random: &dyn Random) -> Self {
        Self {
            addresses,
            credential: Zeroizing::new(base64url(random.bytes::<32>())),
        }
    }

    /// Writes the credential, then the addresses: once these are there, the node is ready.
    pub fn write(&self, dir: &Path) -> io::Result<()> {
        files::replace(&credential_file(dir), self.credential.as_bytes(), Readers::Owner)?;
        let addresses = serde_json::to_vec_pretty(&self.addresses)?;
        files::replace(&addresses_file(dir), &addresses, Readers::Folder)
    }

    /// Reads what the running node wrote.
    pub fn read(dir: &Path) -> io::Result<Self> {
        let addresses = serde_json::from_slice(&std::fs::read(addresses_file(dir))?)?;
        let credential = Zeroizing::new(std::fs::read_to_string(credential_file(dir))?);
        Ok(Self { addresses, credential })
    }

    /// Removes both when the node stops.
    pub fn remove(dir: &Path) {
        for file in [addresses_file(dir), credential_file(dir)] {
            if let Err(error) = std::fs::remove_file(&file) {
                tracing::debug!(kind = ?error.kind(), "a run file was already gone");
            }
        }
    }
}

fn addresses_file(dir: &Path) -> PathBuf {
    dir.join("run/addresses.json")
}

fn credential_file(dir: &Path) -> PathBuf {
    dir.join("run/desk-credential")
}

impl std::fmt::Debug for RunFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunFiles")
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}
