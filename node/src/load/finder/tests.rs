#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod keysets;
mod persons;
mod rows;
mod setting;
mod splits;
