//! What a load comes to, for programs and for people.

use crate::command::Report;
use crate::ingest::Severity;
use crate::ingest::meaning::meaning;
use crate::load::{FileFinding, LoadReport, Quality};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The report of a load; what was rejected or set aside makes it negative.
pub fn loaded(report: &LoadReport) -> Report {
    let json = json!(report);
    let text = text(report);
    if report.travellers.rejected + report.quarantined > 0 {
        Report::negative(json, text)
    } else {
        Report::done(json, text)
    }
}

fn text(report: &LoadReport) -> String {
    let counts = report.travellers;
    let mut text = format!(
        "{} file(s), {} message(s), {} booking(s).\n\
         Travellers: {} read = {} stored + {} merged + {} rejected.\n\
         {} document(s), {} match key(s); {} sensitive code(s) removed; {} remark(s).\n",
        report.files,
        report.messages,
        report.bookings,
        counts.read,
        counts.stored,
        counts.merged,
        counts.rejected,
        report.documents,
        report.match_keys,
        report.sensitive_removed.values().sum::<u64>(),
        report.findings.len() as u64 + report.findings_dropped,
    );
    text += &remarks(report);
    text += &waiting(report);
    for (sender, quality) in &report.quality {
        text += &of_sender(sender, quality);
    }
    text
}

/// What is left to do.
fn waiting(report: &LoadReport) -> String {
    let mut text = String::new();
    if report.quarantined > 0 {
        text += &format!(
            "{} part(s) went to quarantine: see `piux quarantine list`.\n",
            report.quarantined
        );
    }
    if report.unkept > 0 {
        text += &format!(
            "{} part(s) are not whole in quarantine: keep the file, or ask the sender.\n",
            report.unkept
        );
    }
    if report.pushes.incomplete + report.pushes.open > 0 {
        text += &format!(
            "Pushes: {} complete, {} incomplete, {} still waiting for parts; only a complete one cancels what it omits.\n",
            report.pushes.complete, report.pushes.incomplete, report.pushes.open
        );
    }
    text
}

/// One line a rule, the worst first: how often, what it means, where it was met first.
fn remarks(report: &LoadReport) -> String {
    let mut rules: BTreeMap<&str, (&FileFinding, u64)> = BTreeMap::new();
    for finding in &report.findings {
        rules.entry(&finding.rule).or_insert((finding, 0)).1 += 1;
    }
    let mut rules: Vec<_> = rules.into_values().collect();
    rules.sort_by_key(|(first, count)| std::cmp::Reverse((first.severity, *count)));
    let mut text = String::new();
    for (first, count) in rules {
        // A String takes whatever is written.
        let _ = writeln!(
            text,
            "  {} {} ({count}): {}; first in {}.",
            severity(first.severity),
            first.rule,
            meaning(&first.rule).unwrap_or_default(),
            place(first)
        );
    }
    text
}

/// `export.csv, message 3, segment 5, byte 712`, as far as it is known.
fn place(finding: &FileFinding) -> String {
    let counted = [("message", finding.message), ("segment", finding.segment)];
    let counted = counted.iter().filter(|(_, ordinal)| *ordinal > 0);
    let counted: String = counted.map(|(what, ordinal)| format!(", {what} {ordinal}")).collect();
    format!("{}{counted}, byte {}", finding.file, finding.position)
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info   ",
        Severity::Warning => "warning",
        Severity::Error => "error  ",
    }
}

/// How good the data of a sender were; nothing of one that sent nobody.
fn of_sender(sender: &str, quality: &Quality) -> String {
    if quality.travellers == 0 {
        return String::new();
    }
    format!(
        "  {:<12} {:>8} traveller(s), {:>3.0} % with a document, {:>3.0} % with a birth date, {} remark(s)\n",
        if sender.is_empty() { "(unnamed)" } else { sender },
        quality.travellers,
        quality.document_share * 100.0,
        quality.birth_date_share * 100.0,
        quality.findings.values().sum::<u64>(),
    )
}
