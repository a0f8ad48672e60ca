//! Promises of a whole piux, kept on real nodes; one promise a file.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod a_lookup_finds_who_is_known;
