//! Permit and find: policy once more for this very request, then the index.

use super::authorize::{Authorized, facts};
use super::eligibility::{Bands, Eligibility};
use super::live::Search;
use super::{Answer, Note, Refusal, Responder};
use crate::epochs::Epoch;
use crate::store::DocumentTable;
use piux_policy::decision::Decision;
use piux_policy::facts::Approvals;
use piux_policy::table::TableKey;
use piux_protocol::blind::{AnswerBuilder, LeakMeter, LookupAnswer, LookupRequest, SealError};
use piux_protocol::identifier::Keyset;
use piux_protocol::message::LOOKUP_ANSWER;
use piux_protocol::vocabulary::{Basis, Class, Digest, Offence, Salt, Timestamp, UnitId};
use serde::{Deserialize, Serialize};

/// How often a fresh salt is drawn when two subjects would share a handle.
const DRAWS: usize = 8;

/// A lookup the policy permits, in an epoch that is open.
#[derive(Debug)]
pub(crate) struct Permitted {
    pub(crate) authorized: Authorized,
    pub(crate) epoch: Epoch,
}

/// What a follow-up needs to find its lookup again. Nothing in it names a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AnsweredLookup {
    pub(crate) partner: UnitId,
    pub(crate) req_hash: Digest,
    pub(crate) salt: Salt,
    pub(crate) request: LookupRequest,
    pub(crate) offence: Offence,
    pub(crate) basis: Basis,
    /// The name of the keyset it was asked in.
    pub(crate) keyset: String,
}

impl Responder {
    pub(super) fn permit_lookup(
        &self,
        authorized: Authorized,
        note: &mut Note,
        now: Timestamp,
    ) -> Result<Permitted, Refusal> {
        let request = &authorized.request;
        let epoch = self
            .epochs
            .by_number(&request.agreement, request.epoch)
            .map_err(|_| Refusal::IndexUnavailable)?;
        let epoch = epoch
            .filter(|epoch| epoch.descriptor.is_current(now))
            .ok_or(Refusal::EpochUnknown)?;
        if !request
            .segments
            .iter()
            .all(|segment| authorized.details.classes.contains(&segment.class))
        {
            return Err(Refusal::ClassNotAllowed);
        }
        let asked = [(request.bucket, request.window)];
        let leak = LeakMeter::new(&epoch.descriptor.subjects_per_quarter).bits(&asked);
        note.leak(leak);
        if request.bucket.bits() > epoch.descriptor.bits {
            return Err(Refusal::LeakBudget);
        }
        let mut facts = facts(&authorized.details, false);
        facts.window = Some(request.window);
        facts.leak_bits = Some(u8::try_from(leak).unwrap_or(u8::MAX));
        match authorized.bilateral.answering.decide_query(&facts, now) {
            Decision::Refused(refusal) => Err(Refusal::from(&refusal)),
            Decision::Permit(permit) if permit.granted().len() == facts.classes.len() => {
                note.permit(&permit, super::authorize::slots(&authorized.details));
                Ok(Permitted { authorized, epoch })
            }
            Decision::Permit(_) => Err(Refusal::ClassNotAllowed),
        }
    }

    /// Evaluates, searches and seals; status and size depend on nothing about the person.
    pub(super) fn find(&self, permitted: &Permitted, note: &mut Note, now: Timestamp) -> Result<Answer, Refusal> {
        let answer = self.findings(permitted, now)?;
        self.remember(permitted, &answer)?;
        note.answered(&answer);
        Ok(Answer::binary(LOOKUP_ANSWER, answer.encode()))
    }

    fn findings(&self, permitted: &Permitted, now: Timestamp) -> Result<LookupAnswer, Refusal> {
        for _ in 0..DRAWS {
            match self.seal(permitted, now)? {
                Ok(answer) => return Ok(answer),
                Err(SealError::Collision) => {}
                Err(SealError::Overflow(_)) => {
                    self.epochs.outgrown(&permitted.epoch.descriptor);
                    return Err(Refusal::EpochUnknown);
                }
                Err(_) => return Err(Refusal::Internal),
            }
        }
        Err(Refusal::Internal)
    }

    fn seal(&self, permitted: &Permitted, now: Timestamp) -> Result<Result<LookupAnswer, SealError>, Refusal> {
        let Permitted { authorized, epoch } = permitted;
        let random = &*self.ground.random;
        let request = &authorized.request;
        let mut answer = AnswerBuilder::new(&epoch.seed, request, authorized.req_hash, random);
        for segment in &request.segments {
            let class = segment.class;
            let search = search(epoch, request, class, authorized.bilateral.keyset());
            let live = self.index.live_rows(&search, &self.eligibility(permitted, class, now));
            let live = live.map_err(|_| Refusal::IndexUnavailable)?;
            let slots = epoch
                .descriptor
                .rows(class, request.bucket, &request.window)
                .ok_or(Refusal::LeakBudget)?;
            let key = epoch.seed.key(request.purpose, class);
            let sealed = answer.sealer().seal(class, &live, slots);
            let added = sealed.and_then(|sealed| answer.segment(&key, &key.public_key(), sealed, random));
            if let Err(error) = added {
                return Ok(Err(error));
            }
        }
        Ok(answer.finish())
    }

    fn eligibility(&self, permitted: &Permitted, class: Class, now: Timestamp) -> Eligibility {
        let Authorized { details, bilateral, .. } = &permitted.authorized;
        let key = TableKey {
            purpose: details.purpose,
            basis: details.basis,
            class,
            approvals: Approvals::NONE,
        };
        let bands = Bands::at(now, self.agreements.bundle().schedule());
        Eligibility::new(bilateral.answering.table(key), bands)
    }

    /// Kept until the grace of the epoch ends, for follow-ups.
    fn remember(&self, permitted: &Permitted, answer: &LookupAnswer) -> Result<(), Refusal> {
        let Authorized {
            request,
            req_hash,
            details,
            bilateral,
        } = &permitted.authorized;
        let partner = bilateral.partner(self.ground.unit).ok_or(Refusal::Internal)?.unit;
        let answered = AnsweredLookup {
            partner,
            req_hash: *req_hash,
            salt: answer.salt,
            request: request.clone(),
            offence: details.offence,
            basis: details.basis,
            keyset: bilateral.keyset().to_string(),
        };
        let body = serde_json::to_vec(&answered).map_err(|_| Refusal::Internal)?;
        let until = permitted.epoch.descriptor.grace_until;
        let name = answered_name(partner, request.qid.as_ref());
        let kept = self
            .ground
            .store
            .put_document(DocumentTable::AnsweredQueries, &name, &body, Some(until));
        kept.map_err(|_| Refusal::IndexUnavailable)
    }
}

/// What a request searches of one class.
pub(crate) fn search<'a>(epoch: &'a Epoch, request: &LookupRequest, class: Class, keyset: Keyset) -> Search<'a> {
    Search {
        epoch,
        purpose: request.purpose,
        keyset,
        class,
        bucket: request.bucket,
        window: request.window,
    }
}

/// The name under which an answered lookup is kept: a partner's lookup names are its own.
pub(crate) fn answered_name(partner: UnitId, qid: &[u8]) -> Vec<u8> {
    [partner.state().as_bytes(), qid].concat()
}
