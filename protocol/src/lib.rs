#![doc = include_str!("../README.md")]

pub mod identifier;
pub mod message;
pub mod signature;
pub mod vocabulary;
