//! The desk: commands of officers, admins and national systems, on loopback.
//!
//! Until the console's log-in exists there is one local credential, in a file
//! only the node's account can read: whoever has it may do all a node can.

use super::{feed, problem};
use crate::command::Command;
use crate::node::Node;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use std::sync::Arc;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// Largest command: a signed agreement or an order.
const COMMAND_BYTES: usize = 1024 * 1024;

/// Streams that are loaded at a time; who comes more is asked to come again.
const LOADS: usize = 4;

/// The desk of a node.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) node: Arc<Node>,
    pub(super) loads: Arc<Semaphore>,
    credential: Arc<Zeroizing<String>>,
}

/// The routes of the desk listener.
pub fn router(node: Arc<Node>, credential: Zeroizing<String>) -> Router {
    Router::new()
        .route("/v1/commands", post(command))
        .layer(DefaultBodyLimit::max(COMMAND_BYTES))
        .route("/v1/ingest", post(feed::ingest).layer(DefaultBodyLimit::disable()))
        .with_state(Desk {
            node,
            loads: Arc::new(Semaphore::new(LOADS)),
            credential: Arc::new(credential),
        })
}

async fn command(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> Response {
    if !desk.admits(&headers) {
        return problem::no_credential().into_response();
    }
    let Ok(command) = serde_json::from_slice::<Command>(&body) else {
        return problem::bad_command().into_response();
    };
    match desk.node.execute(command).await {
        Ok(report) => axum::Json(report).into_response(),
        Err(error) => problem::cannot(&error).into_response(),
    }
}

impl Desk {
    /// Whether whoever asks presents the credential.
    pub(super) fn admits(&self, headers: &HeaderMap) -> bool {
        let presented = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let presented = presented
            .and_then(|value| value.strip_prefix("Bearer "))
            .unwrap_or_default();
        bool::from(presented.as_bytes().ct_eq(self.credential.as_bytes()))
    }
}
