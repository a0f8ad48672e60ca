#![doc = include_str!("../README.md")]

pub mod jws;
pub mod message;
pub mod metadata;
pub mod seal;
pub mod signature;
pub mod token;
pub mod vocabulary;
