//! Health, readiness and metrics, on loopback.

use super::problem;
use crate::node::Node;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;

/// The routes of the ops listener.
pub fn router(node: Arc<Node>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(node)
}

async fn ready(State(node): State<Arc<Node>>) -> Response {
    if node.is_ready() {
        "ready\n".into_response()
    } else {
        problem::unready().into_response()
    }
}

async fn metrics(State(node): State<Arc<Node>>) -> String {
    node.metrics().render()
}
