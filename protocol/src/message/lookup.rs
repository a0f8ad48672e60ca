//! `POST /v1/lookups` (SPEC.md 4): a blinded question and its answer.

pub use crate::blind::{AnswerError, AnswerSegment, LookupAnswer, LookupRequest, RequestError, Segment};

/// Where lookups are sent.
pub const PATH: &str = "/v1/lookups";

/// Where the descriptors of an agreement are found: this, and the agreement's name.
pub const EPOCHS_PATH: &str = "/v1/epochs/";

/// Media type of a [`LookupRequest`]'s body.
pub const REQUEST_MEDIA_TYPE: &str = "application/json";

/// Media type of an encoded [`LookupAnswer`].
pub const ANSWER_MEDIA_TYPE: &str = "application/vnd.piux.lookup";

/// The largest body of a request, in bytes.
pub const MAX_REQUEST_BYTES: usize = crate::blind::request::MAX_BODY;

/// The largest answer, in bytes.
pub const MAX_ANSWER_BYTES: usize = crate::blind::answer::MAX_BYTES;
