//! Commands, each to whoever carries it out.

use super::{Node, NodeError};
use crate::command::{Command, Report};
use crate::requests::Request;
use crate::store::RecordId;
use piux_protocol::identifier::Keyset;
use std::sync::Arc;

impl Node {
    /// Carries a command out.
    pub async fn execute(self: &Arc<Self>, command: Command) -> Result<Report, NodeError> {
        match command {
            Command::Lookup(question) => {
                let statement = self.statement().unwrap_or_default();
                Ok(self.requester.lookup(*question, &statement).await?)
            }
            Command::Disclose(follow_up) => {
                let statement = self.statement().unwrap_or_default();
                Ok(self.requester.disclose(*follow_up, &statement).await?)
            }
            Command::ReceivedList => {
                let statement = self.statement().unwrap_or_default();
                Ok(self.requester.received_list(&statement).await?)
            }
            Command::Doctor { partner } => self.doctor(partner).await,
            other => {
                let node = self.clone();
                tokio::task::spawn_blocking(move || node.execute_here(other))
                    .await
                    .map_err(|_| NodeError::Stopped)?
            }
        }
    }

    /// Commands that need no partner.
    fn execute_here(&self, command: Command) -> Result<Report, NodeError> {
        match command {
            Command::PairExport => self.pair_export(),
            Command::PairImport { metadata, fingerprint } => self.pair_import(&metadata, fingerprint.as_deref()),
            Command::PairList => Ok(self.pair_list()),
            Command::AgreementNew { with } => self.agreement_new(with),
            Command::AgreementCheck { text } => Ok(self.agreement_check(&text)),
            Command::AgreementSign { text } => self.agreement_sign(&text),
            Command::AgreementImport { envelope } => self.agreement_import(&envelope),
            Command::AgreementActivate { id } => self.agreement_activate(&id),
            Command::AgreementSuspend { id, reason } => self.agreement_suspend(&id, &reason),
            Command::AgreementTerminate { id, reason } => self.agreement_terminate(&id, &reason),
            Command::AgreementList => Ok(self.agreement_list()),
            Command::AgreementShow { id } => self.agreement_show(&id),
            Command::PolicyCheck => Ok(self.policy_check()),
            Command::PolicyExplain { facts } => self.policy_explain(&facts),
            Command::Ingest { paths, format } => self.ingest(&paths, format.as_deref()),
            Command::QuarantineList => self.quarantine_list(),
            Command::QuarantineShow { id, reading } => {
                let reading = reading
                    .as_ref()
                    .map(|(officer, reason)| (officer.as_str(), reason.as_str()));
                self.quarantine_show(&id, reading)
            }
            Command::QuarantineRetry { id, format, mapping } => {
                self.quarantine_retry(&id, (format.as_deref(), mapping.as_deref()))
            }
            Command::QuarantineDrop { id, officer, reason } => self.quarantine_drop(&id, &officer, &reason),
            Command::ReceivedShow { id, reason } => Ok(self.requester.received_show(&id, &reason)?),
            Command::RequestsList => self.requests_list(),
            Command::RequestsApprove { id, officer, order } => self.requests_approve(&id, &officer, order.as_deref()),
            Command::RequestsRefuse { id, officer, reason } => self.requests_refuse(&id, &officer, &reason),
            Command::AuditList { limit, partner, reason } => self.audit_list(limit, partner, &reason),
            Command::AuditShow { index, reason } => self.audit_show(index, &reason),
            Command::AuditStats => self.audit_stats(),
            Command::AuditProve { index } => self.audit_prove(index),
            Command::Receipt { request } => Ok(self.requester.receipt(request)?),
            Command::KeyList => Ok(self.key_list()),
            Command::SubjectShow { name } => Ok(self.loader.subject_show(&self.record_of(name)?)?),
            Command::SubjectSplit { record, reason } => Ok(self.loader.subject_split(&record, &reason)?),
            Command::StoreReindex { keyset } => Ok(self.loader.reindex(known_keyset(&keyset)?)?),
            Command::StoreDrop { keyset } => Ok(self.loader.drop_keyset(known_keyset(&keyset)?)?),
            Command::Lookup(_) | Command::Disclose(_) | Command::ReceivedList | Command::Doctor { .. } => {
                Err(NodeError::Stopped)
            }
        }
    }

    /// The first record of a hit whose data a partner requests; or else what was named.
    fn record_of(&self, name: String) -> Result<String, NodeError> {
        let Ok(id) = name.parse() else { return Ok(name) };
        let request = Request::read(&self.ground.store, id, self.now())?;
        let record = request.and_then(|request| request.records.first().map(|(record, _)| RecordId(*record)));
        Ok(record.map_or(name, String::from))
    }
}

fn known_keyset(id: &str) -> Result<Keyset, NodeError> {
    let known = || {
        Keyset::ALL
            .iter()
            .map(|keyset| keyset.id())
            .collect::<Vec<_>>()
            .join(", ")
    };
    id.parse()
        .map_err(|_| NodeError::Input(format!("this version knows the keysets {}", known())))
}
