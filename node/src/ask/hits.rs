//! What an answer says: proofs checked, rows grouped by person, each person graded.

use super::errand::{Errand, Sent, Stop, unreachable};
use super::keep::Hit;
use super::told::{Found, ShownHit, Told};
use super::{AskError, Requester, entry, receipt_digest};
use crate::ledger::{ClauseId, Counter, Decision, Kind};
use piux_protocol::blind::{Gate, LookupAnswer, OpenError, Opened};
use piux_protocol::client::{ClientError, Exchange};
use piux_protocol::grade::{FrequencyTable, Grade, Graded, grade};
use piux_protocol::identifier::MatchKey;
use piux_protocol::message::disclosure::ClassHit;
use piux_protocol::message::problem::{Clause, Problem};
use piux_protocol::token::AuthorizationDetails;
use piux_protocol::vocabulary::{Class, Digest, Handle, QueryId, sha256};
use serde_json::json;
use std::collections::BTreeMap;

impl Requester {
    /// Proofs first, then the ledger, then it may be shown.
    pub(super) fn accept(&self, errand: &Errand<'_>, sent: &Sent<'_>, exchange: &Exchange) -> Result<Told, Stop> {
        let req_hash = sha256(&exchange.request_body);
        let opened = opened(sent, exchange, &req_hash).map_err(Stop::Unreachable)?;
        let qid = sent.query.request().qid;
        let (people, crowded) = people(&opened);
        let sharers = sharers(sent, &people);
        let graded = people.into_iter().map(|(handle, rows)| {
            let keys = keys_of(sent, &rows);
            let borrowed: Vec<&MatchKey> = keys.iter().collect();
            let person = if sent.named {
                errand.subject.person(errand.keyset, &keys)
            } else {
                errand.subject.nameless()
            };
            let grade = grade(FrequencyTable::public(), &person, &borrowed, sent.population);
            (hit(errand, sent, qid, handle, &rows), grade, keys)
        });
        let (shown, weak): (Vec<_>, Vec<_>) = graded.partition(|(_, graded, _)| graded.grade != Grade::Weak);
        let receipt = self.keep_receipt(exchange)?;
        self.record_answer(errand, sent, exchange, &shown)?;
        let mut found = Vec::new();
        for (hit, graded, keys) in shown {
            self.keep_hit(&hit)?;
            let shown = ShownHit::of(&hit, &graded, &keys);
            found.push(Found { shown, keys });
        }
        Ok(Told {
            bucket: sent.planned.bucket,
            sharers,
            found,
            weak: weak.len(),
            crowded,
            leak: sent.leak,
            receipt,
            tried: sent.planned.tried().collect(),
        })
    }

    fn record_answer(
        &self,
        errand: &Errand<'_>,
        sent: &Sent<'_>,
        exchange: &Exchange,
        shown: &[(Hit, Graded, Vec<MatchKey>)],
    ) -> Result<(), AskError> {
        let now = self.ground.clock.now();
        let (partner, bilateral) = (errand.partner.unit(), errand.bilateral);
        let mut entry = entry(Kind::AnswerIn, partner, bilateral, sent.details, now)
            .count(Counter::Hits, shown.len() as u64)
            .count(Counter::LeakBits, u64::from(sent.leak));
        entry.request = Some(sha256(&exchange.request_body));
        entry.response = Some(sha256(&exchange.body));
        entry.receipt = Some(receipt_digest(&exchange.receipt));
        entry.query = Some(sent.query.request().qid);
        entry.decision = Some(Decision::Permit);
        let names: Vec<String> = shown.iter().map(|(hit, _, _)| hit.name()).collect();
        entry.detail.what = Some(json!({ "hits": names }));
        self.ground.ledger.record(entry, ())?;
        Ok(())
    }

    /// What a failed token request means.
    pub(super) fn refused(
        &self,
        errand: &Errand<'_>,
        details: &AuthorizationDetails,
        error: ClientError,
    ) -> Result<Stop, AskError> {
        match error {
            ClientError::Refused(exchange) => match exchange.problem() {
                Some(problem) => self.denied(errand, details, &exchange, &problem),
                None => Ok(Stop::Unreachable("the partner refused without saying why".to_owned())),
            },
            error => Ok(unreachable(&error)),
        }
    }

    /// A signed refusal is evidence like an answer.
    pub(super) fn denied(
        &self,
        errand: &Errand<'_>,
        details: &AuthorizationDetails,
        exchange: &Exchange,
        problem: &Problem,
    ) -> Result<Stop, AskError> {
        let receipt = self.keep_receipt(exchange)?;
        let now = self.ground.clock.now();
        let mut entry = entry(Kind::Denied, errand.partner.unit(), errand.bilateral, details, now);
        entry.decision = Some(Decision::Deny);
        entry.clauses = problem
            .clauses
            .iter()
            .filter_map(|clause| clause.id.parse::<ClauseId>().ok())
            .collect();
        entry.request = Some(sha256(&exchange.request_body));
        entry.response = Some(sha256(&exchange.body));
        entry.receipt = Some(receipt_digest(&exchange.receipt));
        self.ground.ledger.record(entry, ())?;
        let mut clauses = problem.clauses.clone();
        if clauses.is_empty() {
            clauses.push(Clause {
                id: problem.kind.urn().to_owned(),
                title: problem.to_string(),
                cite: String::new(),
            });
        }
        Ok(Stop::Refused(clauses, Some(receipt)))
    }
}

fn opened(sent: &Sent<'_>, exchange: &Exchange, req_hash: &Digest) -> Result<Vec<Opened>, String> {
    let answer = LookupAnswer::decode(&exchange.body).map_err(|error| error.to_string())?;
    let opened = sent.query.open(&answer, req_hash, sent.descriptor);
    opened.map_err(|error: OpenError| error.to_string())
}

/// Rows grouped by the person they name, and how many keys are crowded, which is no hit.
fn people(opened: &[Opened]) -> (BTreeMap<Handle, Vec<Opened>>, usize) {
    let mut people: BTreeMap<Handle, Vec<Opened>> = BTreeMap::new();
    let (crowded, told): (Vec<&Opened>, Vec<&Opened>) = opened.iter().partition(|row| row.gate == Gate::Crowded);
    for row in told {
        people.entry(row.handle).or_default().push(*row);
    }
    (people, crowded.len())
}

fn sharers(sent: &Sent<'_>, people: &BTreeMap<Handle, Vec<Opened>>) -> Vec<(MatchKey, usize)> {
    let mut sharers: BTreeMap<MatchKey, usize> = BTreeMap::new();
    for key in people.values().flat_map(|rows| keys_of(sent, rows)) {
        *sharers.entry(key).or_default() += 1;
    }
    sharers.into_iter().collect()
}

fn keys_of(sent: &Sent<'_>, rows: &[Opened]) -> Vec<MatchKey> {
    let keys = rows.iter().filter_map(|row| sent.planned.key(row.class, row.slot));
    keys.cloned().collect()
}

fn hit(errand: &Errand<'_>, sent: &Sent<'_>, qid: QueryId, handle: Handle, rows: &[Opened]) -> Hit {
    let details = sent.details;
    Hit {
        partner: errand.partner.unit(),
        agreement: details.agreement.clone(),
        purpose: details.purpose,
        offence: details.offence,
        basis: details.basis,
        declares: details.declares.clone(),
        urgent: details.urgent,
        scope: details.scope,
        case: errand.question.case.clone(),
        qid,
        handle,
        gate: rows.iter().map(|row| row.gate).max().unwrap_or(Gate::Refused),
        hits: one_per_class(rows),
        follow_up_until: sent.descriptor.grace_until,
    }
}

/// One proof per class is enough, at most four in all.
fn one_per_class(rows: &[Opened]) -> Vec<ClassHit> {
    let mut hits: BTreeMap<Class, ClassHit> = BTreeMap::new();
    for row in rows {
        hits.entry(row.class).or_insert(ClassHit {
            class: row.class,
            hit: row.hit,
        });
    }
    hits.into_values().take(4).collect()
}
