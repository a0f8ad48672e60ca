//! From what was typed to who carries it out.

use super::arguments::{
    AgreementVerb, AuditVerb, Cli, KeyVerb, LookupArguments, PairVerb, PolicyVerb, ReceiptVerb, ReceivedVerb,
    RequestsVerb, StoreVerb, Verb, unit,
};
use super::{Cannot, demo, door, init, offline, read, serve};
use crate::command::{Command, FollowUp, Question, Report};
use piux_protocol::vocabulary::UnitId;
use std::path::PathBuf;

impl Cli {
    /// Carries the command out.
    pub(super) fn report(self) -> Result<Report, Cannot> {
        let (dir, json) = (self.dir, self.json);
        let command = match self.verb {
            Verb::Demo { keep } => return demo::run(keep, json),
            Verb::Init(arguments) => return init::run(&dir, arguments),
            Verb::Serve(arguments) => return serve::run(&dir, arguments),
            Verb::MatchKeys { file } => return offline::match_keys(&file),
            Verb::Measure {
                folder,
                sample,
                derivation_only,
            } => return offline::measure(&folder, sample, derivation_only),
            Verb::Authority(verb) => return offline::authority(verb),
            Verb::Key(KeyVerb::Dpo { key }) => return offline::new_dpo_key(&key),
            Verb::Store(StoreVerb::Rebuild) => return offline::rebuild_store(&dir),
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
            Self::Ingest { paths, format } => Command::Ingest {
                paths: absolute(paths)?,
                format,
            },
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
            Self::Demo { .. }
            | Self::Init(_)
            | Self::Serve(_)
            | Self::MatchKeys { .. }
            | Self::Measure { .. }
            | Self::Authority(_)
            | Self::Store(_)
            | Self::Key(KeyVerb::Dpo { .. })
            | Self::Receipt(ReceiptVerb::Verify { .. }) => return Err(Cannot::new("this command needs no node")),
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
            document: self.document,
            person: self.person,
            locator: self.locator,
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

fn absolute(paths: Vec<PathBuf>) -> Result<Vec<PathBuf>, Cannot> {
    paths
        .iter()
        .map(|path| std::path::absolute(path).map_err(|error| Cannot::because(&error)))
        .collect()
}
