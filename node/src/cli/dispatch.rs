//! From what was typed to who carries it out.

use super::arguments::{
    AgreementVerb, AuditVerb, Cli, KeyVerb, LookupArguments, PairVerb, PolicyVerb, QuarantineVerb, ReceiptVerb,
    ReceivedVerb, RequestsVerb, StoreVerb, SubjectVerb, Verb,
};
use super::typed::unit;
use super::{Cannot, acknowledge, demo, door, ingest, init, offline, read, serve, synth};
use crate::command::{Command, FollowUp, Question, Report};
use piux_protocol::vocabulary::UnitId;

impl Cli {
    /// Carries the command out.
    pub(super) fn report(self) -> Result<Report, Cannot> {
        let (dir, json) = (self.dir, self.json);
        let command = match self.verb {
            Verb::Demo { keep } => return demo::run(keep, json),
            Verb::Init(arguments) => return init::run(&dir, arguments),
            Verb::Serve(arguments) => return serve::run(&dir, arguments),
            Verb::Ingest(arguments) => return ingest::run(&dir, arguments),
            Verb::Acknowledge { file, from } => return acknowledge::run(&file, &from),
            Verb::MatchKeys { file } => return offline::match_keys(&file),
            Verb::Synth(arguments) => return synth::run(arguments),
            Verb::Measure {
                folder,
                sample,
                derivation_only,
            } => return offline::measure(&folder, sample, derivation_only),
            Verb::Authority(verb) => return offline::authority(verb),
            Verb::Key(KeyVerb::Dpo { key }) => return offline::new_dpo_key(&key),
            Verb::Store(StoreVerb::Rebuild { store }) => return offline::rebuild_store(&dir, store),
            Verb::Receipt(ReceiptVerb::Verify { file }) => return offline::verify_receipt(&file),
            Verb::Audit(AuditVerb::Verify) => return offline::verify_ledger(&dir),
            Verb::Audit(AuditVerb::Show {
                index,
                key: Some(key),
                reason,
            }) => {
                return offline::show_with_key(&dir, index, &key, reason);
            }
            verb => verb.command()?,
        };
        door::execute(&dir, &command)
    }
}

impl Verb {
    fn command(self) -> Result<Command, Cannot> {
        Ok(match self {
            Self::Pair(verb) => verb.command()?,
            Self::Agreement(verb) => verb.command()?,
            Self::Policy(PolicyVerb::Check) => Command::PolicyCheck,
            Self::Policy(PolicyVerb::Explain { facts }) => Command::PolicyExplain { facts: read(&facts)? },
            Self::Quarantine(verb) => verb.command()?,
            Self::Lookup(arguments) => Command::Lookup(Box::new(arguments.question()?)),
            Self::Disclose(a) => Command::Disclose(Box::new(FollowUp {
                hit: a.hit,
                elements: a.elements,
                reasons: a.reasons,
                officer: a.officer,
            })),
            Self::Received(ReceivedVerb::List) => Command::ReceivedList,
            Self::Received(ReceivedVerb::Show { id, reason }) => Command::ReceivedShow { id, reason },
            Self::Requests(verb) => verb.command()?,
            Self::Audit(verb) => verb.command()?,
            Self::Receipt(ReceiptVerb::Show { request }) => Command::Receipt { request },
            Self::Key(KeyVerb::List) => Command::KeyList,
            Self::Doctor { partner } => Command::Doctor { partner },
            Self::Subject(SubjectVerb::Show { name }) => Command::SubjectShow { name },
            Self::Subject(SubjectVerb::Split { record, reason }) => Command::SubjectSplit { record, reason },
            Self::Store(StoreVerb::Reindex { keyset }) => Command::StoreReindex { keyset },
            Self::Store(StoreVerb::Drop { keyset }) => Command::StoreDrop { keyset },
            Self::Demo { .. }
            | Self::Init(_)
            | Self::Serve(_)
            | Self::Ingest(_)
            | Self::Acknowledge { .. }
            | Self::MatchKeys { .. }
            | Self::Synth(_)
            | Self::Measure { .. }
            | Self::Authority(_)
            | Self::Store(StoreVerb::Rebuild { .. })
            | Self::Key(KeyVerb::Dpo { .. })
            | Self::Receipt(ReceiptVerb::Verify { .. }) => return Err(Cannot::new("this command needs no node")),
        })
    }
}

impl QuarantineVerb {
    fn command(self) -> Result<Command, Cannot> {
        Ok(match self {
            Self::List => Command::QuarantineList,
            Self::Show {
                id,
                content,
                officer,
                reason,
            } => Command::QuarantineShow {
                id,
                reading: content.then(|| (officer.unwrap_or_default(), reason.unwrap_or_default())),
            },
            Self::Retry { id, format, mapping } => Command::QuarantineRetry {
                id,
                format,
                mapping: mapping.as_deref().map(read).transpose()?,
            },
            Self::Drop { id, officer, reason } => Command::QuarantineDrop { id, officer, reason },
        })
    }
}

impl PairVerb {
    fn command(self) -> Result<Command, Cannot> {
        Ok(match self {
            Self::Export => Command::PairExport,
            Self::Import { file, fingerprint } => Command::PairImport {
                metadata: read(&file)?,
                fingerprint,
            },
            Self::List => Command::PairList,
        })
    }
}

impl AgreementVerb {
    fn command(self) -> Result<Command, Cannot> {
        Ok(match self {
            Self::New { with } => Command::AgreementNew { with },
            Self::Check { file } => Command::AgreementCheck { text: read(&file)? },
            Self::Sign { file } => Command::AgreementSign { text: read(&file)? },
            Self::Import { file } => Command::AgreementImport { envelope: read(&file)? },
            Self::Activate { id } => Command::AgreementActivate { id },
            Self::Suspend { id, reason } => Command::AgreementSuspend { id, reason },
            Self::Terminate { id, reason } => Command::AgreementTerminate { id, reason },
            Self::List => Command::AgreementList,
            Self::Show { id } => Command::AgreementShow { id },
        })
    }
}

impl RequestsVerb {
    fn command(self) -> Result<Command, Cannot> {
        Ok(match self {
            Self::List => Command::RequestsList,
            Self::Approve { id, officer, order } => Command::RequestsApprove {
                id,
                officer,
                order: order.map(|file| read(&file)).transpose()?,
            },
            Self::Refuse { id, officer, reason } => Command::RequestsRefuse { id, officer, reason },
        })
    }
}

impl AuditVerb {
    fn command(self) -> Result<Command, Cannot> {
        Ok(match self {
            Self::List { limit, partner, reason } => Command::AuditList { limit, partner, reason },
            Self::Show { index, reason, .. } => Command::AuditShow { index, reason },
            Self::Stats => Command::AuditStats,
            Self::Prove { index } => Command::AuditProve { index },
            Self::Verify => return Err(Cannot::new("this command needs no node")),
        })
    }
}

impl LookupArguments {
    fn question(self) -> Result<Question, Cannot> {
        Ok(Question {
            to: partners(&self.to)?,
            agreement: self.agreement,
            purpose: self.purpose,
            offence: self.offence,
            basis: self.basis,
            case: self.case,
            reasons: self.reasons,
            officer: self.officer,
            documents: self.documents,
            persons: self.persons,
            phones: self.phones,
            emails: self.emails,
            locators: self.locators,
            frequent_flyers: self.frequent_flyers,
            window: self.window,
            declares: self.declares,
            urgent: self.urgent,
        })
    }
}

fn partners(to: &[String]) -> Result<Vec<UnitId>, Cannot> {
    if to.iter().any(|name| name == "all") {
        return Ok(Vec::new());
    }
    to.iter().map(|name| unit(name).map_err(Cannot::new)).collect()
}
