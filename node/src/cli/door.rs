//! The two doors of a command: the running node's desk, or the folder itself.

use super::Cannot;
use crate::command::{Command, Report};
use crate::node::{Node, OpenError};
use crate::run_files::RunFiles;
use std::path::Path;
use std::sync::Arc;

/// Carries a command out, whether the node runs or not.
///
/// The lock `DIR/lock` decides: who holds it executes.
pub(super) fn execute(dir: &Path, command: &Command) -> Result<Report, Cannot> {
    let runtime = runtime()?;
    match Node::open(dir, super::init::passphrase) {
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
    // Taken once per process; the desk itself speaks plain HTTP on loopback.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let answer = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| Cannot::because(&error))?
        .post(format!("{}/v1/commands", run.addresses.desk))
        .bearer_auth(run.credential.as_str())
        .json(command)
        .send()
        .await
        .map_err(|_| busy(dir))?;
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

fn busy(dir: &Path) -> Cannot {
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
