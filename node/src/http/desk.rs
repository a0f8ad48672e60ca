//! The desk: commands of officers, admins and national systems, on loopback.
//!
//! Feeds ([`feed`]) come through the same door.

use super::credential::Credential;
use super::{feed, problem};
use crate::command::Command;
use crate::node::Node;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Largest command: a signed agreement or an order.
const COMMAND_BYTES: usize = 1024 * 1024;

/// What a command at the desk needs.
#[derive(Clone)]
struct Desk {
    node: Arc<Node>,
    credential: Credential,
}

/// The routes of the desk listener.
pub fn router(node: Arc<Node>, credential: Zeroizing<String>) -> Router {
    let credential = Credential::new(credential);
    let feed = feed::router(Arc::clone(&node), credential.clone());
    Router::new()
        .route("/v1/commands", post(command))
        .layer(DefaultBodyLimit::max(COMMAND_BYTES))
        .with_state(Desk { node, credential })
        .merge(feed)
}

async fn command(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> Response {
    if !desk.credential.admits(&headers) {
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
