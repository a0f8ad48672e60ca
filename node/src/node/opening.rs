//! From a folder to a node: every part made and joined once.

use super::Node;
use crate::agreements::{AgreementError, Agreements};
use crate::answer::{LiveIndex, Responder};
use crate::ask::Requester;
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, ConfigError};
use crate::epochs::Epochs;
use crate::files::{self, Readers};
use crate::founding;
use crate::ground::Ground;
use crate::keys::{KeyError, KeyName, KeyRing, Passphrase, SystemRandom};
use crate::ledger::{Entry, Kind, Ledger, LedgerError, LedgerIdentity, Role};
use crate::load::Loader;
use crate::partners::{PartnerError, Partners};
use crate::store::{FolderLock, Store, StoreError};
use crate::telemetry::Metrics;
use ed25519_dalek::VerifyingKey as DsseKey;
use piux_policy::agreement::Agreement;
use piux_policy::{Bundle, Profile, SourceFile};
use piux_protocol::jws::JwsError;
use piux_protocol::transparency::detail::DpoPublicKey;
use piux_protocol::vocabulary::{Random, UnitId};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use zeroize::Zeroizing;

/// A node could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has it.
    #[error(transparent)]
    Locked(StoreError),
    /// No passphrase could be read.
    #[error("no passphrase could be read; set PIUX_PASSPHRASE_FILE to a file that holds it")]
    Passphrase(#[source] io::Error),
    /// The configuration is missing or not understood.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The keyring does not open.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The store does not open.
    #[error(transparent)]
    Store(StoreError),
    /// The ledger does not open.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The DPO's public key is missing or damaged.
    #[error("the data protection officer's public key (dpo-public.json) is missing or damaged; restore it")]
    DpoKey,
    /// The partners cannot be read.
    #[error(transparent)]
    Partners(#[from] PartnerError),
    /// The profile or the national rules do not hold.
    #[error("the policy does not hold; nothing was loaded:\n{0}")]
    Policy(String),
    /// The agreements cannot be read.
    #[error(transparent)]
    Agreements(#[from] AgreementError),
    /// A part of the operating system refused.
    #[error("the folder cannot be read")]
    Disk(#[source] io::Error),
    /// The JWT provider is taken by another library.
    #[error(transparent)]
    Statement(#[from] JwsError),
}

impl Node {
    /// Opens a node's folder with the machine's clock and chance.
    pub fn open(dir: &Path, passphrase: fn() -> io::Result<Passphrase>) -> Result<Self, OpenError> {
        Self::open_with(dir, passphrase, Arc::new(SystemClock), Arc::new(SystemRandom))
    }

    /// Opens a node's folder; tests hand in a clock that stands still.
    pub fn open_with(
        dir: &Path,
        passphrase: fn() -> io::Result<Passphrase>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, OpenError> {
        piux_protocol::token::install_provider()?;
        let config = Config::read(dir)?;
        let lock = FolderLock::acquire(dir).map_err(OpenError::Locked)?;
        let passphrase = if config.no_passphrase {
            Passphrase::None
        } else {
            passphrase().map_err(OpenError::Passphrase)?
        };
        let keys = Arc::new(KeyRing::open(dir, &passphrase, random.clone())?);
        let now = clock.now();
        let ledger = Ledger::open(&dir.join("ledger"), identity(dir, &config, &keys)?, random.clone(), now)?;
        leave_verifier(dir, &ledger).map_err(OpenError::Disk)?;
        let store = Arc::new(Store::open(lock, keys.clone(), random.clone()).map_err(OpenError::Store)?);
        let exchange_key = piux_protocol::signature::SigningKey::from_seed(keys.seed(KeyName::Exchange)?.expose());
        let ground = Ground {
            unit: config.unit,
            keys,
            store,
            ledger,
            clock,
            random,
            exchange_key,
        };
        Self::furnish(dir, config, Arc::new(ground))
    }

    /// Joins the floors above the ground.
    fn furnish(dir: &Path, config: Config, ground: Arc<Ground>) -> Result<Self, OpenError> {
        let partners = Arc::new(Partners::open(dir, config.unit)?);
        let bundle = bundle(dir)?;
        let profile = bundle.profile().clone();
        let agreements = Agreements::open(dir, config.unit, bundle, &|agreement| {
            signers(&ground, &partners, agreement)
        })?;
        let agreements = Arc::new(agreements);
        let epochs = Epochs::open(dir, ground.keys.clone(), ground.store.clone(), ground.random.clone());
        let storage = Zeroizing::new(*ground.keys.seed(KeyName::Storage)?.expose());
        let index = Arc::new(LiveIndex::new(ground.store.clone(), storage));
        record_policy(&ground, agreements.bundle())?;
        let responder = Responder::new(
            ground.clone(),
            partners.clone(),
            agreements.clone(),
            Arc::new(epochs),
            index.clone(),
        );
        let requester = Requester::new(ground.clone(), partners.clone(), agreements.clone());
        let loader = Loader::new(ground.clone(), index, profile)?;
        let public_url = RwLock::new(config.public_url.clone().unwrap_or_default());
        Ok(Self {
            dir: dir.to_owned(),
            config,
            ground,
            partners,
            agreements,
            responder: Arc::new(responder),
            requester: Arc::new(requester),
            loader,
            metrics: Arc::new(Metrics::new()),
            public_url,
        })
    }
}

/// The legal and root keys of both parties: ours from the keyring, the partner's as paired.
pub(super) fn signers(ground: &Ground, partners: &Partners, agreement: &Agreement) -> Vec<DsseKey> {
    let mut keys = ground.own_dsse_keys();
    if let Some(partner) = agreement
        .partner_of(ground.unit)
        .and_then(|party| partners.get(party.unit))
    {
        let theirs = [partner.metadata.keys.legal, partner.metadata.keys.root];
        keys.extend(theirs.iter().filter_map(|key| DsseKey::from_bytes(key.as_bytes()).ok()));
    }
    keys
}

fn identity(dir: &Path, config: &Config, keys: &KeyRing) -> Result<LedgerIdentity, OpenError> {
    let dpo = std::fs::read_to_string(founding::dpo_public_file(dir)).map_err(|_| OpenError::DpoKey)?;
    let dpo = DpoPublicKey::from_json(&dpo).map_err(|_| OpenError::DpoKey)?;
    Ok(LedgerIdentity {
        origin: origin(config.unit),
        seed: Zeroizing::new(*keys.seed(KeyName::Ledger)?.expose()),
        dpo: dpo.to_bytes(),
    })
}

/// What rules this node runs under from now on.
fn record_policy(ground: &Ground, bundle: &Bundle) -> Result<(), LedgerError> {
    let mut entry = Entry::new(Kind::PolicyLoad, Role::Node, ground.clock.now());
    entry.policy = Some(bundle.digest());
    ground.ledger.record(entry, ()).map(drop)
}

/// Leaves the ledger's public key beside it, so that anybody can verify a copy of the folder.
fn leave_verifier(dir: &Path, ledger: &Ledger) -> io::Result<()> {
    let (file, key) = (verifier_file(dir), format!("{}\n", ledger.verifier()));
    match std::fs::read(&file) {
        Ok(left) if left == key.as_bytes() => Ok(()),
        _ => files::replace(&file, key.as_bytes(), Readers::Folder),
    }
}

/// Where a node leaves the public key of its ledger.
pub fn verifier_file(dir: &Path) -> PathBuf {
    dir.join("ledger.vkey")
}

/// The ledger's name for ever.
pub fn origin(unit: UnitId) -> String {
    format!("{}.piux/audit/1", unit.state().to_ascii_lowercase())
}

/// The profile with the national rules of `DIR/policy`.
fn bundle(dir: &Path) -> Result<Bundle, OpenError> {
    let findings = |findings: Vec<piux_policy::Finding>| OpenError::Policy(crate::agreements::listed(&findings));
    let profile = Profile::eu_pnr().map_err(findings)?;
    Bundle::load(profile, &national(dir).map_err(OpenError::Disk)?).map_err(findings)
}

/// The national files of a node's folder.
pub(super) fn national(dir: &Path) -> io::Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    let folder = dir.join("policy");
    if folder.is_dir() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            if path.is_file() && !name.starts_with('.') {
                files.push(SourceFile::new(name, std::fs::read_to_string(&path)?));
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}
