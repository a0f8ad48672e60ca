//! `DIR/node.toml`: one small file, read once; nothing below [`node`](crate::node) sees it.

use crate::files::{self, Readers};
use piux_protocol::vocabulary::UnitId;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What an admin settles about the node itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The unit this node is.
    pub unit: UnitId,
    /// Its name, for people.
    pub name: String,
    /// The legal profile, such as `eu-pnr`.
    pub profile: String,
    /// Where partners reach the node; without it, the address really bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// A folder whose files are loaded and removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watch: Option<PathBuf>,
    /// Whether the keyring opens without a passphrase.
    #[serde(default)]
    pub no_passphrase: bool,
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// There is no node in the folder.
    #[error("{} is no node's folder; make one with `piux --dir {} init`", .0.display(), .0.display())]
    Missing(PathBuf),
    /// The file cannot be read or written.
    #[error("the node's configuration cannot be read or written")]
    Disk(#[source] std::io::Error),
    /// The file is not what this version understands.
    #[error("{} is not understood; correct it or restore it from a backup", .0.display())]
    Format(PathBuf, #[source] toml::de::Error),
}

impl Config {
    /// Reads the configuration of a node's folder.
    pub fn read(dir: &Path) -> Result<Self, ConfigError> {
        let file = file(dir);
        let text = match std::fs::read_to_string(&file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(ConfigError::Missing(dir.to_owned()));
            }
            read => read.map_err(ConfigError::Disk)?,
        };
        toml::from_str(&text).map_err(|error| ConfigError::Format(file, error))
    }

    /// Writes the configuration of a new node.
    pub fn write(&self, dir: &Path) -> Result<(), ConfigError> {
        let text = toml::to_string(self).unwrap_or_default();
        files::replace(&file(dir), text.as_bytes(), Readers::Folder).map_err(ConfigError::Disk)
    }
}

/// The configuration file of a node's folder.
pub fn file(dir: &Path) -> PathBuf {
    dir.join("node.toml")
}
