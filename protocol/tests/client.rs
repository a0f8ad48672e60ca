//! The client against real sockets: what it sends, what it believes.
#![cfg(feature = "client")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use piux_protocol::client::{Client, ClientError, Exchange, Identity, Outgoing, Surroundings};
use piux_protocol::message::problem::{Problem, ProblemKind};
use piux_protocol::message::{JSON, METADATA, PROMISE_HEADER, Promise};
use piux_protocol::metadata::{Certificate, Keys, Metadata, PROTOCOL};
use piux_protocol::seal::SealingKeyPair;
use piux_protocol::signature::{HttpRequest, HttpResponse, SigningKey, sign_response};
use piux_protocol::vocabulary::{Nonce, Random, Timestamp, UnitId, sha256};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

const NOW: i64 = 1_795_287_731;

fn now() -> Timestamp {
    Timestamp::from_seconds(NOW)
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32])
}

struct Always(u8);

impl Random for Always {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

fn metadata(state: &str, seed: u8, endpoint: &str, certificate: Option<Certificate>) -> Metadata {
    let unit = UnitId::of_state(state).unwrap();
    Metadata {
        iss: unit,
        sub: unit,
        iat: NOW,
        exp: NOW + 86_400,
        name: state.into(),
        keys: Keys {
            root: key(seed).verifying_key(),
            exchange: key(seed + 1).verifying_key(),
            exchange_next: Some(key(seed + 2).verifying_key()),
            legal: key(seed + 3).verifying_key(),
            ledger: key(seed + 4).verifying_key(),
            witness: None,
            hpke: SealingKeyPair::from_seed(&[seed; 32]).public_key(),
        },
        endpoint: endpoint.parse().unwrap(),
        certificate,
        protocol: vec![PROTOCOL.into()],
        software: "test".into(),
        keyset: "keyset-v1".into(),
        keysets: Vec::new(),
    }
}

fn client_of(partner: &Metadata) -> Client {
    let own = metadata("UTO", 10, "http://127.0.0.1:9", None).sign(&key(10)).unwrap();
    let identity = Identity {
        unit: UnitId::of_state("UTO").unwrap(),
        key: key(11),
        statement: own,
    };
    let around = Surroundings {
        clock: Arc::new(now),
        random: Arc::new(Always(3)),
    };
    let statement = partner.sign(&key(20)).unwrap();
    Client::new(identity, &statement, key(20).key_id(), around).unwrap()
}

/// A self-signed end-entity certificate as a node makes it, and the means to serve with it.
fn certificate() -> (Certificate, TlsAcceptor) {
    let made = rcgen::generate_simple_self_signed(vec!["anything.example".to_owned()]).unwrap();
    let der = CertificateDer::from(made.cert.der().to_vec());
    let private = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![der.clone()], private.into())
        .unwrap();
    (Certificate::from_der(&der), TlsAcceptor::from(Arc::new(config)))
}

/// How the partner behaves.
type Answer = fn(&HttpRequest) -> HttpResponse;

/// Serves one request, over TLS if asked to, and gives the address beforehand.
async fn serve(tls: Option<TlsAcceptor>, answer: Answer) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let scheme = if tls.is_some() { "https" } else { "http" };
    let address = format!("{scheme}://{}", listener.local_addr().unwrap());
    let base = address.clone();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        match tls {
            None => answer_one(stream, &base, answer).await,
            Some(acceptor) => {
                if let Ok(stream) = acceptor.accept(stream).await {
                    answer_one(stream, &base, answer).await;
                }
            }
        }
    });
    address
}

async fn answer_one(mut stream: impl AsyncRead + AsyncWrite + Unpin, base: &str, answer: Answer) {
    let request = read_request(&mut stream, base).await;
    let response = answer(&request);
    let mut text = format!(
        "HTTP/1.1 {} X\r\ncontent-length: {}\r\n",
        response.status,
        response.body.len()
    );
    for (name, value) in &response.headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("connection: close\r\n\r\n");
    stream.write_all(text.as_bytes()).await.unwrap();
    stream.write_all(&response.body).await.unwrap();
    let _ = stream.shutdown().await;
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin), base: &str) -> HttpRequest {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let read = stream.read(&mut chunk).await.unwrap();
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let mut lines = head.split("\r\n");
        let first: Vec<_> = lines.next().unwrap().split(' ').collect();
        let headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let length = headers.iter().find(|(name, _)| name == "content-length");
        if body.len() >= length.map_or(0, |(_, value)| value.parse().unwrap()) {
            return HttpRequest {
                method: first[0].to_owned(),
                target_uri: format!("{base}{}", first[1]),
                headers,
                body: body.as_bytes().to_vec(),
            };
        }
    }
}

fn response(status: u16, media_type: &str, body: &[u8]) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".into(), media_type.into())],
        body: body.to_vec(),
    }
}

fn promise() -> Promise {
    Promise {
        leaf: sha256("leaf"),
        by: Timestamp::from_seconds(NOW + 1800),
    }
}

fn honest(request: &HttpRequest) -> HttpResponse {
    let mut answer = response(200, JSON, b"{}");
    answer.headers.push((PROMISE_HEADER.into(), promise().to_string()));
    sign_response(&mut answer, &key(21), request, now(), Nonce([4; 16])).unwrap();
    answer
}

async fn ask(client: &Client) -> Result<Exchange, ClientError> {
    client
        .send(Outgoing::post("/v1/lookups", JSON, br#"{"v":1}"#.to_vec()))
        .await
}

#[tokio::test]
async fn a_signed_answer_over_pinned_tls_comes_with_its_receipt() {
    let (certificate, acceptor) = certificate();
    let address = serve(Some(acceptor), honest).await;
    let client = client_of(&metadata("RUR", 20, &address, Some(certificate)));
    let exchange = ask(&client).await.unwrap();
    assert_eq!((exchange.status, exchange.body.as_slice()), (200, b"{}".as_slice()));
    assert_eq!(exchange.promise, Some(promise()));
    let proven = exchange.receipt.verify(&[key(10).key_id(), key(20).key_id()]).unwrap();
    assert_eq!(proven.responder.state(), "RUR");
    assert!(proven.covers(&exchange.request_body, &exchange.body));
}

#[tokio::test]
async fn any_other_certificate_is_refused() {
    let (_, acceptor) = certificate();
    let (other, _) = certificate();
    let address = serve(Some(acceptor), honest).await;
    let client = client_of(&metadata("RUR", 20, &address, Some(other)));
    assert!(matches!(ask(&client).await, Err(ClientError::Unreachable(_))));
}

#[tokio::test]
async fn the_announced_next_key_may_already_sign() {
    let address = serve(None, |request| {
        let mut answer = response(200, JSON, b"{}");
        sign_response(&mut answer, &key(22), request, now(), Nonce([4; 16])).unwrap();
        answer
    })
    .await;
    let client = client_of(&metadata("RUR", 20, &address, None));
    assert!(ask(&client).await.is_ok());
}

#[tokio::test]
async fn an_altered_unsigned_or_foreign_answer_is_not_believed() {
    let answers: [Answer; 3] = [
        |request| HttpResponse {
            body: b"{ }".to_vec(),
            ..honest(request)
        },
        |_| response(200, JSON, b"{}"),
        |request| {
            let mut answer = response(200, JSON, b"{}");
            sign_response(&mut answer, &key(99), request, now(), Nonce([4; 16])).unwrap();
            answer
        },
    ];
    for answer in answers {
        let address = serve(None, answer).await;
        let client = client_of(&metadata("RUR", 20, &address, None));
        assert!(matches!(ask(&client).await, Err(ClientError::Unproven(_))));
    }
}

#[tokio::test]
async fn an_unsigned_problem_is_told_as_unproven() {
    let address = serve(None, |_| {
        let problem = Problem::new(ProblemKind::UnknownSender).to_json();
        response(401, "application/problem+json", &problem)
    })
    .await;
    let client = client_of(&metadata("RUR", 20, &address, None));
    let Err(ClientError::Unauthenticated { status, problem }) = ask(&client).await else {
        panic!("the problem was believed")
    };
    assert_eq!((status, problem.kind), (401, ProblemKind::UnknownSender));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let address = serve(None, |_| {
        let mut answer = response(307, JSON, b"");
        answer.headers.push(("location".into(), "http://127.0.0.1:1/".into()));
        answer
    })
    .await;
    let client = client_of(&metadata("RUR", 20, &address, None));
    assert!(matches!(ask(&client).await, Err(ClientError::Unproven(_))));
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let address = serve(None, |_| response(200, JSON, &[b'x'; 5000])).await;
    let client = client_of(&metadata("RUR", 20, &address, None));
    let outgoing = Outgoing::post("/v1/lookups", JSON, b"{}".to_vec()).up_to(4000);
    let refused = client.send(outgoing).await;
    assert!(matches!(refused, Err(ClientError::TooLarge { limit: 4000 })));
}

#[tokio::test]
async fn metadata_is_refreshed_under_the_same_root_only() {
    for (root, accepted) in [(20, true), (40, false)] {
        let answer: Answer = if root == 20 {
            |_| {
                response(
                    200,
                    METADATA,
                    metadata("RUR", 20, "http://127.0.0.1:9", None)
                        .sign(&key(20))
                        .unwrap()
                        .as_bytes(),
                )
            }
        } else {
            |_| {
                response(
                    200,
                    METADATA,
                    metadata("RUR", 40, "http://127.0.0.1:9", None)
                        .sign(&key(40))
                        .unwrap()
                        .as_bytes(),
                )
            }
        };
        let address = serve(None, answer).await;
        let client = client_of(&metadata("RUR", 20, &address, None));
        assert_eq!(client.metadata().await.is_ok(), accepted);
    }
}
