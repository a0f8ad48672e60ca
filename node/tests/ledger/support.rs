//! A ledger in a folder of its own, and entries to put into it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use piux_node::ledger::{
    Counter, Decision, Detail, Entry, Kind, Ledger, LedgerError, LedgerIdentity, Obligation, Options, Role,
    VerifyReport, verify,
};
use piux_protocol::transparency::detail::DpoKeyPair;
use piux_protocol::transparency::{NoteSigner, NoteVerifier};
use piux_protocol::vocabulary::{Basis, Class, Nonce, Offence, Purpose, QueryId, Random, Timestamp, UnitId, sha256};
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

pub const ORIGIN: &str = "uto.example/audit/2026";

struct System(SystemRandom);

impl Random for System {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes).unwrap();
    }
}

pub fn chance() -> Arc<dyn Random> {
    Arc::new(System(SystemRandom::new()))
}

pub fn now() -> Timestamp {
    "2026-11-21T19:02:11.042Z".parse().unwrap()
}

fn partner() -> UnitId {
    UnitId::of_state("RUR").unwrap()
}

/// A question of the partner, with the least there can be in it.
pub fn query(at: Timestamp) -> Entry {
    Entry {
        peer: Some(partner()),
        ..Entry::new(Kind::QueryIn, Role::Responder, at)
    }
}

/// An answer to the partner, with everything there can be in it.
pub fn answer(at: Timestamp) -> Entry {
    Entry {
        peer: Some(partner()),
        recipient: Some(partner()),
        agreement: Some("UTO-RUR-2026".parse().unwrap()),
        agreement_version: Some(3),
        purpose: Some(Purpose::SeriousCrime),
        offence: Some(Offence::A05),
        basis: Some(Basis::Pnr9_2),
        classes: vec![Class::Nx, Class::Doc],
        decision: Some(Decision::Permit),
        clauses: vec!["eu-pnr.9.2".parse().unwrap()],
        obligations: vec![
            Obligation::EraseBy(at.plus_seconds(30 * 86_400)),
            Obligation::NoOnwardTransfer,
        ],
        policy: Some(sha256("policy")),
        request: Some(sha256("request")),
        response: Some(sha256("response")),
        receipt: Some(sha256("receipt")),
        artifact: Some(sha256("artifact")),
        nonce: Some(Nonce([1; 16])),
        query: Some(QueryId([2; 16])),
        sequence: Some(48_213),
        detail: Detail {
            who: Some(json!({"officer": "ERIKSSON"})),
            why: Some(json!({"case": "CASE-4711", "reasons": "suspicion"})),
            what: Some(json!(["pnr.04_names"])),
            blind: Some(json!({"opening": "AAAA"})),
        },
        ..Entry::new(Kind::AnswerOut, Role::Responder, at)
    }
    .count(Counter::Hits, 1)
    .count(Counter::Slots, 4)
}

/// Every file of a folder.
pub type Snapshot = Vec<(PathBuf, Vec<u8>)>;

pub struct Folder {
    dir: tempfile::TempDir,
    dpo: DpoKeyPair,
}

impl Folder {
    pub fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            dpo: DpoKeyPair::generate(chance().as_ref()),
        }
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir().join(name)
    }

    pub fn dpo(&self) -> &DpoKeyPair {
        &self.dpo
    }

    pub fn identity(&self, origin: &str, seed: u8) -> LedgerIdentity {
        LedgerIdentity {
            origin: origin.into(),
            seed: Zeroizing::new([seed; 32]),
            dpo: self.dpo.public().to_bytes(),
        }
    }

    pub fn try_open(&self, options: Options) -> Result<Ledger, LedgerError> {
        Ledger::open_with(self.dir(), self.identity(ORIGIN, 7), chance(), now(), options)
    }

    pub fn open(&self) -> Ledger {
        self.try_open(Options {
            segment_bytes: 1 << 20,
            ..Options::default()
        })
        .unwrap()
    }

    pub fn verifier(&self) -> NoteVerifier {
        NoteSigner::new(ORIGIN, &[7; 32]).unwrap().verifier()
    }

    pub fn verify(&self) -> VerifyReport {
        verify(self.dir(), &self.verifier(), None).unwrap()
    }

    /// Flips a bit of a file; what was in it before.
    pub fn flip(&self, name: &str, at: usize) -> Vec<u8> {
        let original = fs::read(self.path(name)).unwrap();
        let mut bytes = original.clone();
        bytes[at] ^= 1;
        fs::write(self.path(name), bytes).unwrap();
        original
    }

    pub fn each_file(&self, mut look: impl FnMut(&Path, &[u8])) {
        let mut folders = vec![self.dir().to_owned()];
        while let Some(folder) = folders.pop() {
            for file in fs::read_dir(folder).unwrap() {
                let path = file.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    look(&path, &fs::read(&path).unwrap());
                }
            }
        }
    }

    /// A copy of the folder, as a crash or a backup would leave it.
    pub fn snapshot(&self) -> Snapshot {
        let mut files = Vec::new();
        self.each_file(|path, bytes| files.push((path.to_owned(), bytes.to_vec())));
        files
    }

    pub fn restore(&self, files: &[(PathBuf, Vec<u8>)]) {
        for name in ["wal", "log", "keyring", "detail"] {
            let _ = fs::remove_dir_all(self.path(name));
        }
        for (path, bytes) in files {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
}
