//! The key pair of a data protection officer, and its file.

use super::DetailError;
use crate::vocabulary::{Random, base64url, decode_base64url, sha256};
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Serializable};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

pub(super) type Kem = hpke::kem::XWing;
pub(super) type Kdf = hpke::kdf::HkdfSha256;
pub(super) type Aead = hpke::aead::AesGcm256;

const FILE_KIND: &str = "piux-dpo-key/v1";
const KEM_NAME: &str = "X-Wing";

/// The key detail is sealed to (X-Wing, 1,216 bytes).
#[derive(Clone, PartialEq, Eq)]
pub struct DpoPublicKey(pub(super) <Kem as hpke::Kem>::PublicKey);

impl DpoPublicKey {
    /// The key of these 1,216 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DetailError> {
        <Kem as hpke::Kem>::PublicKey::from_bytes(bytes)
            .map(Self)
            .map_err(|_| DetailError::Key)
    }

    /// The key's 1,216 bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.to_bytes().to_vec()
    }

    /// A short name: base64url of the first 12 bytes of the key's SHA-256.
    pub fn id(&self) -> String {
        base64url(sha256(self.to_bytes()).0.iter().take(12).copied().collect::<Vec<_>>())
    }

    /// The file that may be handed to a node: the public half alone.
    pub fn to_json(&self) -> String {
        let file = KeyFile::of(self, None);
        serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
    }

    /// Reads the public half of a key file, whether the private half is there or not.
    pub fn from_json(json: &str) -> Result<Self, DetailError> {
        KeyFile::parse(json)?.public_key()
    }
}

impl fmt::Debug for DpoPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DpoPublicKey({})", self.id())
    }
}

/// Both halves; the private one stays with the officer.
pub struct DpoKeyPair {
    pub(super) secret: <Kem as hpke::Kem>::PrivateKey,
}

impl DpoKeyPair {
    /// Draws a new key pair.
    pub fn generate(random: &dyn Random) -> Self {
        let (secret, _) = <Kem as hpke::Kem>::gen_keypair_with_rng(&mut Chance(random));
        Self { secret }
    }

    /// The half that may be handed out.
    pub fn public(&self) -> DpoPublicKey {
        DpoPublicKey(<Kem as hpke::Kem>::sk_to_pk(&self.secret))
    }

    /// The officer's key file, with the private half.
    pub fn to_json(&self) -> Zeroizing<String> {
        let private = base64url(Zeroizing::new(self.secret.to_bytes().to_vec()).as_slice());
        let file = KeyFile::of(&self.public(), Some(private));
        Zeroizing::new(serde_json::to_string_pretty(&file).unwrap_or_default() + "\n")
    }

    /// Reads a key file with its private half; both halves must belong together.
    pub fn from_json(json: &str) -> Result<Self, DetailError> {
        let file = KeyFile::parse(json)?;
        let private = file.private.as_deref().ok_or(DetailError::Key)?;
        let private = Zeroizing::new(decode_base64url(private).map_err(|_| DetailError::Key)?);
        let secret = <Kem as hpke::Kem>::PrivateKey::from_bytes(&private).map_err(|_| DetailError::Key)?;
        let pair = Self { secret };
        if pair.public() == file.public_key()? {
            Ok(pair)
        } else {
            Err(DetailError::Key)
        }
    }
}

impl fmt::Debug for DpoKeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DpoKeyPair(..)")
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    kind: String,
    kem: String,
    id: String,
    public: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    private: Option<String>,
}

impl KeyFile {
    fn of(key: &DpoPublicKey, private: Option<String>) -> Self {
        Self {
            kind: FILE_KIND.to_owned(),
            kem: KEM_NAME.to_owned(),
            id: key.id(),
            public: base64url(key.to_bytes()),
            private,
        }
    }

    fn parse(json: &str) -> Result<Self, DetailError> {
        let file: Self = serde_json::from_str(json).map_err(|_| DetailError::Key)?;
        if file.kind == FILE_KIND && file.kem == KEM_NAME {
            Ok(file)
        } else {
            Err(DetailError::Key)
        }
    }

    fn public_key(&self) -> Result<DpoPublicKey, DetailError> {
        let key = DpoPublicKey::from_bytes(&decode_base64url(&self.public).map_err(|_| DetailError::Key)?)?;
        if key.id() == self.id {
            Ok(key)
        } else {
            Err(DetailError::Key)
        }
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        self.private.zeroize();
    }
}

/// Our source of chance, as the `hpke` crate asks for it.
pub(super) struct Chance<'a>(pub(super) &'a dyn Random);

impl TryRng for Chance<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.0.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.0.bytes()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Chance<'_> {}
