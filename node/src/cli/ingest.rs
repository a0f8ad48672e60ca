//! `piux ingest`: files to the node, by either door, with a bar on a terminal.

use super::{Cannot, door, passphrase};
use crate::command::Report;
use crate::load::{LoadOptions, LoadReport, files, mark};
use crate::node::{Node, OpenError, loaded};
use crate::run_files::RunFiles;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Bytes read at a time.
const BLOCK: usize = 64 * 1024;

/// What `piux ingest` takes.
#[derive(Debug, Args)]
pub struct IngestArguments {
    /// Files or folders.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// paxlst, pnrgov, xml, ndjson, csv or json, where it must not be guessed.
    #[arg(long)]
    format: Option<String>,
    /// Which column of a CSV or JSON export is which field; see `node/data/mapping`.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
}

/// Loads the files one after the other.
pub(super) fn run(dir: &Path, arguments: IngestArguments) -> Result<Report, Cannot> {
    let mapping = arguments.mapping.as_deref().map(super::read).transpose()?;
    let options = LoadOptions::new(arguments.format.as_deref(), mapping.as_deref());
    let options = options.map_err(|error| Cannot::because(&error))?;
    let files = files(&arguments.paths).map_err(|error| Cannot::because(&error))?;
    let bar = bar(&files);
    let report = match Node::open(dir, passphrase::passphrase) {
        Ok(node) => directly(&node, &files, &options, &bar),
        Err(OpenError::Locked(_)) => through_desk(dir, &files, arguments.format, mapping, &bar),
        Err(error) => Err(Cannot::because(&error)),
    };
    bar.finish_and_clear();
    Ok(loaded(&report?))
}

fn directly(node: &Node, files: &[PathBuf], options: &LoadOptions, bar: &ProgressBar) -> Result<LoadReport, Cannot> {
    let mut report = LoadReport::default();
    for path in files {
        let mut input = BufReader::with_capacity(BLOCK, open(path)?);
        let before = bar.position();
        let name = path.display().to_string();
        let progress = &mut |bytes| bar.set_position(before + bytes);
        let options = options.marked(mark(path));
        node.load_stream(&name, &mut input, &options, &mut report, progress)
            .map_err(|error| Cannot::because(&error))?;
    }
    Ok(report)
}

fn through_desk(
    dir: &Path,
    files: &[PathBuf],
    format: Option<String>,
    mapping: Option<String>,
    bar: &ProgressBar,
) -> Result<LoadReport, Cannot> {
    let run = RunFiles::read(dir).map_err(|_| door::busy(dir))?;
    let runtime = door::runtime()?;
    let mut report = LoadReport::default();
    for path in files {
        let body = bar.wrap_read(open(path)?);
        let name = path.display().to_string();
        let mark = mark(path);
        let named = [
            ("name", Some(&name)),
            ("mark", Some(&mark)),
            ("format", format.as_ref()),
            ("mapping", mapping.as_ref()),
        ];
        let named = named
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?.as_str())));
        let answer = runtime.block_on(door::feed(&run, &named.collect::<Vec<_>>(), body))?;
        let more: LoadReport = serde_json::from_value(answer.json)
            .map_err(|_| Cannot::new("the running node is of another version; restart it"))?;
        report.absorb(more);
    }
    Ok(report)
}

fn open(path: &Path) -> Result<File, Cannot> {
    File::open(path).map_err(|error| Cannot::new(format!("cannot read {}: {error}", path.display())))
}

/// Bytes done, rate and time left; on a terminal only.
fn bar(files: &[PathBuf]) -> ProgressBar {
    let bytes = files
        .iter()
        .filter_map(|file| file.metadata().ok())
        .map(|about| about.len())
        .sum();
    let style = ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left");
    let bar = ProgressBar::new(bytes);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
