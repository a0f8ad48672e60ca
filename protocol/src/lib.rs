#![doc = include_str!("../README.md")]

pub mod transparency;
pub mod vocabulary;
