//! C2SP signed-note with Ed25519 keys (signature type 0x01).

use crate::vocabulary::sha256;
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use std::fmt;
use std::str::FromStr;

/// Signature type of a log's own key: Ed25519 over the text (signed-note, "Signature types").
const ED25519: u8 = 0x01;
const LENGTH_MAX: usize = 1_000_000;
const SIGNATURES_MAX: usize = 100;
/// A signature line starts with an em dash and a space.
const DASH: &str = "\u{2014} ";

/// Why a note, a key or a signature is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// Not a text, an empty line and signature lines.
    #[error("not a signed note")]
    Malformed,
    /// Longer than 1 MB, or more than 100 signatures.
    #[error("the note is too large")]
    TooLarge,
    /// The key name is empty, or holds a space or a plus sign.
    #[error("a key name is not empty and has neither spaces nor plus signs")]
    Name,
    /// Not `name+hash+base64`, another algorithm, or a weak key.
    #[error("not an Ed25519 verifier key")]
    Key,
    /// No signature by that key.
    #[error("no signature by the expected key")]
    Unsigned,
    /// The key's signature does not fit the text.
    #[error("the signature does not fit the text")]
    Signature,
}

/// A text and the signatures under it; parsing proves its form, nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line: `— <name> base64(key id || signature)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// Who says to have signed.
    pub name: String,
    /// The first four bytes of the key's hash.
    pub key_id: u32,
    /// The signature, in the form of its type.
    pub bytes: Vec<u8>,
}

impl Note {
    /// The text that is signed, with its last line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All signatures, of known and unknown keys.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// The text, once the key has been found to have signed it.
    pub fn verify(&self, verifier: &NoteVerifier) -> Result<&str, NoteError> {
        let mut signed = false;
        for line in self.signatures.iter().filter(|line| verifier.names(line)) {
            verifier.check(&self.text, &line.bytes)?;
            signed = true;
        }
        if signed {
            Ok(&self.text)
        } else {
            Err(NoteError::Unsigned)
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for line in &self.signatures {
            let mut bytes = line.key_id.to_be_bytes().to_vec();
            bytes.extend_from_slice(&line.bytes);
            writeln!(f, "{DASH}{} {}", line.name, STANDARD.encode(bytes))?;
        }
        Ok(())
    }
}

impl FromStr for Note {
    type Err = NoteError;

    fn from_str(note: &str) -> Result<Self, NoteError> {
        if note.len() > LENGTH_MAX {
            return Err(NoteError::TooLarge);
        }
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Malformed);
        }
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        if text.is_empty() {
            return Err(NoteError::Malformed);
        }
        if lines.split('\n').count() > SIGNATURES_MAX {
            return Err(NoteError::TooLarge);
        }
        let signatures = lines.split('\n').map(parse_line).collect::<Result<_, _>>()?;
        Ok(Self {
            text: format!("{text}\n"),
            signatures,
        })
    }
}

fn parse_line(line: &str) -> Result<NoteSignature, NoteError> {
    let (name, encoded) = line
        .strip_prefix(DASH)
        .and_then(|rest| rest.split_once(' '))
        .ok_or(NoteError::Malformed)?;
    check_name(name).map_err(|_| NoteError::Malformed)?;
    let bytes = STANDARD.decode(encoded).map_err(|_| NoteError::Malformed)?;
    let (id, bytes) = bytes.split_first_chunk::<4>().ok_or(NoteError::Malformed)?;
    if bytes.is_empty() {
        return Err(NoteError::Malformed);
    }
    Ok(NoteSignature {
        name: name.to_owned(),
        key_id: u32::from_be_bytes(*id),
        bytes: bytes.to_vec(),
    })
}

fn check_name(name: &str) -> Result<(), NoteError> {
    let fits = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+');
    if fits { Ok(()) } else { Err(NoteError::Name) }
}

/// The private half of a note key. The seed is wiped on drop.
pub struct NoteSigner {
    name: String,
    key: SigningKey,
}

impl NoteSigner {
    /// The key of this name made from a 32-byte Ed25519 seed (RFC 8032 section 5.1.5).
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        check_name(name)?;
        Ok(Self {
            name: name.to_owned(),
            key: SigningKey::from_bytes(seed),
        })
    }

    /// The public half.
    pub fn verifier(&self) -> NoteVerifier {
        NoteVerifier {
            name: self.name.clone(),
            key: self.key.verifying_key(),
        }
    }

    /// Signs a text, which must end with a line feed.
    pub fn sign(&self, text: &str) -> Result<Note, NoteError> {
        if text.len() < 2 || !text.ends_with('\n') || text.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Malformed);
        }
        let line = NoteSignature {
            name: self.name.clone(),
            key_id: self.verifier().key_id(),
            bytes: self.key.sign(text.as_bytes()).to_bytes().to_vec(),
        };
        Ok(Note {
            text: text.to_owned(),
            signatures: vec![line],
        })
    }
}

impl fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteSigner({})", self.name)
    }
}

/// The public half of a note key; prints and parses as a `vkey`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteVerifier {
    name: String,
    key: VerifyingKey,
}

impl NoteVerifier {
    /// The key of this name and these 32 bytes; weak keys are refused.
    pub fn new(name: &str, key: &[u8; 32]) -> Result<Self, NoteError> {
        check_name(name)?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| NoteError::Key)?;
        if key.is_weak() {
            return Err(NoteError::Key);
        }
        Ok(Self {
            name: name.to_owned(),
            key,
        })
    }

    /// The name the key signs under; of a log's key, the log's origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `SHA-256(name || 0x0a || 0x01 || key)[0..4]`.
    pub fn key_id(&self) -> u32 {
        let mut input = self.name.clone().into_bytes();
        input.push(b'\n');
        input.extend_from_slice(&self.encoded());
        let [a, b, c, d, ..] = sha256(input).0;
        u32::from_be_bytes([a, b, c, d])
    }

    fn encoded(&self) -> Vec<u8> {
        let mut encoded = vec![ED25519];
        encoded.extend_from_slice(self.key.as_bytes());
        encoded
    }

    fn names(&self, line: &NoteSignature) -> bool {
        line.name == self.name && line.key_id == self.key_id()
    }

    fn check(&self, text: &str, signature: &[u8]) -> Result<(), NoteError> {
        let signature = Signature::from_slice(signature).map_err(|_| NoteError::Signature)?;
        self.key
            .verify_strict(text.as_bytes(), &signature)
            .map_err(|_| NoteError::Signature)
    }
}

impl fmt::Display for NoteVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}+{:08x}+{}",
            self.name,
            self.key_id(),
            STANDARD.encode(self.encoded())
        )
    }
}

impl FromStr for NoteVerifier {
    type Err = NoteError;

    fn from_str(vkey: &str) -> Result<Self, NoteError> {
        let (name, rest) = vkey.split_once('+').ok_or(NoteError::Key)?;
        let (_, encoded) = rest.split_once('+').ok_or(NoteError::Key)?;
        let encoded = STANDARD.decode(encoded).map_err(|_| NoteError::Key)?;
        let Some((&ED25519, key)) = encoded.split_first() else {
            return Err(NoteError::Key);
        };
        let verifier = Self::new(name, key.try_into().map_err(|_| NoteError::Key)?)?;
        if verifier.to_string() == vkey {
            Ok(verifier)
        } else {
            Err(NoteError::Key)
        }
    }
}
