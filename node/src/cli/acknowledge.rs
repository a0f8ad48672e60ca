//! `piux acknowledge`: answers what carriers sent.

use super::Cannot;
use crate::clock::{Clock, SystemClock};
use crate::command::Report;
use crate::ingest::{self, Decoded, Format};
use serde_json::json;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// Longest address of an interchange (`UNB` 0004).
const ADDRESS: usize = 35;

/// One interchange for each passenger list and push in the file: CUSRES or ACKRES.
pub(super) fn run(file: &Path, from: &str) -> Result<Report, Cannot> {
    let printable = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    if from.trim().is_empty() || from.len() > ADDRESS || !from.bytes().all(printable) {
        return Err(Cannot::new(
            "the unit's address has 1 to 35 letters, digits and signs of ASCII",
        ));
    }
    let (mut answers, mut text) = (Vec::new(), String::new());
    let now = SystemClock.now();
    let mut each = |unit: Decoded| {
        for receipt in &unit.receipts {
            let interchange = receipt.acknowledge(&unit.findings, from, now);
            text += &interchange;
            answers.push(json!({
                "message": receipt.message,
                "accepted": receipt.is_accepted(),
                "interchange": interchange,
            }));
        }
        Ok::<_, io::Error>(())
    };
    let unreadable = |error| Cannot::new(format!("cannot read {}: {error}", file.display()));
    let mut input = open(file).map_err(unreadable)?;
    ingest::read(&mut input, Some(Format::Edifact), now, &mut each).map_err(unreadable)?;
    if answers.is_empty() {
        let nothing = format!("{} holds no passenger list and no push in UN/EDIFACT", file.display());
        return Err(Cannot::new(nothing));
    }
    Ok(Report::done(json!({ "acknowledgements": answers }), text))
}

fn open(file: &Path) -> io::Result<Box<dyn BufRead>> {
    if file == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    Ok(Box::new(BufReader::new(File::open(file)?)))
}
