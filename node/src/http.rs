//! The three doors: exchange (partners), desk (our officers), ops (health).
//!
//! Bytes in, one call, bytes out. Only this module and its children name axum,
//! and only `problem` knows status codes.

pub mod listener;

mod credential;
mod desk;
mod exchange;
mod feed;
mod ops;
mod problem;

pub use desk::router as desk;
pub use exchange::router as exchange;
pub use ops::router as ops;
