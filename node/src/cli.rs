//! The command line: arguments in, one [`Report`] out.
//!
//! Commands of the node go through `door`; those that need no node folder are
//! in `offline`; `init`, `serve` and `demo` have files of their own.

mod acknowledge;
mod arguments;
mod demo;
mod dispatch;
mod door;
mod ingest;
mod init;
mod offline;
mod passphrase;
mod serve;
mod synth;
mod typed;

pub use arguments::{Cli, Verb};

use crate::command::Report;
use std::process::ExitCode;

/// A command could not be carried out (exit code 3), with what to do next.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Cannot(String);

impl Cannot {
    /// Says what happened, why, and what to do.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Joins an error and its sources into one sentence.
    pub fn because(error: &dyn std::error::Error) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            text = format!("{text}: {inner}");
            source = inner.source();
        }
        Self(text)
    }
}

impl Cli {
    /// Runs the command and prints its report.
    pub fn run(self) -> ExitCode {
        let json = self.json;
        match self.report() {
            Ok(report) => print(&report, json),
            Err(cannot) => fail(&cannot, json),
        }
    }
}

fn print(report: &Report, json: bool) -> ExitCode {
    if json {
        say(&serde_json::to_string_pretty(&report.json).unwrap_or_default());
    } else if !report.text.is_empty() {
        say(report.text.trim_end());
    }
    ExitCode::from(report.exit)
}

fn fail(cannot: &Cannot, json: bool) -> ExitCode {
    if json {
        say(&serde_json::json!({ "error": cannot.to_string() }).to_string());
    }
    complain(&cannot.to_string());
    ExitCode::from(3)
}

/// Writes to standard output; a closed pipe ends the program quietly.
fn say(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Writes to standard error.
fn complain(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "piux: {text}");
}

/// Reads a text file a person named.
fn read(path: &std::path::Path) -> Result<String, Cannot> {
    std::fs::read_to_string(path).map_err(|error| Cannot::new(format!("cannot read {}: {error}", path.display())))
}
