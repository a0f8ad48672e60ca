//! The keyring's file: who may open it, how it is sealed, how it is replaced.

use super::contents::Contents;
use super::{KeyError, SealingKey};
use argon2::{Algorithm, Argon2, Params, Version};
use piux_protocol::vocabulary::{Digest, Random, Salt, base64url, decode_base64url, sha256};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const NAME: &str = "keyring";
const CLEAR_KEY: &str = "keyring.key";
const FORMAT: &str = "piux-keyring/1";
const AAD: &[u8] = b"piux/1/keyring";
/// 64 MiB and three passes: about 0.13 s of one core (RFC 9106 section 4, second choice).
const ARGON2: (u32, u32) = (64 * 1024, 3);

/// What opens the keyring.
#[derive(Clone)]
pub enum Passphrase {
    /// The words an admin types, or the content of `PIUX_PASSPHRASE_FILE`.
    Words(Zeroizing<String>),
    /// Nothing: the key lies in the clear beside the keyring. For demonstrations and tests.
    None,
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Words(_) => "Passphrase(..)",
            Self::None => "Passphrase::None",
        })
    }
}

/// How the key that seals the keyring is come by.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kdf", rename_all = "lowercase", deny_unknown_fields)]
enum Protection {
    Argon2id { memory_kib: u32, passes: u32, salt: Salt },
    None,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    format: String,
    protection: Protection,
    sealed: String,
    /// SHA-256 of `sealed`: tells damage from a wrong passphrase.
    check: Digest,
}

/// The file and the key that opens it.
pub(super) struct KeyFile {
    dir: PathBuf,
    protection: Protection,
    key: SealingKey,
    /// The digest of the file as this process last saw it.
    seen: Option<Digest>,
}

impl KeyFile {
    pub(super) fn create(dir: &Path, passphrase: &Passphrase, random: &dyn Random) -> Result<Self, KeyError> {
        if dir.join(NAME).exists() {
            return Err(KeyError::Exists);
        }
        let protection = match passphrase {
            Passphrase::Words(_) => Protection::Argon2id {
                memory_kib: ARGON2.0,
                passes: ARGON2.1,
                salt: Salt(random.bytes()),
            },
            Passphrase::None => write_clear_key(dir, random)?,
        };
        let key = protection.key(dir, passphrase)?;
        Ok(Self {
            dir: dir.to_owned(),
            protection,
            key,
            seen: None,
        })
    }

    pub(super) fn open(dir: &Path, passphrase: &Passphrase) -> Result<(Self, Contents), KeyError> {
        let (sheet, seen) = read_sheet(dir)?;
        let key = sheet.protection.key(dir, passphrase)?;
        let sealed = decode_base64url(&sheet.sealed).map_err(|_| KeyError::Damaged)?;
        let plain = key.open(AAD, &sealed).ok_or(KeyError::WrongPassphrase)?;
        let contents = serde_json::from_slice(&plain).map_err(|_| KeyError::Damaged)?;
        let file = Self {
            dir: dir.to_owned(),
            protection: sheet.protection,
            key,
            seen: Some(seen),
        };
        Ok((file, contents))
    }

    pub(super) fn needs_passphrase(dir: &Path) -> Result<bool, KeyError> {
        let (sheet, _) = read_sheet(dir)?;
        Ok(matches!(sheet.protection, Protection::Argon2id { .. }))
    }

    pub(super) fn save(&mut self, contents: &Contents, random: &dyn Random) -> Result<(), KeyError> {
        self.check_unchanged()?;
        let sealed = base64url(self.key.seal(random, AAD, &contents.encode()));
        let sheet = Sheet {
            format: FORMAT.to_owned(),
            protection: self.protection.clone(),
            check: sha256(&sealed),
            sealed,
        };
        let mut bytes = serde_json::to_vec_pretty(&sheet).map_err(|_| KeyError::Damaged)?;
        bytes.push(b'\n');
        replace(&self.dir, NAME, &bytes).map_err(KeyError::io("write"))?;
        self.seen = Some(sha256(&bytes));
        Ok(())
    }

    /// Two processes that both write would undo each other's destructions.
    fn check_unchanged(&self) -> Result<(), KeyError> {
        let Some(seen) = self.seen else { return Ok(()) };
        let bytes = fs::read(self.dir.join(NAME)).map_err(KeyError::io("read"))?;
        if sha256(bytes) == seen {
            Ok(())
        } else {
            Err(KeyError::Changed)
        }
    }
}

impl Protection {
    fn key(&self, dir: &Path, passphrase: &Passphrase) -> Result<SealingKey, KeyError> {
        match (self, passphrase) {
            (Self::None, _) => read_clear_key(dir),
            (Self::Argon2id { .. }, Passphrase::None) => Err(KeyError::PassphraseNeeded),
            (
                Self::Argon2id {
                    memory_kib,
                    passes,
                    salt,
                },
                Passphrase::Words(words),
            ) => stretch(words, *memory_kib, *passes, salt),
        }
    }
}

/// argon2id (RFC 9106); the bounds keep a forged file from asking for all memory.
fn stretch(words: &str, memory_kib: u32, passes: u32, salt: &Salt) -> Result<SealingKey, KeyError> {
    if memory_kib > 1024 * 1024 || passes > 16 {
        return Err(KeyError::Damaged);
    }
    let params = Params::new(memory_kib, passes, 1, Some(32)).map_err(|_| KeyError::Damaged)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(words.as_bytes(), &salt.0, &mut *key)
        .map_err(|_| KeyError::WrongPassphrase)?;
    Ok(SealingKey::new(&key))
}

fn read_sheet(dir: &Path) -> Result<(Sheet, Digest), KeyError> {
    let bytes = read_private(dir, NAME).map_err(|error| match error {
        KeyError::Io {
            kind: io::ErrorKind::NotFound,
            ..
        } => KeyError::Missing,
        other => other,
    })?;
    let sheet: Sheet = serde_json::from_slice(&bytes).map_err(|_| KeyError::Damaged)?;
    if sheet.format == FORMAT && sheet.check == sha256(&sheet.sealed) {
        Ok((sheet, sha256(&*bytes)))
    } else {
        Err(KeyError::Damaged)
    }
}

fn write_clear_key(dir: &Path, random: &dyn Random) -> Result<Protection, KeyError> {
    let key = Zeroizing::new(base64url(Zeroizing::new(random.bytes::<32>())));
    replace(dir, CLEAR_KEY, key.as_bytes()).map_err(KeyError::io("write the key of"))?;
    Ok(Protection::None)
}

fn read_clear_key(dir: &Path) -> Result<SealingKey, KeyError> {
    let text = read_private(dir, CLEAR_KEY).map_err(|error| match error {
        KeyError::Io { .. } => KeyError::ClearKey,
        other => other,
    })?;
    let text = std::str::from_utf8(&text).map_err(|_| KeyError::ClearKey)?;
    let key = Zeroizing::new(decode_base64url(text).map_err(|_| KeyError::ClearKey)?);
    let key = key.first_chunk::<32>().filter(|_| key.len() == 32);
    key.map(SealingKey::new).ok_or(KeyError::ClearKey)
}

fn read_private(dir: &Path, name: &'static str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let path = dir.join(name);
    let metadata = fs::metadata(&path).map_err(KeyError::io("read"))?;
    let mode = metadata.permissions().mode() & 0o7777;
    if mode != 0o600 {
        return Err(KeyError::Mode { file: name, mode });
    }
    fs::read(path).map(Zeroizing::new).map_err(KeyError::io("read"))
}

/// Replaces a file as a whole: after a power cut there is the old one or the new one.
fn replace(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let (path, fresh) = (dir.join(name), dir.join(format!("{name}.new")));
    let old = OpenOptions::new().write(true).open(&path).ok();
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, &path)?;
    File::open(dir)?.sync_all()?;
    if let Some(old) = old {
        overwrite(old);
    }
    Ok(())
}

/// The replaced bytes still hold keys that were destroyed. The rename is durable
/// already, so what fails here costs only thoroughness.
fn overwrite(mut old: File) {
    let length = old.metadata().map_or(0, |metadata| metadata.len());
    let zeros = vec![0; usize::try_from(length).unwrap_or(0)];
    let _ = old.write_all(&zeros).and_then(|()| old.sync_all());
}
