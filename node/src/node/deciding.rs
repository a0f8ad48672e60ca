//! Commands: what partners ask of us.

use super::{Node, NodeError};
use crate::command::Report;
use crate::requests::{Approved, Request, RequestState};
use serde_json::{Value, json};

impl Node {
    pub(super) fn requests_list(&self) -> Result<Report, NodeError> {
        let now = self.now();
        let all = Request::all(&self.ground.store, now)?;
        let text: Vec<String> = all.iter().map(|request| self.request_text(request)).collect();
        let json: Vec<Value> = all.iter().map(|request| self.request_json(request)).collect();
        let text = if text.is_empty() {
            "No partner waits for a decision.".to_owned()
        } else {
            text.join("\n")
        };
        Ok(Report::done(json!({ "requests": json }), text))
    }

    pub(super) fn requests_approve(&self, id: &str, officer: &str, order: Option<&str>) -> Result<Report, NodeError> {
        let request = self.responder.approve(id, officer, order)?;
        let text = self.request_text(&request);
        let refused = matches!(request.state, RequestState::Refused { .. });
        let json = self.request_json(&request);
        Ok(if refused {
            Report::negative(json, text)
        } else {
            Report::done(json, text)
        })
    }

    /// The officer's reason goes into the ledger, sealed; the partner learns that an officer refused.
    pub(super) fn requests_refuse(&self, id: &str, officer: &str, reason: &str) -> Result<Report, NodeError> {
        if reason.trim().is_empty() {
            return Err(NodeError::Input(
                "say why with --reason; it is sealed to the data protection officer".to_owned(),
            ));
        }
        let request = self.responder.refuse(id, officer, reason)?;
        Ok(Report::done(self.request_json(&request), self.request_text(&request)))
    }

    fn request_json(&self, request: &Request) -> Value {
        let approvals: Vec<Value> = request
            .approvals
            .iter()
            .map(|approved| match approved {
                Approved::Officer { officer, at } => json!({ "step": "officer", "officer": officer, "at": at }),
                Approved::Independent { valid_until, reference } => {
                    json!({ "step": "independent", "valid_until": valid_until, "reference": reference })
                }
            })
            .collect();
        json!({
            "id": request.id, "status": request.state.word(), "approvals": approvals,
            "missing": self.responder.missing(request, self.now()).iter().map(ToString::to_string).collect::<Vec<_>>(),
            "partner": request.partner, "received": request.received, "due": request.due,
            "digest": request.digest, "agreement": request.body.agreement, "purpose": request.body.purpose,
            "offence": request.body.grounds.offence, "basis": request.body.grounds.basis,
            "case": request.body.grounds.case, "reasons": request.body.grounds.reasons,
            "elements": request.body.elements, "records": request.records.len(),
        })
    }

    fn request_text(&self, request: &Request) -> String {
        let missing = self.responder.missing(request, self.now());
        let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
        let mut text = format!(
            "{}  {}  {}  due {}\n  {} for {}, case {}: {}\n  Elements: {}",
            request.id,
            request.partner.state(),
            request.state.word(),
            request.due,
            request.body.purpose,
            request.body.grounds.offence,
            request.body.grounds.case,
            request.body.grounds.reasons,
            request
                .body
                .elements
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", "),
        );
        if !missing.is_empty() {
            text += &format!("\n  Missing approvals: {}", missing.join(", "));
        }
        text
    }
}
