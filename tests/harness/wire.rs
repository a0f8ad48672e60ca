//! HTTP by hand, over TLS to one node, with no checks of ours.

use piux_protocol::message::problem::Problem;
use piux_protocol::signature::{HttpRequest, HttpResponse};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use std::sync::Arc;

/// Sends what it is given and shows what comes back.
#[derive(Debug, Clone)]
pub struct Wire(reqwest::Client);

/// Believes every certificate: tests attack the protocol inside TLS.
#[derive(Debug)]
struct Credulous(CryptoProvider);

impl Default for Wire {
    fn default() -> Self {
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Credulous(ring::default_provider())))
            .with_no_client_auth();
        Self(
            reqwest::Client::builder()
                .tls_backend_preconfigured(config)
                .no_proxy()
                .build()
                .unwrap(),
        )
    }
}

impl Wire {
    /// Sends a request exactly as it stands, to the address its target names.
    pub async fn send(&self, request: &HttpRequest) -> HttpResponse {
        self.send_to(&request.target_uri, request).await
    }

    /// The status of a plain GET.
    pub async fn gets(&self, url: &str) -> u16 {
        self.0.get(url).send().await.unwrap().status().as_u16()
    }

    /// Sends a request to another address than the one that was signed.
    pub async fn send_to(&self, url: &str, request: &HttpRequest) -> HttpResponse {
        let mut sent = self.0.request(request.method.parse().unwrap(), url);
        for (name, value) in &request.headers {
            sent = sent.header(name, value);
        }
        if !request.body.is_empty() {
            sent = sent.body(request.body.clone());
        }
        let answer = sent.send().await.unwrap();
        let headers = answer.headers().iter();
        let headers = headers
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        HttpResponse {
            status: answer.status().as_u16(),
            headers,
            body: answer.bytes().await.unwrap().to_vec(),
        }
    }
}

/// The last part of a problem's name, and the clauses it cites.
pub fn problem_of(response: &HttpResponse) -> (String, Vec<String>) {
    let problem = Problem::from_json(&response.body).unwrap();
    let slug = problem.kind.urn().trim_start_matches("urn:piux:problem:").to_owned();
    (slug, problem.clauses.iter().map(|clause| clause.id.clone()).collect())
}

impl ServerCertVerifier for Credulous {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.3 only".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
