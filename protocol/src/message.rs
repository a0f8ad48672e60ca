//! What travels between units: paths, media types, bodies.

pub mod lookup;
