//! Making a node's folder: keys, keyring, the DPO's key, configuration.

use crate::clock::{Clock, SystemClock};
use crate::config::{self, Config, ConfigError};
use crate::files::{self, Readers};
use crate::keys::{KeyError, KeyRing, Passphrase, Secret, SystemRandom, UnitSecrets};
use crate::store::EngineKind;
use piux_policy::Profile;
use piux_protocol::metadata::Fingerprint;
use piux_protocol::signature::SigningKey;
use piux_protocol::transparency::detail::{DetailError, DpoKeyPair, DpoPublicKey};
use piux_protocol::vocabulary::UnitId;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What an admin says of a new node.
#[derive(Debug)]
pub struct Founding {
    /// The unit.
    pub unit: UnitId,
    /// Its name, for people.
    pub name: String,
    /// The legal profile.
    pub profile: String,
    /// Where partners reach it.
    pub public_url: Option<String>,
    /// The data protection officer's public key; without it a pair is made.
    pub dpo_key: Option<PathBuf>,
    /// What opens the keyring.
    pub passphrase: Passphrase,
    /// What keeps the store's rows.
    pub engine: EngineKind,
}

/// A node that was made.
#[derive(Debug)]
pub struct Founded {
    /// The unit.
    pub unit: UnitId,
    /// What partners compare.
    pub fingerprint: Fingerprint,
    /// The DPO's private key, to be handed over.
    pub dpo_private_key: Option<PathBuf>,
}

/// A node could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FoundingError {
    /// There is one already.
    #[error("{} is a node's folder already; choose another with --dir", .0.display())]
    Exists(PathBuf),
    /// No such profile.
    #[error("there is no legal profile of this name; eu-pnr is the one there is")]
    Profile,
    /// The DPO's key cannot be used.
    #[error("the data protection officer's public key cannot be used; ask for the file again")]
    DpoKey(#[source] DetailError),
    /// The TLS certificate could not be made.
    #[error("the TLS certificate could not be made")]
    Certificate(#[from] rcgen::Error),
    /// The keyring could not be made.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The configuration could not be written.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file could not be read or written.
    #[error("the folder cannot be read or written")]
    Disk(#[from] std::io::Error),
}

/// The DPO's public key within a node's folder.
pub fn dpo_public_file(dir: &Path) -> PathBuf {
    dir.join("dpo-public.json")
}

/// The DPO's private key where a pair was made here.
pub fn dpo_private_file(dir: &Path) -> PathBuf {
    dir.join("dpo-private.json")
}

/// Makes the folder of a new node; nothing existing is replaced.
pub fn found(dir: &Path, founding: Founding) -> Result<Founded, FoundingError> {
    if config::file(dir).exists() {
        return Err(FoundingError::Exists(dir.to_owned()));
    }
    if founding.profile != "eu-pnr" || Profile::eu_pnr().is_err() {
        return Err(FoundingError::Profile);
    }
    std::fs::create_dir_all(dir.join("policy"))?;
    founding.engine.choose(dir)?;
    let no_passphrase = matches!(founding.passphrase, Passphrase::None);
    let secrets = secrets(&founding)?;
    let fingerprint = Fingerprint::of(&SigningKey::from_seed(secrets.root.expose()).verifying_key());
    KeyRing::create(
        dir,
        secrets,
        &founding.passphrase,
        Arc::new(SystemRandom),
        SystemClock.now(),
    )?;
    let dpo_private_key = dpo_key(dir, founding.dpo_key.as_deref())?;
    let config = Config {
        watch: None,
        unit: founding.unit,
        name: founding.name,
        profile: founding.profile,
        public_url: founding.public_url,
        no_passphrase,
    };
    config.write(dir)?;
    Ok(Founded {
        unit: founding.unit,
        fingerprint,
        dpo_private_key,
    })
}

fn secrets(founding: &Founding) -> Result<UnitSecrets, FoundingError> {
    let key = rcgen::KeyPair::generate()?;
    let host = host(founding.public_url.as_deref());
    let certificate = rcgen::CertificateParams::new(vec![host])?.self_signed(&key)?;
    let tls_key = Secret::new(key.serialize_der());
    Ok(UnitSecrets::draw(
        founding.unit,
        tls_key,
        certificate.der().to_vec(),
        &SystemRandom,
    ))
}

/// The host partners connect to; pinned by certificate, so the name is for tools only.
fn host(public_url: Option<&str>) -> String {
    let rest = public_url
        .and_then(|url| url.split_once("://"))
        .map_or("127.0.0.1", |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    if host.is_empty() {
        "127.0.0.1".to_owned()
    } else {
        host.to_owned()
    }
}

fn dpo_key(dir: &Path, given: Option<&Path>) -> Result<Option<PathBuf>, FoundingError> {
    if let Some(file) = given {
        let public = DpoPublicKey::from_json(&std::fs::read_to_string(file)?).map_err(FoundingError::DpoKey)?;
        files::replace(&dpo_public_file(dir), public.to_json().as_bytes(), Readers::Folder)?;
        return Ok(None);
    }
    let pair = DpoKeyPair::generate(&SystemRandom);
    files::replace(
        &dpo_public_file(dir),
        pair.public().to_json().as_bytes(),
        Readers::Folder,
    )?;
    files::replace(&dpo_private_file(dir), pair.to_json().as_bytes(), Readers::Owner)?;
    Ok(Some(dpo_private_file(dir)))
}
