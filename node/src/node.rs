//! One node: opened, asked, closed.

mod account;
mod agreeing;
mod announcing;
mod auditing;
mod commanding;
mod deciding;
mod diagnosing;
mod ingesting;
mod opening;
mod pairing;

pub use account::loaded;
pub use opening::{OpenError, origin, verifier_file};

use crate::agreements::{AgreementError, Agreements};
use crate::answer::Responder;
use crate::ask::Requester;
use crate::config::Config;
use crate::ground::Ground;
use crate::keys::{KeyError, KeyName};
use crate::ledger::{Entry, Kind, LedgerError, Role};
use crate::load::{LoadError, LoadReport, Loader};
use crate::partners::{PartnerError, Partners};
use crate::store::StoreError;
use crate::telemetry::Metrics;
use piux_protocol::metadata::MetadataError;
use piux_protocol::vocabulary::{Random, Timestamp, UnitId};
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

/// One running unit.
pub struct Node {
    dir: PathBuf,
    config: Config,
    ground: Arc<Ground>,
    partners: Arc<Partners>,
    agreements: Arc<Agreements>,
    responder: Arc<Responder>,
    requester: Arc<Requester>,
    loader: Loader,
    metrics: Arc<Metrics>,
    public_url: RwLock<String>,
}

/// A command could not be carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// Pairing.
    #[error(transparent)]
    Partner(#[from] PartnerError),
    /// Agreements.
    #[error(transparent)]
    Agreement(#[from] AgreementError),
    /// Loading.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Quarantine.
    #[error(transparent)]
    Quarantine(#[from] crate::quarantine::QuarantineError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keyring.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// Our own metadata.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// Asking.
    #[error(transparent)]
    Ask(#[from] crate::ask::AskError),
    /// Deciding.
    #[error(transparent)]
    Decision(#[from] crate::answer::DecisionError),
    /// The node's public address is not known.
    #[error("partners need the node's address: run it once, or set public_url in node.toml")]
    NoAddress,
    /// What was given is not what the command needs; the text says what to do.
    #[error("{0}")]
    Input(String),
    /// A task stopped.
    #[error("the command stopped unexpectedly; see the log")]
    Stopped,
}

impl Node {
    /// The node's folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Chance.
    pub fn random(&self) -> &dyn Random {
        &*self.ground.random
    }

    /// Who answers partners.
    pub fn responder(&self) -> Arc<Responder> {
        self.responder.clone()
    }

    /// The counters.
    pub fn metrics(&self) -> Arc<Metrics> {
        self.metrics.clone()
    }

    /// Whether partners can be answered: nothing leaves without its ledger entry.
    pub fn is_ready(&self) -> bool {
        self.ground.ledger.is_writable()
    }

    /// Our TLS certificate and key, DER.
    pub fn tls(&self) -> Result<(Vec<u8>, Vec<u8>), NodeError> {
        let certificate = self.ground.keys.secret(KeyName::TlsCertificate)?.expose().to_vec();
        Ok((certificate, self.ground.keys.secret(KeyName::TlsKey)?.expose().to_vec()))
    }

    /// The folder to watch, if the configuration names one.
    pub fn configured_watch(&self) -> Option<PathBuf> {
        self.config.watch.clone()
    }

    /// The number of the ten-minute interval we are in.
    pub fn grid(&self) -> i64 {
        self.now().seconds().div_euclid(600)
    }

    /// What must happen as time passes: the padded checkpoint partners were promised,
    /// and the end of what may no longer be kept.
    pub fn keep_time(&self) -> Result<(), NodeError> {
        let now = self.now();
        self.ground.ledger.publish_padded(now)?;
        self.ground.store.sweep_documents(now)?;
        self.loader.quarantine().sweep(now)?;
        self.loader.expire_pushes(&mut LoadReport::default())?;
        self.ground.keys.destroy_expired_epochs(now)?;
        Ok(())
    }

    /// Records an act of administration with its reason, sealed to the DPO.
    fn record(&self, kind: Kind, peer: Option<UnitId>, reason: Option<&str>) -> Result<(), NodeError> {
        let mut entry = Entry::new(kind, Role::Admin, self.now());
        entry.peer = peer;
        entry.detail.why = reason.map(|reason| serde_json::json!({ "reason": reason }));
        self.ground.ledger.record(entry, ())?;
        Ok(())
    }

    fn now(&self) -> Timestamp {
        self.ground.clock.now()
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node({:?})", self.config.unit)
    }
}
