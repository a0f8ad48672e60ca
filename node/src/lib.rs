//! One running passenger information unit.

pub mod ingest;
