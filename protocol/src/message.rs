//! What travels besides the lookup itself.

pub mod problem;
