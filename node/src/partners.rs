//! The units we exchange with: their pinned root keys and latest metadata.
//!
//! One file per partner in `DIR/partners`. The root key is pinned when an admin
//! confirms the fingerprint; from then on only metadata under that key is taken.

use crate::files::{self, Readers};
use piux_protocol::metadata::{Fingerprint, Metadata, MetadataError};
use piux_protocol::signature::VerifyingKey;
use piux_protocol::vocabulary::{Digest, Timestamp, UnitId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// A partner as last confirmed.
#[derive(Debug, Clone)]
pub struct Partner {
    /// What it says of itself, verified.
    pub metadata: Metadata,
    /// The signed statement, as received.
    pub statement: String,
    /// When the statement was last fetched.
    pub fetched: Timestamp,
}

impl Partner {
    /// The partner.
    pub fn unit(&self) -> UnitId {
        self.metadata.iss
    }

    /// Thumbprint of the pinned root key.
    pub fn pinned(&self) -> Digest {
        self.metadata.keys.root.key_id()
    }

    /// The keys that may sign its messages.
    pub fn exchange_keys(&self) -> Vec<VerifyingKey> {
        self.metadata.keys.exchange_keys().copied().collect()
    }
}

/// A partner cannot be read, taken or kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PartnerError {
    /// The metadata is not in order.
    #[error("the metadata is not accepted; ask the partner for a fresh export")]
    Metadata(#[from] MetadataError),
    /// The fingerprint given is another one.
    #[error("the fingerprint is another one: this metadata says {0}; call the partner before you go on")]
    Fingerprint(Fingerprint),
    /// The unit is known with another root key.
    #[error(
        "this unit is known with another root key; remove its file in `partners` only after its admin confirmed the change"
    )]
    OtherRoot,
    /// A unit cannot be its own partner.
    #[error("this is our own metadata; hand it to the partner and import theirs")]
    Ourselves,
    /// The folder cannot be read or written.
    #[error("the partners' files cannot be read or written")]
    Disk(#[source] std::io::Error),
    /// A file is not what was written.
    #[error("{} is damaged; restore it, or remove it and pair again", .0.display())]
    Damaged(PathBuf),
}

/// All partners of a node.
#[derive(Debug)]
pub struct Partners {
    dir: PathBuf,
    unit: UnitId,
    known: RwLock<BTreeMap<UnitId, Arc<Partner>>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    root: Digest,
    fetched: Timestamp,
    statement: String,
}

impl Partners {
    /// Reads the partners of a node's folder.
    pub fn open(dir: &Path, unit: UnitId) -> Result<Self, PartnerError> {
        let dir = dir.join("partners");
        std::fs::create_dir_all(&dir).map_err(PartnerError::Disk)?;
        let mut known = BTreeMap::new();
        for entry in std::fs::read_dir(&dir).map_err(PartnerError::Disk)? {
            let file = entry.map_err(PartnerError::Disk)?.path();
            if file.extension().is_some_and(|extension| extension == "json") {
                let partner = read(&file)?;
                known.insert(partner.unit(), Arc::new(partner));
            }
        }
        Ok(Self {
            dir,
            unit,
            known: RwLock::new(known),
        })
    }

    /// The partner of this name.
    pub fn get(&self, unit: UnitId) -> Option<Arc<Partner>> {
        self.read().get(&unit).cloned()
    }

    /// The partner that signs with this key.
    pub fn with_key(&self, key: Digest) -> Option<Arc<Partner>> {
        self.read()
            .values()
            .find(|partner| partner.metadata.keys.exchange_key(key).is_some())
            .cloned()
    }

    /// Every partner.
    pub fn all(&self) -> Vec<Arc<Partner>> {
        self.read().values().cloned().collect()
    }

    /// What a statement says, if it may be taken after the fingerprint is compared.
    pub fn examine(&self, statement: &str, now: Timestamp) -> Result<Metadata, PartnerError> {
        let metadata = Metadata::verify_self_signed(statement.trim(), now)?;
        if metadata.iss == self.unit {
            return Err(PartnerError::Ourselves);
        }
        let pinned = self.get(metadata.iss).map(|partner| partner.pinned());
        if pinned.is_some_and(|pinned| pinned != metadata.keys.root.key_id()) {
            return Err(PartnerError::OtherRoot);
        }
        Ok(metadata)
    }

    /// Pins a partner whose fingerprint a person confirmed.
    pub fn pair(&self, statement: &str, confirmed: &str, now: Timestamp) -> Result<Arc<Partner>, PartnerError> {
        let metadata = self.examine(statement, now)?;
        let confirmed: Option<Fingerprint> = confirmed.trim().parse().ok();
        if confirmed != Some(metadata.fingerprint()) {
            return Err(PartnerError::Fingerprint(metadata.fingerprint()));
        }
        self.keep(Partner {
            metadata,
            statement: statement.trim().to_owned(),
            fetched: now,
        })
    }

    /// Takes a newer statement of a known partner, under its pinned root key.
    pub fn refresh(&self, partner: &Partner, statement: &str, now: Timestamp) -> Result<Arc<Partner>, PartnerError> {
        let metadata = Metadata::verify(statement.trim(), partner.pinned(), now)?;
        if metadata.iss != partner.unit() {
            return Err(PartnerError::Metadata(MetadataError::Unit));
        }
        self.keep(Partner {
            metadata,
            statement: statement.trim().to_owned(),
            fetched: now,
        })
    }

    fn keep(&self, partner: Partner) -> Result<Arc<Partner>, PartnerError> {
        let kept = Kept {
            root: partner.pinned(),
            fetched: partner.fetched,
            statement: partner.statement.clone(),
        };
        let bytes = serde_json::to_vec_pretty(&kept).map_err(|error| PartnerError::Disk(error.into()))?;
        let file = self.dir.join(format!("{}.json", partner.unit().state()));
        files::replace(&file, &bytes, Readers::Folder).map_err(PartnerError::Disk)?;
        let partner = Arc::new(partner);
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(partner.unit(), partner.clone());
        Ok(partner)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<UnitId, Arc<Partner>>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a partner's file; expired metadata stays known, and is fetched anew before use.
fn read(file: &Path) -> Result<Partner, PartnerError> {
    let damaged = || PartnerError::Damaged(file.to_owned());
    let bytes = std::fs::read(file).map_err(PartnerError::Disk)?;
    let kept: Kept = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
    let metadata = Metadata::verify(&kept.statement, kept.root, kept.fetched).map_err(|_| damaged())?;
    Ok(Partner {
        metadata,
        statement: kept.statement,
        fetched: kept.fetched,
    })
}
