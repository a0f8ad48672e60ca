//! The exchange: what partners reach. Each route hands its bytes to one journey.

use super::problem;
use super::problem::{Outcome, status};
use crate::answer::{Ending, Journey, Responder, Route};
use crate::node::Node;
use crate::telemetry::{Metrics, Served};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderName, HeaderValue, Response};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use piux_protocol::message::problem::{Problem, ProblemKind};
use piux_protocol::message::{
    DISCLOSURES_PATH, EPOCHS_PATH, JWK_SET, JWKS_PATH, LOOKUPS_PATH, MAX_REQUEST, METADATA, METADATA_PATH, TOKEN_PATH,
};
use piux_protocol::signature::{HttpRequest, HttpResponse};
use std::sync::Arc;
use std::time::Duration;
use tower_http::timeout::TimeoutLayer;

/// A request that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone)]
struct Exchange {
    node: Arc<Node>,
    responder: Arc<Responder>,
    metrics: Arc<Metrics>,
}

/// The routes of the exchange listener.
pub fn router(node: Arc<Node>) -> Router {
    let exchange = Exchange {
        responder: node.responder(),
        metrics: node.metrics(),
        node,
    };
    Router::new()
        .route(METADATA_PATH, get(metadata))
        .route(JWKS_PATH, get(jwks))
        .route(TOKEN_PATH, post(token))
        .route(&format!("{EPOCHS_PATH}/{{agreement}}"), get(epochs))
        .route(LOOKUPS_PATH, post(lookup))
        .route(DISCLOSURES_PATH, post(disclosure))
        .route(&format!("{DISCLOSURES_PATH}/{{id}}"), get(disclosure_state))
        .fallback(async || problem::unsigned(&Problem::new(ProblemKind::NotFound)))
        .layer(TimeoutLayer::with_status_code(problem::too_slow(), PATIENCE))
        .with_state(exchange)
}

async fn metadata(State(exchange): State<Exchange>) -> Response<Body> {
    match exchange.node.statement() {
        Ok(statement) => ([("content-type", METADATA)], statement).into_response(),
        Err(_) => problem::unsigned(&Problem::new(ProblemKind::Internal)),
    }
}

async fn jwks(State(exchange): State<Exchange>) -> Response<Body> {
    match exchange.node.metadata() {
        Ok(metadata) => (
            [("content-type", JWK_SET)],
            serde_json::to_string(&metadata.jwks()).unwrap_or_default(),
        )
            .into_response(),
        Err(_) => problem::unsigned(&Problem::new(ProblemKind::Internal)),
    }
}

async fn token(State(exchange): State<Exchange>, request: Request) -> Response<Body> {
    exchange.journey("/oauth/token", Route::Token, request).await
}

async fn epochs(State(exchange): State<Exchange>, Path(agreement): Path<String>, request: Request) -> Response<Body> {
    exchange.journey("/v1/epochs", Route::Epochs(agreement), request).await
}

async fn lookup(State(exchange): State<Exchange>, request: Request) -> Response<Body> {
    exchange.journey("/v1/lookups", Route::Lookup, request).await
}

async fn disclosure(State(exchange): State<Exchange>, request: Request) -> Response<Body> {
    exchange.journey("/v1/disclosures", Route::Disclosure, request).await
}

async fn disclosure_state(
    State(exchange): State<Exchange>,
    Path(id): Path<String>,
    request: Request,
) -> Response<Body> {
    exchange
        .journey("/v1/disclosures/id", Route::DisclosureState(id), request)
        .await
}

impl Exchange {
    /// Reads the request, runs the journey on a blocking thread, counts, answers.
    async fn journey(&self, route_name: &'static str, route: Route, request: Request) -> Response<Body> {
        let responder = self.responder.clone();
        let ended = match self.read(request).await {
            Err(kind) => Journey::Stranger(Problem::new(kind)),
            Ok(request) => tokio::task::spawn_blocking(move || responder.answer(&route, request))
                .await
                .unwrap_or_else(|_| Journey::Stranger(Problem::new(ProblemKind::Internal))),
        };
        let outcome = match &ended {
            Journey::Stranger(problem) => Outcome::Problem(problem.kind),
            Journey::Partner(closed) => outcome(closed.ending()),
        };
        self.metrics.count(Served {
            listener: "exchange",
            route: route_name,
            outcome: word(outcome),
        });
        self.leave(ended, outcome)
    }

    /// Strangers get an unsigned problem, partners a signed answer.
    fn leave(&self, ended: Journey, outcome: Outcome) -> Response<Body> {
        let closed = match ended {
            Journey::Stranger(problem) => return problem::unsigned(&problem),
            Journey::Partner(closed) => closed,
        };
        match self.responder.sign(*closed, status(outcome).as_u16()) {
            Ok(message) => into_http(message),
            Err(_) => problem::unsigned(&Problem::new(ProblemKind::Internal)),
        }
    }

    /// The request as its signature saw it: the target URI is ours, never a header's.
    async fn read(&self, request: Request) -> Result<HttpRequest, ProblemKind> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let target_uri = format!("{}{path}", self.node.public_url());
        let header = |(name, value): (&HeaderName, &HeaderValue)| {
            value.to_str().map(|value| (name.as_str().to_owned(), value.to_owned()))
        };
        let headers = parts.headers.iter().map(header).collect::<Result<_, _>>();
        let headers = headers.map_err(|_| ProblemKind::Malformed)?;
        let body = to_bytes(body, MAX_REQUEST).await.map_err(|_| ProblemKind::TooLarge)?;
        Ok(HttpRequest {
            method: parts.method.as_str().to_owned(),
            target_uri,
            headers,
            body: body.to_vec(),
        })
    }
}

fn outcome(ending: Ending) -> Outcome {
    match ending {
        Ending::Answered => Outcome::Answered,
        Ending::Made => Outcome::Made,
        Ending::Pending => Outcome::Pending,
        Ending::Problem(kind) => Outcome::Problem(kind),
    }
}

/// The outcome as a metric's label.
fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Problem(kind) => kind.urn().trim_start_matches("urn:piux:problem:"),
        Outcome::Answered | Outcome::Made | Outcome::Pending => "ok",
    }
}

fn into_http(message: HttpResponse) -> Response<Body> {
    let mut response = Response::new(Body::from(message.body));
    if let Ok(status) = axum::http::StatusCode::from_u16(message.status) {
        *response.status_mut() = status;
    }
    for (name, value) in message.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
