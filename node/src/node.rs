//! One node: every part made and joined once; opened, asked, closed.

mod account;
mod agreeing;
mod auditing;
mod deciding;
mod diagnosing;
mod ingesting;
mod pairing;

pub use account::loaded;

use crate::agreements::{AgreementError, Agreements};
use crate::answer::{LiveIndex, Responder};
use crate::ask::Requester;
use crate::clock::{Clock, SystemClock};
use crate::command::{Command, Report};
use crate::config::{Config, ConfigError};
use crate::epochs::Epochs;
use crate::files::{self, Readers};
use crate::founding;
use crate::ground::Ground;
use crate::keys::{KeyError, KeyName, KeyRing, Passphrase, SystemRandom};
use crate::ledger::{Entry, Kind, Ledger, LedgerError, LedgerIdentity, Role};
use crate::load::{LoadError, LoadReport, Loader};
use crate::partners::{PartnerError, Partners};
use crate::requests::Request;
use crate::store::{FolderLock, RecordId, Store, StoreError};
use crate::telemetry::Metrics;
use ed25519_dalek::VerifyingKey as DsseKey;
use piux_policy::agreement::Agreement;
use piux_policy::{Bundle, Profile, SourceFile};
use piux_protocol::identifier::{KEYSET, Keyset};
use piux_protocol::jws::JwsError;
use piux_protocol::metadata::{Certificate, Keys, Metadata, MetadataError, PROTOCOL};
use piux_protocol::seal::SealingKeyPair;
use piux_protocol::transparency::detail::DpoPublicKey;
use piux_protocol::vocabulary::{Random, Timestamp, UnitId};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use zeroize::Zeroizing;

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

    /// Where partners reach us, as the configuration says.
    pub fn configured_url(&self) -> Option<String> {
        self.config.public_url.clone()
    }

    /// Says where partners reach us from now on.
    pub fn announce(&self, url: &str) -> Result<(), NodeError> {
        *self.public_url.write().unwrap_or_else(PoisonError::into_inner) = url.to_owned();
        self.metadata().map(drop)
    }

    /// Where partners reach us.
    pub fn public_url(&self) -> String {
        self.public_url.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What we say of ourselves, as of now.
    pub fn metadata(&self) -> Result<Metadata, NodeError> {
        let now = self.ground.clock.now();
        let endpoint = self.public_url().parse().map_err(|_| NodeError::NoAddress)?;
        let key = |name| Ok::<_, KeyError>(self.ground.signing_key(name)?.verifying_key());
        let hpke = SealingKeyPair::from_seed(self.ground.keys.seed(KeyName::Sealing)?.expose()).public_key();
        let certificate = self.ground.keys.secret(KeyName::TlsCertificate)?;
        Ok(Metadata {
            iss: self.config.unit,
            sub: self.config.unit,
            iat: now.seconds(),
            exp: now.seconds() + Metadata::LONGEST,
            name: self.config.name.clone(),
            keys: Keys {
                root: key(KeyName::Root)?,
                exchange: key(KeyName::Exchange)?,
                exchange_next: Some(key(KeyName::ExchangeNext)?),
                legal: key(KeyName::Legal)?,
                ledger: key(KeyName::Ledger)?,
                witness: None,
                hpke,
            },
            endpoint,
            certificate: Some(Certificate::from_der(certificate.expose())),
            protocol: vec![PROTOCOL.to_owned()],
            software: format!("piux {}", env!("CARGO_PKG_VERSION")),
            keyset: KEYSET.to_owned(),
            keysets: self.older_keysets()?,
        })
    }

    /// The derivations we have an index of besides the newest.
    fn older_keysets(&self) -> Result<Vec<String>, NodeError> {
        let held = self.ground.store.keysets()?;
        let older = held.into_iter().filter(|keyset| *keyset != Keyset::CURRENT);
        Ok(older.map(|keyset| keyset.to_string()).collect())
    }

    /// The signed statement of ourselves.
    pub fn statement(&self) -> Result<String, NodeError> {
        Ok(self.metadata()?.sign(&self.ground.signing_key(KeyName::Root)?)?)
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

    /// Carries a command out.
    pub async fn execute(self: &Arc<Self>, command: Command) -> Result<Report, NodeError> {
        match command {
            Command::Lookup(question) => {
                let statement = self.statement().unwrap_or_default();
                Ok(self.requester.lookup(*question, &statement).await?)
            }
            Command::Disclose(follow_up) => {
                let statement = self.statement().unwrap_or_default();
                Ok(self.requester.disclose(*follow_up, &statement).await?)
            }
            Command::ReceivedList => {
                let statement = self.statement().unwrap_or_default();
                Ok(self.requester.received_list(&statement).await?)
            }
            Command::Doctor { partner } => self.doctor(partner).await,
            other => {
                let node = self.clone();
                tokio::task::spawn_blocking(move || node.execute_here(other))
                    .await
                    .map_err(|_| NodeError::Stopped)?
            }
        }
    }

    /// Commands that need no partner.
    fn execute_here(&self, command: Command) -> Result<Report, NodeError> {
        match command {
            Command::PairExport => self.pair_export(),
            Command::PairImport { metadata, fingerprint } => self.pair_import(&metadata, fingerprint.as_deref()),
            Command::PairList => Ok(self.pair_list()),
            Command::AgreementNew { with } => self.agreement_new(with),
            Command::AgreementCheck { text } => Ok(self.agreement_check(&text)),
            Command::AgreementSign { text } => self.agreement_sign(&text),
            Command::AgreementImport { envelope } => self.agreement_import(&envelope),
            Command::AgreementActivate { id } => self.agreement_activate(&id),
            Command::AgreementSuspend { id, reason } => self.agreement_suspend(&id, &reason),
            Command::AgreementTerminate { id, reason } => self.agreement_terminate(&id, &reason),
            Command::AgreementList => Ok(self.agreement_list()),
            Command::AgreementShow { id } => self.agreement_show(&id),
            Command::PolicyCheck => Ok(self.policy_check()),
            Command::PolicyExplain { facts } => self.policy_explain(&facts),
            Command::Ingest { paths, format } => self.ingest(&paths, format.as_deref()),
            Command::QuarantineList => self.quarantine_list(),
            Command::QuarantineShow { id, reading } => {
                let reading = reading
                    .as_ref()
                    .map(|(officer, reason)| (officer.as_str(), reason.as_str()));
                self.quarantine_show(&id, reading)
            }
            Command::QuarantineRetry { id, format, mapping } => {
                self.quarantine_retry(&id, (format.as_deref(), mapping.as_deref()))
            }
            Command::QuarantineDrop { id, officer, reason } => self.quarantine_drop(&id, &officer, &reason),
            Command::ReceivedShow { id, reason } => Ok(self.requester.received_show(&id, &reason)?),
            Command::RequestsList => self.requests_list(),
            Command::RequestsApprove { id, officer, order } => self.requests_approve(&id, &officer, order.as_deref()),
            Command::RequestsRefuse { id, officer, reason } => self.requests_refuse(&id, &officer, &reason),
            Command::AuditList { limit, partner, reason } => self.audit_list(limit, partner, &reason),
            Command::AuditShow { index, reason } => self.audit_show(index, &reason),
            Command::AuditStats => self.audit_stats(),
            Command::AuditProve { index } => self.audit_prove(index),
            Command::Receipt { request } => Ok(self.requester.receipt(request)?),
            Command::KeyList => Ok(self.key_list()),
            Command::SubjectShow { name } => Ok(self.loader.subject_show(&self.record_of(name)?)?),
            Command::SubjectSplit { record, reason } => Ok(self.loader.subject_split(&record, &reason)?),
            Command::StoreReindex { keyset } => Ok(self.loader.reindex(known_keyset(&keyset)?)?),
            Command::StoreDrop { keyset } => Ok(self.loader.drop_keyset(known_keyset(&keyset)?)?),
            Command::Lookup(_) | Command::Disclose(_) | Command::ReceivedList | Command::Doctor { .. } => {
                Err(NodeError::Stopped)
            }
        }
    }

    /// The first record of a hit whose data a partner requests; or else what was named.
    fn record_of(&self, name: String) -> Result<String, NodeError> {
        let Ok(id) = name.parse() else { return Ok(name) };
        let request = Request::read(&self.ground.store, id, self.now())?;
        let record = request.and_then(|request| request.records.first().map(|(record, _)| RecordId(*record)));
        Ok(record.map_or(name, String::from))
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

    fn signers(&self, agreement: &Agreement) -> Vec<DsseKey> {
        signers(&self.ground, &self.partners, agreement)
    }
}

fn known_keyset(id: &str) -> Result<Keyset, NodeError> {
    let known = || {
        Keyset::ALL
            .iter()
            .map(|keyset| keyset.id())
            .collect::<Vec<_>>()
            .join(", ")
    };
    id.parse()
        .map_err(|_| NodeError::Input(format!("this version knows the keysets {}", known())))
}

/// The legal and root keys of both parties: ours from the keyring, the partner's as paired.
fn signers(ground: &Ground, partners: &Partners, agreement: &Agreement) -> Vec<DsseKey> {
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
fn national(dir: &Path) -> io::Result<Vec<SourceFile>> {
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

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node({:?})", self.config.unit)
    }
}
