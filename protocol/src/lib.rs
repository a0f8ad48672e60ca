#![doc = include_str!("../README.md")]

pub mod blind;
pub mod message;
pub mod vocabulary;
