#![doc = include_str!("../README.md")]

pub mod vocabulary;

pub mod identifier;

pub mod grade;

pub mod blind;

pub mod signature;

pub mod jws;

pub mod token;

pub mod metadata;

pub mod message;

pub mod seal;

pub mod transparency;

pub mod receipt;

#[cfg(feature = "client")]
pub mod client;
