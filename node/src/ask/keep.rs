//! What the asking side keeps, sealed: hits to follow up, and what each subject's questions told.

use super::{AskError, Requester};
use crate::keys::{KeyName, mac};
use crate::store::DocumentTable;
use piux_protocol::blind::{Bucket, Gate, LeakMeter, SubjectCount};
use piux_protocol::identifier::MatchKey;
use piux_protocol::message::disclosure::ClassHit;
use piux_protocol::vocabulary::{
    AgreementId, Basis, Declaration, Handle, Offence, Purpose, QueryId, Scope, Timestamp, UnitId, Window, base64url,
    sha256,
};
use serde::{Deserialize, Serialize};

/// One person a partner knows, named for nobody else.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hit {
    pub(super) partner: UnitId,
    pub(super) agreement: AgreementId,
    pub(super) purpose: Purpose,
    pub(super) offence: Offence,
    pub(super) basis: Basis,
    pub(super) declares: Vec<Declaration>,
    pub(super) urgent: bool,
    pub(super) scope: Scope,
    pub(super) case: String,
    pub(super) qid: QueryId,
    pub(super) handle: Handle,
    pub(super) gate: Gate,
    pub(super) hits: Vec<ClassHit>,
    pub(super) follow_up_until: Timestamp,
}

impl Hit {
    /// The hit's name on this node.
    pub(super) fn name(&self) -> String {
        let digest = sha256([self.qid.as_ref(), self.handle.as_ref()].concat());
        base64url(digest.0.get(..12).unwrap_or_default())
    }
}

impl Requester {
    pub(super) fn keep_hit(&self, hit: &Hit) -> Result<(), AskError> {
        let body = zeroize::Zeroizing::new(serde_json::to_vec(hit).unwrap_or_default());
        let until = Some(hit.follow_up_until);
        Ok(self
            .ground
            .store
            .put_document(DocumentTable::Queries, hit.name().as_bytes(), &body, until)?)
    }

    pub(super) fn hit(&self, name: &str, now: Timestamp) -> Result<Option<Hit>, AskError> {
        let kept = self
            .ground
            .store
            .get_document(DocumentTable::Queries, name.as_bytes(), now)?;
        Ok(kept.and_then(|kept| serde_json::from_slice(&kept.body).ok()))
    }

    /// The bits a subject's questions have told once these buckets are asked too.
    pub(super) fn leak(
        &self,
        keys: &[MatchKey],
        asked: &[(Bucket, Window)],
        subjects: &[SubjectCount],
        now: Timestamp,
    ) -> Result<u32, AskError> {
        let mut all = self.asked_before(keys, now)?;
        all.extend_from_slice(asked);
        Ok(LeakMeter::new(subjects).bits(&all))
    }

    /// Remembers what was asked, under every key of the subject, for as long as the node lives.
    pub(super) fn remember_asked(
        &self,
        keys: &[MatchKey],
        asked: &[(Bucket, Window)],
        now: Timestamp,
    ) -> Result<(), AskError> {
        let mut all = self.asked_before(keys, now)?;
        all.extend(
            asked
                .iter()
                .filter(|one| !all.contains(one))
                .copied()
                .collect::<Vec<_>>(),
        );
        let body = serde_json::to_vec(&all).unwrap_or_default();
        for key in keys {
            self.ground
                .store
                .put_document(DocumentTable::Leaks, &self.pseudonym(key)?, &body, None)?;
        }
        Ok(())
    }

    fn asked_before(&self, keys: &[MatchKey], now: Timestamp) -> Result<Vec<(Bucket, Window)>, AskError> {
        let mut all: Vec<(Bucket, Window)> = Vec::new();
        for key in keys {
            let kept = self
                .ground
                .store
                .get_document(DocumentTable::Leaks, &self.pseudonym(key)?, now)?;
            let before: Vec<(Bucket, Window)> = kept
                .and_then(|kept| serde_json::from_slice(&kept.body).ok())
                .unwrap_or_default();
            all.extend(before.into_iter().filter(|one| !all.contains(one)).collect::<Vec<_>>());
        }
        Ok(all)
    }

    fn pseudonym(&self, key: &MatchKey) -> Result<[u8; 32], AskError> {
        Ok(mac(
            self.ground.keys.seed(KeyName::Actor)?.expose(),
            &[b"piux/leak\0", &key.input()],
        ))
    }
}
