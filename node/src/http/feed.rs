//! `POST /v1/ingest` on the desk: a national system pushes messages as a stream.
//!
//! ```text
//! body -> a few blocks -> load_stream (a thread) -> report with receipts
//! ```
//!
//! Nothing is spooled to disk. A sender faster than the node waits: its connection is read only as
//! blocks are taken. A stream that breaks off has loaded its whole messages; sent again from the
//! start, what is known is passed over.

use super::credential::Credential;
use super::problem;
use crate::load::{LoadOptions, LoadReport};
use crate::node::{Node, loaded};
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, Response};
use axum::response::IntoResponse;
use axum::routing::post;
use serde::Deserialize;
use std::future::poll_fn;
use std::io::{self, BufReader, Read};
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Streams that are loaded at a time; who comes more is asked to come again.
const LOADS: usize = 4;
/// Blocks between the connection and the decoder.
const BLOCKS: usize = 8;
/// Bytes the decoder takes at a time.
const BLOCK: usize = 64 * 1024;

/// Where feeds go.
#[derive(Clone)]
struct Intake {
    node: Arc<Node>,
    credential: Credential,
    loads: Arc<Semaphore>,
}

/// The route of feeds.
pub(super) fn router(node: Arc<Node>, credential: Credential) -> Router {
    Router::new()
        .route("/v1/ingest", post(ingest))
        .layer(DefaultBodyLimit::disable())
        .with_state(Intake {
            node,
            credential,
            loads: Arc::new(Semaphore::new(LOADS)),
        })
}

/// How a stream is named and read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Feed {
    /// What findings call it.
    #[serde(default)]
    name: String,
    /// The format, where it must not be guessed.
    format: Option<String>,
    /// The column mapping of a CSV or JSON export, TOML.
    mapping: Option<String>,
    /// What tells this stream again: one that broke off goes on where it was, when sent from its start.
    mark: Option<String>,
}

/// Takes a stream in.
async fn ingest(
    State(intake): State<Intake>,
    feed: Result<Query<Feed>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Response<Body> {
    if !intake.credential.admits(&headers) {
        return problem::no_credential().into_response();
    }
    let Ok(Query(feed)) = feed else {
        return problem::bad_feed().into_response();
    };
    let Ok(_turn) = intake.loads.try_acquire() else {
        return problem::busy().into_response();
    };
    let options = match LoadOptions::new(feed.format.as_deref(), feed.mapping.as_deref()) {
        Ok(options) => LoadOptions {
            mark: feed.mark,
            ..options
        },
        Err(error) => return problem::cannot(&error).into_response(),
    };
    let (sender, receiver) = channel(BLOCKS);
    let loading = tokio::task::spawn_blocking(move || load(&intake.node, &feed.name, &options, receiver));
    forward(body, sender).await;
    match loading.await {
        Ok(Ok(report)) => axum::Json(loaded(&report)).into_response(),
        Ok(Err(error)) => problem::cannot(&error).into_response(),
        Err(_) => problem::unready().into_response(),
    }
}

fn load(
    node: &Arc<Node>,
    name: &str,
    options: &LoadOptions,
    blocks: Receiver<io::Result<Option<Bytes>>>,
) -> Result<LoadReport, crate::node::NodeError> {
    let mut input = BufReader::with_capacity(
        BLOCK,
        Blocks {
            blocks,
            open: Bytes::new(),
            ended: false,
        },
    );
    let mut report = LoadReport::default();
    node.load_stream(name, &mut input, options, &mut report, &mut |_| {})?;
    Ok(report)
}

/// Hands the body over block by block, and `None` where it ends; waits while the decoder is busy.
///
/// Whoever drops it half way, as a closed connection does, has not told the end.
async fn forward(mut body: Body, blocks: Sender<io::Result<Option<Bytes>>>) {
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let block = match frame {
            Ok(frame) => match frame.into_data() {
                Ok(data) => Ok(Some(data)),
                Err(_) => continue,
            },
            Err(_) => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
        };
        let broken = block.is_err();
        if blocks.send(block).await.is_err() || broken {
            return;
        }
    }
    // A decoder that stopped early has said why.
    let _ = blocks.send(Ok(None)).await;
}

/// Blocks as something to read from.
struct Blocks {
    blocks: Receiver<io::Result<Option<Bytes>>>,
    open: Bytes,
    ended: bool,
}

impl Blocks {
    /// The next block; none at the end. Blocks that just stop coming are a stream that broke off.
    fn next(&mut self) -> io::Result<Option<Bytes>> {
        if self.ended {
            return Ok(None);
        }
        let broken = || Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        let block = self.blocks.blocking_recv().unwrap_or_else(broken)?;
        self.ended = block.is_none();
        Ok(block)
    }
}

impl Read for Blocks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.open.is_empty() {
            match self.next()? {
                Some(block) => self.open = block,
                None => return Ok(0),
            }
        }
        let count = buffer.len().min(self.open.len());
        let block = self.open.split_to(count);
        if let Some(part) = buffer.get_mut(..count) {
            part.copy_from_slice(&block);
        }
        Ok(count)
    }
}
