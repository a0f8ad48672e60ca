//! Commands: reading the ledger, which is itself recorded.

use super::{Node, NodeError};
use crate::command::Report;
use crate::ledger::{Entry, Filter, Kind, Line, Role, Selector};
use piux_policy::Clause;
use piux_protocol::vocabulary::UnitId;
use serde_json::{Value, json};

impl Node {
    pub(super) fn audit_list(&self, limit: usize, partner: Option<UnitId>, reason: &str) -> Result<Report, NodeError> {
        self.record_reading(Kind::AuditSearch, partner, reason)?;
        let filter = Filter {
            peer: partner,
            newest: Some(limit),
            ..Filter::default()
        };
        let mut lines = self.ground.ledger.reader()?.list(&filter)?;
        lines.sort_by_key(|line| std::cmp::Reverse(line.index));
        let text: Vec<String> = lines
            .iter()
            .map(|line| format!("{:>6}  {}", line.index, line.sentence()))
            .collect();
        let json: Vec<Value> = lines.iter().map(line_json).collect();
        Ok(Report::done(json!({ "entries": json }), text.join("\n")))
    }

    pub(super) fn audit_show(&self, index: u64, reason: &str) -> Result<Report, NodeError> {
        self.record_reading(Kind::AuditRead, None, reason)?;
        let line = self.ground.ledger.reader()?.show(Selector::Index(index))?;
        let clauses = self.clauses_of(&line);
        let mut text = format!("{}\n", line.sentence());
        for clause in &clauses {
            text += &format!("  {}  {}  ({})\n", clause.id, clause.title, clause.cite);
        }
        text += &serde_json::to_string_pretty(&line.json()).unwrap_or_default();
        let mut json = line_json(&line);
        if let Some(members) = json.as_object_mut() {
            members.insert("clauses".to_owned(), json!(clauses));
        }
        Ok(Report::done(json, text))
    }

    pub(super) fn audit_stats(&self) -> Result<Report, NodeError> {
        let stats = self.ground.ledger.reader()?.stats(&Filter::default())?;
        let json = serde_json::to_value(&stats).unwrap_or_default();
        Ok(Report::done(
            json.clone(),
            serde_json::to_string_pretty(&json).unwrap_or_default(),
        ))
    }

    pub(super) fn audit_prove(&self, index: u64) -> Result<Report, NodeError> {
        let proof = self.ground.ledger.prove(index)?;
        Ok(Report::done(json!({ "index": index, "proof": proof }), proof))
    }

    /// The text of every clause of ours that fired.
    fn clauses_of(&self, line: &Line) -> Vec<Clause> {
        let fired = line.leaf.iter().flat_map(|leaf| &leaf.cl);
        let ours: Vec<&Clause> = self.agreements.bundle().clauses().collect();
        fired
            .filter_map(|id| ours.iter().find(|clause| clause.id == id.as_ref()))
            .map(|clause| (*clause).clone())
            .collect()
    }

    fn record_reading(&self, kind: Kind, peer: Option<UnitId>, reason: &str) -> Result<(), NodeError> {
        let mut entry = Entry::new(kind, Role::Auditor, self.now());
        entry.peer = peer;
        entry.detail.why = Some(json!({ "reason": reason }));
        self.ground.ledger.record(entry, ())?;
        Ok(())
    }
}

fn line_json(line: &Line) -> Value {
    json!({ "index": line.index, "hash": line.hash, "sentence": line.sentence(), "leaf": line.json() })
}
