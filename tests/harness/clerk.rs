//! A partner without a node: it speaks the protocol by hand.

use crate::{Unit, Wire, agreeing};
use piux_node::clock::{Clock, FixedClock};
use piux_node::command::Command;
use piux_node::keys::SystemRandom;
use piux_policy::dsse::Envelope;
use piux_protocol::blind::requester::Question;
use piux_protocol::blind::{Bucket, Descriptor, LookupRequest, Query};
use piux_protocol::client::{Client, ClientError, Identity, Surroundings};
use piux_protocol::identifier::{BirthDate, MatchKey, Person, Source, derive_query};
use piux_protocol::message::{JSON, LOOKUPS_PATH, TOKEN_HEADER};
use piux_protocol::metadata::{Keys, Metadata, PROTOCOL};
use piux_protocol::seal::SealingKeyPair;
use piux_protocol::signature::{HttpRequest, HttpResponse, SigningKey, sign_request, verify_response};
use piux_protocol::token::{AuthorizationDetails, Granted, Need, Reasons};
use piux_protocol::vocabulary::{
    Action, AgreementId, Basis, Class, Commitment, Declaration, Digest, Nonce, Offence, Purpose, Random, Scope, UnitId,
    Window, sha256,
};
use std::sync::Arc;

/// The unit SYL, partner of one node.
pub struct Clerk {
    /// Its agreement with the node.
    pub agreement: AgreementId,
    /// SHA-256 of the agreement's text.
    pub agreement_version: Digest,
    /// What the node says of itself.
    pub partner: Metadata,
    client: Client,
    clock: Arc<FixedClock>,
    wire: Wire,
}

/// A lookup ready to be signed, and what opens its answer.
pub struct Prepared {
    /// The secret side.
    pub query: Query,
    /// The body to send.
    pub body: Vec<u8>,
    /// The epoch it is asked in.
    pub descriptor: Descriptor,
    /// The token it is asked with.
    pub granted: Granted,
}

const UNIT: &str = "SYL";

fn key(role: u8) -> SigningKey {
    SigningKey::from_seed(&[role; 32])
}

fn dsse_key(role: u8) -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(&[role; 32])
}

const ROOT: u8 = 101;
const EXCHANGE: u8 = 102;
const LEGAL: u8 = 103;
const LEDGER: u8 = 104;

impl Clerk {
    /// Pairs with a node and brings an agreement into force there.
    pub(crate) async fn partner_of(unit: &Unit, clock: Arc<FixedClock>, edit: impl FnOnce(String) -> String) -> Self {
        piux_protocol::token::install_provider().unwrap();
        let (metadata, statement) = statement(&clock);
        let fingerprint = Some(metadata.fingerprint().to_string());
        unit.does(Command::PairImport {
            metadata: statement.clone(),
            fingerprint,
        })
        .await;
        let text = edit(agreeing::draft(unit, UNIT).await);
        let (agreement_version, signed) = (sha256(&text), agreeing::sign(unit, text).await);
        let mut envelope = Envelope::from_json(signed.as_bytes()).unwrap();
        envelope.sign(&dsse_key(LEGAL));
        envelope.sign(&dsse_key(ROOT));
        let agreement = agreeing::bring_into_force(unit, envelope.to_json()).await;
        let theirs = unit.does(Command::PairExport).await["metadata"]
            .as_str()
            .unwrap()
            .to_owned();
        let partner = Metadata::verify_self_signed(&theirs, clock.now()).unwrap();
        let own = Identity {
            unit: metadata.iss,
            key: key(EXCHANGE),
            statement,
        };
        let time = clock.clone();
        let around = Surroundings {
            clock: Arc::new(move || time.now()),
            random: Arc::new(SystemRandom),
        };
        let client = Client::new(own, &theirs, partner.keys.root.key_id(), around).unwrap();
        Self {
            agreement,
            agreement_version,
            partner,
            client,
            clock,
            wire: Wire::default(),
        }
    }

    /// What a well-founded question against serious crime asks a token for.
    pub fn details(&self) -> AuthorizationDetails {
        let random: &dyn Random = &SystemRandom;
        AuthorizationDetails {
            actions: vec![Action::Lookup],
            agreement: self.agreement.clone(),
            agreement_version: self.agreement_version,
            purpose: Purpose::SeriousCrime,
            offence: Offence::A04,
            basis: Basis::Pnr9_2,
            classes: Scope::Tight.segments().to_vec(),
            scope: Scope::Tight,
            declares: vec![Declaration::CaseSpecific, Declaration::AirLink, Declaration::Gravity],
            urgent: false,
            need: Need {
                case: Commitment(random.bytes()),
                officer: Commitment(random.bytes()),
                reason_code: "case".parse().unwrap(),
                reasons: Reasons::Committed(Commitment(random.bytes())),
            },
        }
    }

    /// The same for terrorist offences.
    pub fn details_against_terrorism(&self) -> AuthorizationDetails {
        AuthorizationDetails {
            purpose: Purpose::TerroristOffences,
            offence: Offence::Ter,
            ..self.details()
        }
    }

    /// The well-behaved client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// A token for these details.
    pub async fn token(&self, details: &AuthorizationDetails) -> Granted {
        self.client.token(details).await.unwrap().0
    }

    /// The refusal of a token: the problem's name and its clauses.
    pub async fn refused_token(&self, details: &AuthorizationDetails) -> (String, Vec<String>) {
        match self.client.token(details).await {
            Err(ClientError::Refused(exchange)) => {
                let problem = exchange.problem().unwrap();
                let slug = problem.kind.urn().trim_start_matches("urn:piux:problem:").to_owned();
                (slug, problem.clauses.iter().map(|clause| clause.id.clone()).collect())
            }
            other => panic!("a signed refusal was expected: {other:?}"),
        }
    }

    /// The newest epoch descriptor.
    pub async fn descriptor(&self, granted: &Granted) -> Descriptor {
        self.client
            .epochs::<Descriptor>(&self.agreement, granted)
            .await
            .unwrap()
            .pop()
            .unwrap()
    }

    /// A lookup about a person, for the token of these details.
    pub async fn prepares(&self, details: &AuthorizationDetails, subject: &Person) -> Prepared {
        let granted = self.token(details).await;
        let descriptor = self.descriptor(&granted).await;
        let (query, request) = self.blinds(details, &descriptor, subject);
        Prepared {
            query,
            body: request.to_body(),
            descriptor,
            granted,
        }
    }

    /// Blinds a person's keys.
    pub fn blinds(
        &self,
        details: &AuthorizationDetails,
        descriptor: &Descriptor,
        subject: &Person,
    ) -> (Query, LookupRequest) {
        let question = Question {
            agreement: details.agreement.clone(),
            agreement_version: details.agreement_version,
            epoch: descriptor.epoch,
            purpose: details.purpose,
            scope: details.scope,
            bucket: Bucket::of_birth_date(
                subject.birth_date.and_then(BirthDate::complete).unwrap(),
                descriptor.bits,
            ),
            window: Window::All,
        };
        let keys = derive_query(subject);
        let of = |class: Class| {
            keys.iter()
                .filter(|key| key.class() == Some(class))
                .map(MatchKey::input)
                .collect::<Vec<_>>()
        };
        let keys: Vec<_> = details
            .scope
            .segments()
            .iter()
            .map(|class| (*class, of(*class)))
            .collect();
        Query::new(question, &keys, &SystemRandom).unwrap()
    }

    /// A signed request to look up, as it will travel.
    pub fn signs(&self, prepared: &Prepared) -> HttpRequest {
        self.signs_post(LOOKUPS_PATH, prepared.body.clone(), &prepared.granted)
    }

    /// A signed request with a JSON body and a token.
    pub fn signs_post(&self, path: &str, body: Vec<u8>, granted: &Granted) -> HttpRequest {
        let mut request = HttpRequest {
            method: "POST".to_owned(),
            target_uri: self.partner.endpoint.join(path),
            headers: vec![
                ("content-type".to_owned(), JSON.to_owned()),
                (TOKEN_HEADER.to_owned(), granted.authorization()),
            ],
            body,
        };
        self.resigns(&mut request);
        request
    }

    /// A signed request without a body.
    pub fn signs_get(&self, path: &str, granted: &Granted) -> HttpRequest {
        let mut request = HttpRequest {
            method: "GET".to_owned(),
            target_uri: self.partner.endpoint.join(path),
            headers: vec![(TOKEN_HEADER.to_owned(), granted.authorization())],
            body: Vec::new(),
        };
        self.resigns(&mut request);
        request
    }

    /// Checks that the node signed this response to this request.
    pub fn proves(&self, request: &HttpRequest, response: &HttpResponse) -> bool {
        verify_response(response, request, &self.partner.keys.exchange, self.clock.now()).is_ok()
    }

    /// Signs a request anew, with a fresh nonce.
    pub fn resigns(&self, request: &mut HttpRequest) {
        sign_request(request, &key(EXCHANGE), self.clock.now(), 60, fresh_nonce()).unwrap();
    }

    /// Sends a request exactly as it stands.
    pub async fn sends(&self, request: &HttpRequest) -> HttpResponse {
        self.wire.send(request).await
    }

    /// The wire, for what no clerk may send.
    pub fn wire(&self) -> &Wire {
        &self.wire
    }
}

/// A nonce never used before.
fn fresh_nonce() -> Nonce {
    let random: &dyn Random = &SystemRandom;
    Nonce(random.bytes())
}

/// A person as a question names one.
pub fn person(surname: &str, given: &str, born: &str) -> Person {
    Person {
        source: Source::Api,
        surname: surname.to_owned(),
        given: given.to_owned(),
        birth_date: Some(born.parse().unwrap()),
        documents: Vec::new(),
        ..Person::default()
    }
}

fn statement(clock: &FixedClock) -> (Metadata, String) {
    let unit = UnitId::of_state(UNIT).unwrap();
    let now = clock.now().seconds();
    let metadata = Metadata {
        iss: unit,
        sub: unit,
        iat: now,
        exp: now + Metadata::LONGEST,
        name: "Passenger Information Unit of SYL".to_owned(),
        keys: Keys {
            root: key(ROOT).verifying_key(),
            exchange: key(EXCHANGE).verifying_key(),
            exchange_next: None,
            legal: key(LEGAL).verifying_key(),
            ledger: key(LEDGER).verifying_key(),
            witness: None,
            hpke: SealingKeyPair::from_seed(&[105; 32]).public_key(),
        },
        endpoint: "http://127.0.0.1:1".parse().unwrap(),
        certificate: None,
        protocol: vec![PROTOCOL.to_owned()],
        software: "a clerk".to_owned(),
        keyset: piux_protocol::identifier::KEYSET.to_owned(),
        keysets: Vec::new(),
    };
    let statement = metadata.sign(&key(ROOT)).unwrap();
    (metadata, statement)
}

impl std::fmt::Debug for Clerk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clerk({})", self.agreement)
    }
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Prepared(..)")
    }
}
