//! Who may come to the desk.
//!
//! Until the console's log-in exists there is one local credential, in a file
//! only the node's account can read: whoever has it may do all a node can.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use std::sync::Arc;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The local credential of a node.
#[derive(Clone)]
pub(super) struct Credential(Arc<Zeroizing<String>>);

impl Credential {
    pub(super) fn new(credential: Zeroizing<String>) -> Self {
        Self(Arc::new(credential))
    }

    /// Whether whoever asks presents it.
    pub(super) fn admits(&self, headers: &HeaderMap) -> bool {
        let presented = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let presented = presented
            .and_then(|value| value.strip_prefix("Bearer "))
            .unwrap_or_default();
        bool::from(presented.as_bytes().ct_eq(self.0.as_bytes()))
    }
}
