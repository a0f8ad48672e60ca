//! The only place where an outcome becomes a status code.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use piux_protocol::message::problem::{MEDIA_TYPE, Problem, ProblemKind};

/// What a station decided, before it has a status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Answered.
    Answered,
    /// A resource was made.
    Made,
    /// Taken; people still have to decide.
    Pending,
    /// A problem of this kind.
    Problem(ProblemKind),
}

/// The status code of an outcome (RFC 9110 section 15).
pub(crate) fn status(outcome: Outcome) -> StatusCode {
    match outcome {
        Outcome::Answered => StatusCode::OK,
        Outcome::Made => StatusCode::CREATED,
        Outcome::Pending => StatusCode::ACCEPTED,
        Outcome::Problem(kind) => of_problem(kind),
    }
}

fn of_problem(kind: ProblemKind) -> StatusCode {
    match kind {
        ProblemKind::Malformed | ProblemKind::ClockSkew => StatusCode::BAD_REQUEST,
        ProblemKind::UnknownSender | ProblemKind::BadSignature | ProblemKind::TokenInvalid => StatusCode::UNAUTHORIZED,
        ProblemKind::PurposeRefused
        | ProblemKind::AgreementInactive
        | ProblemKind::ClassNotAllowed
        | ProblemKind::LeakBudget
        | ProblemKind::HitProofInvalid
        | ProblemKind::DisclosureRefused => StatusCode::FORBIDDEN,
        ProblemKind::NotFound => StatusCode::NOT_FOUND,
        ProblemKind::Replayed
        | ProblemKind::AgreementVersion
        | ProblemKind::EpochUnknown
        | ProblemKind::KeysetMismatch => StatusCode::CONFLICT,
        ProblemKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ProblemKind::IdempotencyConflict => StatusCode::UNPROCESSABLE_ENTITY,
        ProblemKind::QuotaExceeded => StatusCode::TOO_MANY_REQUESTS,
        ProblemKind::IndexUnavailable | ProblemKind::LedgerUnavailable | ProblemKind::Overloaded => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What a request gets that took too long.
pub(super) fn too_slow() -> StatusCode {
    StatusCode::REQUEST_TIMEOUT
}

/// A problem nobody signs, for senders we cannot authenticate.
pub(super) fn unsigned(problem: &Problem) -> Response<Body> {
    json(of_problem(problem.kind), MEDIA_TYPE, problem.to_json())
}

/// The desk credential is absent or wrong.
pub(super) fn no_credential() -> Response<Body> {
    local(
        StatusCode::UNAUTHORIZED,
        "the desk needs the credential in DIR/run/desk-credential; use the piux command",
    )
}

/// The desk did not understand the command.
pub(super) fn bad_command() -> Response<Body> {
    local(
        StatusCode::BAD_REQUEST,
        "the running node does not know this command; restart it with this version",
    )
}

/// A stream to load was announced in a way the desk does not know.
pub(super) fn bad_feed() -> Response<Body> {
    local(
        StatusCode::BAD_REQUEST,
        "a stream may have the parameters name, format and mapping; see the README of piux-node",
    )
}

/// As many streams are being loaded as the node takes at a time.
pub(super) fn busy() -> Response<Body> {
    let mut response = local(
        StatusCode::SERVICE_UNAVAILABLE,
        "the node is loading as many streams as it takes; send this one again in a few seconds",
    );
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

/// A command could not be carried out.
pub(super) fn cannot(error: &dyn std::error::Error) -> Response<Body> {
    let mut detail = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        detail = format!("{detail}: {inner}");
        source = inner.source();
    }
    local(StatusCode::UNPROCESSABLE_ENTITY, &detail)
}

/// The node cannot answer partners now.
pub(super) fn unready() -> Response<Body> {
    local(
        StatusCode::SERVICE_UNAVAILABLE,
        "the ledger or the store cannot be written; see piux doctor",
    )
}

fn local(status: StatusCode, detail: &str) -> Response<Body> {
    json(
        status,
        MEDIA_TYPE,
        serde_json::json!({ "detail": detail }).to_string().into_bytes(),
    )
}

fn json(status: StatusCode, media_type: &'static str, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}
