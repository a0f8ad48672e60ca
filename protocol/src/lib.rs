#![doc = include_str!("../README.md")]

#[cfg(feature = "client")]
pub mod client;
pub mod jws;
pub mod message;
pub mod metadata;
pub mod receipt;
pub mod seal;
pub mod signature;
pub mod token;
pub mod vocabulary;
