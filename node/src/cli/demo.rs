//! x
use super::Cannot;
use crate::command::Report;
use std::path::PathBuf;
pub(super) fn run(_keep: Option<PathBuf>, _json: bool) -> Result<Report, Cannot> { Err(Cannot::new("x")) }
