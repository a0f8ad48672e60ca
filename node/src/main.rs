//! `piux`: the exchange node of a passenger information unit.

use clap::Parser;
use piux_node::cli::Cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    piux_node::telemetry::start_logging();
    Cli::parse().run()
}
