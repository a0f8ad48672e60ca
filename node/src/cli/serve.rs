//! `piux serve`: runs the node until it is told to stop.

use super::Cannot;
use super::arguments::ServeArguments;
use crate::command::Report;
use crate::node::Node;
use crate::server::{self, Addressing};
use std::path::Path;
use std::sync::Arc;

/// Serves until Ctrl-C or SIGTERM, then lets running requests finish.
pub(super) fn run(dir: &Path, arguments: ServeArguments) -> Result<Report, Cannot> {
    let node = Node::open(dir, super::passphrase::passphrase).map_err(|error| Cannot::because(&error))?;
    let runtime = super::door::runtime()?;
    runtime.block_on(async {
        let addressing = Addressing {
            exchange: arguments.exchange,
            desk: arguments.desk,
            ops: arguments.ops,
            public_url: arguments.public_url,
            watch: arguments.watch,
        };
        let running = server::start(Arc::new(node), addressing)
            .await
            .map_err(|error| Cannot::because(&error))?;
        super::complain(&format!(
            "serving; partners reach this node at {}",
            running.addresses().exchange
        ));
        stopped().await;
        running.stop().await;
        Ok(Report::done(serde_json::json!({ "stopped": true }), ""))
    })
}

/// Waits for Ctrl-C or, where there is one, SIGTERM.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => return,
                _ = tokio::signal::ctrl_c() => return,
            }
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
