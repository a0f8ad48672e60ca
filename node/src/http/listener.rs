//! The accept loop: TLS 1.3 with our certificate, limits, graceful stop.

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;

/// Connections served at once by one listener; more wait in the kernel's queue.
const CONNECTIONS: usize = 512;
/// A stranger has so long to finish the TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// A client has so long to send its request head.
const HEAD: Duration = Duration::from_secs(10);

/// A bound socket and what it serves.
pub struct Listener {
    socket: TcpListener,
    tls: Option<TlsAcceptor>,
}

/// A listener could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// The address is taken, or not one of this machine.
    #[error("cannot listen on {address}; choose another address or stop the program that uses it")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Plain HTTP was asked for on an address others can reach.
    #[error("{address} can be reached from other machines; plain HTTP is served on loopback only")]
    PlainBeyondLoopback {
        /// The address asked for.
        address: SocketAddr,
    },
    /// Our TLS key or certificate cannot be used.
    #[error("the node's TLS key and certificate cannot be used; restore the keyring from its backup")]
    Certificate(#[source] rustls::Error),
}

impl Listener {
    /// Listens with plain HTTP; only on loopback.
    pub async fn plain(address: SocketAddr) -> Result<Self, ListenError> {
        if !address.ip().is_loopback() {
            return Err(ListenError::PlainBeyondLoopback { address });
        }
        Ok(Self {
            socket: bind(address).await?,
            tls: None,
        })
    }

    /// Listens with TLS 1.3 under our self-signed certificate.
    pub async fn tls(address: SocketAddr, certificate: Vec<u8>, key: Vec<u8>) -> Result<Self, ListenError> {
        let config = server_config(certificate, key).map_err(ListenError::Certificate)?;
        Ok(Self {
            socket: bind(address).await?,
            tls: Some(TlsAcceptor::from(Arc::new(config))),
        })
    }

    /// The address really bound, port 0 resolved.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Serves until `stop` turns true, then lets running requests finish.
    pub async fn serve(self, router: Router, mut stop: watch::Receiver<bool>) {
        let graceful = GracefulShutdown::new();
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let Ok(place) = places.clone().acquire_owned().await else {
                break;
            };
            let stream = tokio::select! {
                accepted = self.socket.accept() => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            let Ok((stream, _)) = stream else { continue };
            let (router, tls, watcher) = (router.clone(), self.tls.clone(), graceful.watcher());
            tokio::spawn(async move {
                connection(stream, tls, router, watcher).await;
                drop(place);
            });
        }
        let _ = tokio::time::timeout(Duration::from_secs(10), graceful.shutdown()).await;
    }
}

async fn connection(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) {
    let _ = stream.set_nodelay(true);
    match tls {
        None => http(stream, router, watcher).await,
        Some(acceptor) => {
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                http(stream, router, watcher).await;
            }
        }
    }
}

async fn http<S>(stream: S, router: Router, watcher: hyper_util::server::graceful::Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(64 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(64)
        .max_header_list_size(32 * 1024);
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    if let Err(error) = watcher.watch(connection.into_owned()).await {
        tracing::debug!(kind = %error, "connection ended early");
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| ListenError::Bind { address, source })
}

fn server_config(certificate: Vec<u8>, key: Vec<u8>) -> Result<rustls::ServerConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(key);
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.into()], key.into())?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listener")
            .field("address", &self.socket.local_addr().ok())
            .finish_non_exhaustive()
    }
}
