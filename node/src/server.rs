//! A running node: its three listeners, opened together and stopped together.

use crate::http::{self, listener::ListenError, listener::Listener};
use crate::node::Node;
use crate::run_files::{Addresses, RunFiles};
use crate::watch::Watch;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(5);

/// Where a node listens and how partners name it.
#[derive(Debug, Clone)]
pub struct Addressing {
    /// Partners, TLS 1.3.
    pub exchange: SocketAddr,
    /// Officers and national systems, loopback.
    pub desk: SocketAddr,
    /// Health and metrics, loopback.
    pub ops: SocketAddr,
    /// The address partners use, where it is not the one bound.
    pub public_url: Option<String>,
    /// A folder whose files are loaded and removed.
    pub watch: Option<PathBuf>,
}

impl Addressing {
    /// Three free ports on loopback.
    pub fn loopback() -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            exchange: any,
            desk: any,
            ops: any,
            public_url: None,
            watch: None,
        }
    }
}

/// The node could not start to serve.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// A listener could not be opened.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The watched folder could not be made.
    #[error("the watched folder cannot be used")]
    Watch(#[source] io::Error),
    /// The run files could not be written.
    #[error("the addresses could not be written to the node's folder")]
    RunFiles(#[source] io::Error),
    /// Partners would be told an address that is none.
    #[error("partners cannot be told {0}; name the address they use with --public-url, or in node.toml")]
    Unspecified(SocketAddr),
    /// The node could not tell partners its address.
    #[error(transparent)]
    Node(#[from] crate::node::NodeError),
}

/// A node that serves; stop it to let running requests finish.
#[derive(Debug)]
pub struct Running {
    node: Arc<Node>,
    addresses: Addresses,
    stop: watch::Sender<bool>,
    listeners: Vec<JoinHandle<()>>,
}

/// Opens the listeners, writes the run files and begins to serve.
pub async fn start(node: Arc<Node>, addressing: Addressing) -> Result<Running, ServeError> {
    let (certificate, key) = node.tls()?;
    let exchange = Listener::tls(addressing.exchange, certificate, key).await?;
    let desk = Listener::plain(addressing.desk).await?;
    let ops = Listener::plain(addressing.ops).await?;
    let public_url = addressing.public_url.or_else(|| node.configured_url());
    if public_url.is_none() && addressing.exchange.ip().is_unspecified() {
        return Err(ServeError::Unspecified(addressing.exchange));
    }
    let watch = addressing.watch.or_else(|| node.configured_watch());
    let watch = watch.map(Watch::new).transpose().map_err(ServeError::Watch)?;
    let addresses = addresses([&exchange, &desk, &ops], public_url).map_err(ServeError::RunFiles)?;
    node.announce(&addresses.exchange)?;
    let run = RunFiles::new(addresses.clone(), node.random());
    let (stop, stopping) = watch::channel(false);
    let mut listeners = vec![
        tokio::spawn(keep_time(node.clone(), stopping.clone())),
        tokio::spawn(exchange.serve(http::exchange(node.clone()), stopping.clone())),
        tokio::spawn(desk.serve(http::desk(node.clone(), run.credential.clone()), stopping.clone())),
        tokio::spawn(ops.serve(http::ops(node.clone()), stopping.clone())),
    ];
    listeners.extend(watch.map(|watch| tokio::spawn(keep_watch(node.clone(), watch, stopping))));
    run.write(node.dir()).map_err(ServeError::RunFiles)?;
    Ok(Running {
        node,
        addresses,
        stop,
        listeners,
    })
}

impl Running {
    /// Where the node listens.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// The node that serves.
    pub fn node(&self) -> &Arc<Node> {
        &self.node
    }

    /// Stops accepting, lets running requests finish, removes the run files.
    pub async fn stop(self) {
        RunFiles::remove(self.node.dir());
        self.stop.send_replace(true);
        for listener in self.listeners {
            let _ = listener.await;
        }
    }
}

/// Looks at the watched folder until the node stops; a load that runs is finished first.
async fn keep_watch(node: Arc<Node>, mut watch: Watch, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(crate::watch::LOOK) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        let node = node.clone();
        let looked = tokio::task::spawn_blocking(move || {
            let looked = watch.look(&node);
            (watch, looked)
        });
        let Ok((back, looked)) = looked.await else { return };
        watch = back;
        if let Err(error) = looked {
            tracing::error!(%error, "watched folder");
        }
    }
}

/// Does what is due whenever the clock passes a point of the ten-minute grid.
async fn keep_time(node: Arc<Node>, mut stop: watch::Receiver<bool>) {
    let mut done = node.grid();
    loop {
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        if node.grid() != done {
            done = node.grid();
            let due = node.clone();
            let kept = tokio::task::spawn_blocking(move || due.keep_time()).await;
            if !matches!(kept, Ok(Ok(()))) {
                tracing::error!("what was due could not be done; see piux doctor");
            }
        }
    }
}

fn addresses([exchange, desk, ops]: [&Listener; 3], public: Option<String>) -> io::Result<Addresses> {
    Ok(Addresses {
        exchange: match public {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("https://{}", exchange.address()?),
        },
        desk: format!("http://{}", desk.address()?),
        ops: format!("http://{}", ops.address()?),
    })
}
