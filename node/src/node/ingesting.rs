//! Commands: loading by every door, and what waits in quarantine.

use super::account::loaded;
use super::{Node, NodeError};
use crate::command::Report;
use crate::load::{LoadOptions, LoadReport};
use crate::quarantine::Held;
use crate::store::RecordId;
use piux_protocol::vocabulary::base64url;
use serde_json::json;
use std::io::BufRead;
use std::path::PathBuf;

impl Node {
    pub(super) fn ingest(&self, paths: &[PathBuf], format: Option<&str>) -> Result<Report, NodeError> {
        let options = LoadOptions::new(format, None)?;
        Ok(loaded(&self.loader.load(paths, &options)?))
    }

    /// Loads one stream and adds what came of it to the report.
    ///
    /// `progress` is told the bytes read so far. On an error the report holds what is durable.
    pub fn load_stream(
        &self,
        name: &str,
        input: &mut dyn BufRead,
        options: &LoadOptions,
        report: &mut LoadReport,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), NodeError> {
        Ok(self.loader.load_stream(name, input, options, report, progress)?)
    }

    pub(super) fn quarantine_list(&self) -> Result<Report, NodeError> {
        let held = self.loader.quarantine().list(self.now())?;
        let text: Vec<String> = held.iter().map(held_text).collect();
        let text = if text.is_empty() {
            "Nothing waits in quarantine.".to_owned()
        } else {
            text.join("\n")
        };
        Ok(Report::done(json!({ "quarantine": held }), text))
    }

    /// What is known of a part; its content only for an officer who says why.
    pub(super) fn quarantine_show(&self, id: &str, content: Option<(&str, &str)>) -> Result<Report, NodeError> {
        let (id, quarantine) = (part(id)?, self.loader.quarantine());
        let held = quarantine.show(id, self.now())?;
        let (mut json, mut text) = (json!(held), held_text(&held));
        if let Some(by) = content {
            let bytes = quarantine.content(id, by, self.now())?;
            text += &format!("\n\n{}", String::from_utf8_lossy(&bytes));
            if let Some(object) = json.as_object_mut() {
                object.insert("content".to_owned(), json!(base64url(&*bytes)));
            }
        }
        Ok(Report::done(json, text))
    }

    pub(super) fn quarantine_retry(
        &self,
        id: &str,
        (format, mapping): (Option<&str>, Option<&str>),
    ) -> Result<Report, NodeError> {
        let (id, options) = (part(id)?, LoadOptions::new(format, mapping)?);
        let report = loaded(&self.loader.retry(id, options)?);
        Ok(match self.loader.quarantine().show(id, self.now()) {
            Ok(_) => Report::negative(
                report.json,
                report.text + "It stays in quarantine: not all of it was read.\n",
            ),
            Err(_) => report,
        })
    }

    pub(super) fn quarantine_drop(&self, id: &str, officer: &str, reason: &str) -> Result<Report, NodeError> {
        let id = part(id)?;
        self.loader.quarantine().discard(id, (officer, reason), self.now())?;
        Ok(Report::done(json!({ "dropped": id }), "Dropped for good."))
    }
}

fn part(id: &str) -> Result<RecordId, NodeError> {
    RecordId::try_from(id.to_owned())
        .map_err(|_| NodeError::Input("`piux quarantine list` shows the names of what waits".to_owned()))
}

fn held_text(held: &Held) -> String {
    format!(
        "{}  {}  message {}, byte {}: {}, {} traveller(s), {} byte(s){}; forgotten {}",
        String::from(held.id),
        held.received,
        held.message,
        held.offset,
        held.rule,
        held.travellers,
        held.bytes,
        if held.cut { " (only the beginning is kept)" } else { "" },
        held.expires,
    )
}
