#![doc = include_str!("../README.md")]

pub mod agreement;
pub mod bundle;
pub mod decision;
pub mod dsse;
pub mod effective;
pub mod explain;
pub mod facts;
pub mod finding;
pub mod lifecycle;
pub mod national;
pub mod order;
pub mod profile;
pub mod retention;
mod rules;
pub mod table;
pub mod term;
mod thumbprint;
mod world;

pub use agreement::{Agreement, Terms};
pub use bundle::Bundle;
pub use decision::{Clause, Decision, Obligation, Permit, Refusal};
pub use effective::{Effective, PolicyError};
pub use finding::{Finding, SourceFile};
pub use profile::Profile;
