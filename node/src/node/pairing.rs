//! Commands: pairing with partners.

use super::{Node, NodeError};
use crate::command::Report;
use crate::ledger::Kind;
use serde_json::json;

impl Node {
    pub(super) fn pair_export(&self) -> Result<Report, NodeError> {
        let statement = self.statement()?;
        let fingerprint = self.metadata()?.fingerprint().to_string();
        let json = json!({ "partner": self.config.unit, "fingerprint": fingerprint, "metadata": statement });
        Ok(Report::done(json, statement))
    }

    /// Without the confirmed fingerprint it shows what to compare, and takes nothing.
    pub(super) fn pair_import(&self, statement: &str, confirmed: Option<&str>) -> Result<Report, NodeError> {
        let now = self.now();
        let statement = exported(statement);
        let metadata = self.partners.examine(&statement, now)?;
        let (partner, fingerprint) = (metadata.iss, metadata.fingerprint().to_string());
        let json = json!({ "partner": partner, "fingerprint": fingerprint });
        let Some(confirmed) = confirmed else {
            let text = format!(
                "This is {} ({}). Call its admin and compare the fingerprint:\n\n  {fingerprint}\n\nIf it is the same, run the command again with --fingerprint '{fingerprint}'. Nothing was changed.",
                metadata.name,
                partner.state()
            );
            return Ok(Report::negative(json, text));
        };
        self.partners.pair(&statement, confirmed, now)?;
        self.record(Kind::PeerAdd, Some(partner), None)?;
        Ok(Report::done(
            json,
            format!("Paired with {} ({}).", metadata.name, partner.state()),
        ))
    }

    pub(super) fn pair_list(&self) -> Report {
        let partners = self.partners.all();
        let json: Vec<_> = partners
            .iter()
            .map(|partner| {
                json!({
                    "partner": partner.unit(), "name": partner.metadata.name,
                    "fingerprint": partner.metadata.fingerprint().to_string(),
                    "endpoint": partner.metadata.endpoint, "metadata_until": partner.metadata.exp,
                })
            })
            .collect();
        let line = |partner: &std::sync::Arc<crate::partners::Partner>| {
            format!(
                "{}  {}  {}",
                partner.unit().state(),
                partner.metadata.fingerprint(),
                partner.metadata.name
            )
        };
        let text: Vec<_> = partners.iter().map(line).collect();
        Report::done(
            json!({ "partners": json }),
            if text.is_empty() {
                "No partners yet.".to_owned()
            } else {
                text.join("\n")
            },
        )
    }
}

/// The statement itself, or the JSON that `pair export --json` printed.
fn exported(text: &str) -> String {
    let json: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let inside = json
        .as_ref()
        .and_then(|json| json.get("metadata"))
        .and_then(|text| text.as_str());
    inside.unwrap_or(text).trim().to_owned()
}
