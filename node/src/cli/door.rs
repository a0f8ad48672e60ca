//! The two doors of a command: the running node's desk, or the folder itself.

use super::Cannot;
use crate::command::{Command, Report};
use crate::node::{Node, OpenError};
use crate::run_files::RunFiles;
use hyper::body::{Body, Bytes, Frame};
use std::io::{self, Read};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Blocks between a file and the connection.
const BLOCKS: usize = 8;
/// Bytes of a block.
const BLOCK: usize = 64 * 1024;

/// Carries a command out, whether the node runs or not.
///
/// The lock `DIR/lock` decides: who holds it executes.
pub(super) fn execute(dir: &Path, command: &Command) -> Result<Report, Cannot> {
    let runtime = runtime()?;
    match Node::open(dir, super::passphrase::passphrase) {
        Ok(node) => runtime.block_on(directly(Arc::new(node), command)),
        Err(OpenError::Locked(_)) => runtime.block_on(through_desk(dir, command)),
        Err(error) => Err(Cannot::because(&error)),
    }
}

/// Asks a running node to publish its ledger; reading its counts does. Without one nothing happens.
pub(super) fn publish(dir: &Path) {
    if RunFiles::read(dir).is_ok() {
        let asked = runtime().and_then(|runtime| runtime.block_on(through_desk(dir, &Command::AuditStats)));
        if asked.is_err() {
            tracing::debug!("no running node answered; what is published is verified");
        }
    }
}

async fn directly(node: Arc<Node>, command: &Command) -> Result<Report, Cannot> {
    node.execute(command.clone())
        .await
        .map_err(|error| Cannot::because(&error))
}

pub(super) async fn through_desk(dir: &Path, command: &Command) -> Result<Report, Cannot> {
    let run = RunFiles::read(dir).map_err(|_| busy(dir))?;
    let request = to_desk(&run, "/v1/commands", &[])?.json(command);
    report(request.send().await.map_err(|_| busy(dir))?).await
}

/// Streams a file to a running node, as fast as it loads; `feed` says how it is named and read.
pub(super) async fn feed(
    run: &RunFiles,
    feed: &[(&str, &str)],
    file: impl Read + Send + 'static,
) -> Result<Report, Cannot> {
    let (sender, blocks) = channel(BLOCKS);
    let reading = tokio::task::spawn_blocking(move || read_blocks(file, &sender));
    let body = reqwest::Body::wrap(Blocks(blocks));
    let request = to_desk(run, "/v1/ingest", feed)?.body(body);
    let answer = request
        .send()
        .await
        .map_err(|_| Cannot::new("the running node does not answer; whole messages sent so far are loaded"))?;
    if let Ok(Err(error)) = reading.await {
        return Err(Cannot::because(&error));
    }
    report(answer).await
}

fn to_desk(run: &RunFiles, path: &str, parameters: &[(&str, &str)]) -> Result<reqwest::RequestBuilder, Cannot> {
    // Taken once per process; the desk itself speaks plain HTTP on loopback.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| Cannot::because(&error))?;
    let address = reqwest::Url::parse_with_params(&format!("{}{path}", run.addresses.desk), parameters)
        .map_err(|error| Cannot::because(&error))?;
    Ok(client.post(address).bearer_auth(run.credential.as_str()))
}

async fn report(answer: reqwest::Response) -> Result<Report, Cannot> {
    let accepted = answer.status().is_success();
    let bytes = answer.bytes().await.map_err(|error| Cannot::because(&error))?;
    if accepted {
        serde_json::from_slice(&bytes).map_err(|_| Cannot::new("the running node is of another version; restart it"))
    } else {
        let problem: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let detail = problem
            .get("detail")
            .or(problem.get("title"))
            .and_then(|text| text.as_str());
        Err(Cannot::new(detail.unwrap_or(
            "the running node could not carry the command out; see its log",
        )))
    }
}

/// Reads a file to its end, a block at a time; a receiver that is gone says why itself.
fn read_blocks(mut file: impl Read, blocks: &Sender<io::Result<Bytes>>) -> io::Result<()> {
    let mut block = vec![0; BLOCK];
    loop {
        let count = match file.read(&mut block) {
            Ok(count) => count,
            Err(error) => {
                let _ = blocks.blocking_send(Err(error.kind().into()));
                return Err(error);
            }
        };
        let part = Bytes::copy_from_slice(block.get(..count).unwrap_or_default());
        if count == 0 || blocks.blocking_send(Ok(part)).is_err() {
            return Ok(());
        }
    }
}

/// Blocks as a request's body.
struct Blocks(Receiver<io::Result<Bytes>>);

impl Body for Blocks {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.0
            .poll_recv(context)
            .map(|block| block.map(|block| block.map(Frame::data)))
    }
}

pub(super) fn busy(dir: &Path) -> Cannot {
    Cannot::new(format!(
        "{} is in use by another process that does not answer; wait for it to finish, or stop it",
        dir.display()
    ))
}

/// The runtime of one command.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Cannot> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Cannot::because(&error))
}
