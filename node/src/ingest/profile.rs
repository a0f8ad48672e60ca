//! The national profile `piu-passenger-v1`: one traveller on one flight per line or row.
//!
//! ```text
//! ndjson ----------------\
//! csv  -> mapping (rule) -> Line -> Booking -> Joiner -> Decoded
//! json -> mapping (rule) /
//! ```
//!
//! Every way in fills the same [`Line`]; what the profile can say is the closed list [`Field`].
//! A field that cannot be read is a finding and the rest of its line is kept.

mod booking;
mod field;
mod join;
mod line;

pub(super) use field::{Field, List};
pub(super) use join::Joiner;
pub(super) use line::Line;
