//! Real nodes in folders of their own, and people and machines that use or attack them.
//!
//! A [`World`] holds nodes that answer over TLS on free ports of this machine, all
//! under one clock that moves only when told. A [`Clerk`] is a partner without a
//! node: it speaks the protocol by hand, so that a test can say what no node says.
//! Everything here panics at the first surprise, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod agreeing;
mod clerk;
mod leaks;
mod officer;
mod traveller;
mod unit;
mod wire;
mod world;

pub use agreeing::authority_key;
pub use clerk::{Clerk, Prepared, person};
pub use leaks::{Finding, find};
pub use officer::{Answer, Asking};
pub use traveller::Traveller;
pub use unit::Unit;
pub use wire::{Wire, problem_of};
pub use world::{World, morning};
