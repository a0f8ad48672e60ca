//! What the examples share: chance, keys of a unit, and a real node in a temporary folder.
//!
//! Nothing here is needed to use piux; it keeps the examples short.

use ed25519_dalek::SigningKey as DsseKey;
use piux_node::command::{Command, Report};
use piux_node::founding::{Founding, found};
use piux_node::keys::Passphrase;
use piux_node::node::Node;
use piux_node::server::{Addressing, Running, start};
use piux_node::store::EngineKind;
use piux_policy::dsse::Envelope;
use piux_protocol::blind::{Descriptor, EpochKey, EpochSeed, SlotCount, Undated};
use piux_protocol::identifier::KEYSET;
use piux_protocol::identifier::{Person, Source};
use piux_protocol::metadata::{Keys, Metadata, PROTOCOL};
use piux_protocol::seal::SealingKeyPair;
use piux_protocol::signature::SigningKey;
use piux_protocol::vocabulary::{
    AgreementId, Class, Digest, Purpose, Quarter, Random, Scope, Timestamp, UnitId, base64url, sha256,
};
use ring::rand::{SecureRandom, SystemRandom};
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

/// A traveller Ruritania holds: one line of `piu-passenger-v1`, as a national system exports it.
pub const TRAVELLER: &str = r#"{"src":"rur-sw","src_id":"1","flight":{"carrier":"ZZ","number":"417","date":"2026-11-18","dep":"UTP","arr":"STR"},"booking":{"system":"ZZ","locator":"K7QX2M","created":"2026-11-02"},"person":{"surname":"TESTMANN","given":"ERIKA JOSEFINE","sex":"F","dob":"1984-02-29","nat":"UTO"},"docs":[{"type":"P","number":"L898902C3","issuer":"UTO"}]}"#;

/// Examples stop at the first error, whichever it is.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The operating system's generator, as a program of your own would hand it in.
#[derive(Debug)]
pub struct Chance(SystemRandom);

impl Chance {
    /// The generator.
    pub fn new() -> Self {
        Self(SystemRandom::new())
    }
}

impl Default for Chance {
    fn default() -> Self {
        Self::new()
    }
}

impl Random for Chance {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.fill(bytes).expect("the operating system gives random bytes");
    }
}

/// The machine's clock, as a program of your own would hand it in.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// A running unit on loopback; its folder is removed with it.
#[derive(Debug)]
pub struct Unit {
    folder: TempDir,
    running: Running,
}

impl Unit {
    /// Makes the folder, opens it and serves on free ports: `piux init` and `piux serve`.
    pub async fn start(state: &str, name: &str) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let founding = Founding {
            unit: UnitId::of_state(state)?,
            name: name.to_owned(),
            profile: "eu-pnr".to_owned(),
            public_url: None,
            dpo_key: None,
            passphrase: Passphrase::None,
            engine: EngineKind::default(),
        };
        found(folder.path(), founding)?;
        let node = Node::open(folder.path(), || Ok(Passphrase::None))?;
        let running = start(Arc::new(node), Addressing::loopback()).await?;
        Ok(Self { folder, running })
    }

    /// The node's folder.
    pub fn dir(&self) -> &Path {
        self.folder.path()
    }

    /// What `piux --dir DIR ...` does; a negative report is an error here.
    pub async fn run(&self, command: Command) -> Outcome<Report> {
        let report = self.running.node().execute(command).await?;
        if report.exit == 0 {
            Ok(report)
        } else {
            Err(report.text.into())
        }
    }

    /// Loads one traveller, given as a line of `piu-passenger-v1`: `piux ingest FILE`.
    pub async fn load(&self, traveller: &str) -> Outcome<Report> {
        let file = self.folder.path().join("traveller.ndjson");
        std::fs::write(&file, traveller)?;
        let command = Command::Ingest {
            paths: vec![file],
            format: Some("ndjson".to_owned()),
        };
        self.run(command).await
    }

    /// Lets running requests finish and closes the node.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

/// The text member of a report's JSON.
pub fn text(report: &Report, member: &str) -> Outcome<String> {
    let value = report.json.get(member).and_then(|value| value.as_str());
    Ok(value.ok_or("the report has no such member")?.to_owned())
}

/// The keys of a unit without a node: what a program of your own keeps.
#[derive(Debug)]
pub struct OwnKeys {
    /// The unit.
    pub unit: UnitId,
    /// Signs metadata and agreements; partners pin it.
    pub root: SigningKey,
    /// Signs messages.
    pub exchange: SigningKey,
    /// Signs agreements.
    pub legal: SigningKey,
    ledger: SigningKey,
    sealing: SealingKeyPair,
}

impl OwnKeys {
    /// Draws every key anew.
    pub fn draw(state: &str) -> Outcome<Self> {
        let key = || SigningKey::generate(&Chance::new());
        let unit = UnitId::of_state(state)?;
        let sealing = SealingKeyPair::generate(&Chance::new());
        Ok(Self {
            unit,
            root: key(),
            exchange: key(),
            legal: key(),
            ledger: key(),
            sealing,
        })
    }

    /// What the unit says of itself. It only asks, so nobody reaches its address.
    pub fn metadata(&self) -> Outcome<Metadata> {
        Ok(Metadata {
            iss: self.unit,
            sub: self.unit,
            iat: now().seconds(),
            exp: now().seconds() + Metadata::LONGEST,
            name: format!("PIU {}", self.unit.state()),
            keys: Keys {
                root: self.root.verifying_key(),
                exchange: self.exchange.verifying_key(),
                exchange_next: None,
                legal: self.legal.verifying_key(),
                ledger: self.ledger.verifying_key(),
                witness: None,
                hpke: self.sealing.public_key(),
            },
            endpoint: "http://127.0.0.1:9".parse()?,
            certificate: None,
            protocol: vec![PROTOCOL.to_owned()],
            software: "piux examples".to_owned(),
            keyset: KEYSET.to_owned(),
            keysets: Vec::new(),
        })
    }

    /// The metadata, signed by the root key.
    pub fn statement(&self) -> Outcome<String> {
        Ok(self.metadata()?.sign(&self.root)?)
    }

    /// What people do once: each side pins the other's root key, both sign the agreement.
    pub async fn agree_with(&self, partner: &Unit) -> Outcome<(AgreementId, Digest)> {
        let fingerprint = Some(self.metadata()?.fingerprint().to_string());
        partner
            .run(Command::PairImport {
                metadata: self.statement()?,
                fingerprint,
            })
            .await?;
        let draft = partner.run(Command::AgreementNew { with: self.unit }).await?;
        let terms = with_authorities(&text(&draft, "text")?);
        let signed = partner.run(Command::AgreementSign { text: terms }).await?;
        let envelope = self.sign_agreement(&text(&signed, "envelope")?)?;
        partner.run(Command::AgreementImport { envelope }).await?;
        let id: AgreementId = text(&draft, "id")?.parse()?;
        partner.run(Command::AgreementActivate { id: id.clone() }).await?;
        Ok((id, text(&signed, "version")?.parse()?))
    }

    fn sign_agreement(&self, envelope: &str) -> Outcome<String> {
        let mut envelope = Envelope::from_json(envelope.as_bytes())?;
        for key in [&self.legal, &self.root] {
            envelope.sign(&DsseKey::from_bytes(&key.expose_seed()));
        }
        Ok(envelope.to_json())
    }
}

/// A draft with the public keys of two independent authorities in the places left for them.
pub fn with_authorities(draft: &str) -> String {
    let place = base64url([0; 32]);
    let authority = || base64url(SigningKey::generate(&Chance::new()).verifying_key().as_bytes());
    draft
        .replacen(&place, &authority(), 1)
        .replacen(&place, &authority(), 1)
}

/// Whom the examples are about, as far as an officer may know it.
pub fn person(surname: &str, given: &str, birth_date: &str, document: &str) -> Outcome<Person> {
    Ok(Person {
        source: Source::Api,
        surname: surname.to_owned(),
        given: given.to_owned(),
        birth_date: Some(birth_date.parse()?),
        documents: vec![document.parse()?],
        ..Person::default()
    })
}

/// What a responder publishes of its epoch: keys, bucket bits, and rows per bucket whatever it holds.
pub fn descriptor(epoch: &EpochSeed, purpose: Purpose, scope: Scope) -> Outcome<Descriptor> {
    let (start, quarter) = (now(), Quarter::of(now().date()));
    let key = |class: &Class| EpochKey {
        purpose,
        class: *class,
        pk: epoch.key(purpose, *class).public_key(),
    };
    Ok(Descriptor {
        v: 1,
        agreement: "UTO-RUR-2026".parse()?,
        agreement_version: sha256("the exact bytes of the agreement"),
        epoch: 1,
        not_before: start,
        expires: start.plus_seconds(86_400),
        grace_until: start.plus_seconds(2 * 86_400),
        keys: scope.segments().iter().map(key).collect(),
        bits: 8,
        slots: scope
            .segments()
            .iter()
            .map(|class| SlotCount {
                class: *class,
                quarter,
                s: 64,
                i: 64,
            })
            .collect(),
        undated: Undated::I,
        subjects_per_quarter: Vec::new(),
        prev: None,
    })
}
