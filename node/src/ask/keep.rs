//! What the asking side keeps, sealed: hits to follow up, and what each subject's questions told.

use super::errand::{Asked, Errand};
use super::{AskError, Requester};
use crate::keys::{KeyName, mac};
use crate::store::DocumentTable;
use piux_protocol::blind::{Gate, LeakMeter, SubjectCount};
use piux_protocol::identifier::{Keyset, MatchKey};
use piux_protocol::message::disclosure::ClassHit;
use piux_protocol::vocabulary::{
    AgreementId, Basis, Declaration, Handle, Offence, Purpose, QueryId, Scope, Timestamp, UnitId, base64url, sha256,
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

    /// The bits a subject's questions have told a partner once this one is asked too.
    pub(super) fn leak(&self, errand: &Errand<'_>, asked: Asked, subjects: &[SubjectCount]) -> Result<u32, AskError> {
        let mut all = self.asked_before(errand)?;
        all.push(asked);
        Ok(LeakMeter::new(subjects).bits(&all))
    }

    /// Remembers what was asked for as long as the node lives: under the person's documents
    /// and full names, and under the one identifier the request is about. Others may share
    /// such an identifier, so it remembers no more than itself.
    pub(super) fn remember_asked(
        &self,
        errand: &Errand<'_>,
        identifier: Option<&MatchKey>,
        asked: Asked,
    ) -> Result<(), AskError> {
        let identity = errand.subject.identity(Keyset::CURRENT);
        for key in identity.iter().chain(identifier) {
            let mut all = self.asked_under(errand, key)?;
            if !all.contains(&asked) {
                all.push(asked);
            }
            let (name, body) = (
                self.pseudonym(errand, key)?,
                serde_json::to_vec(&all).unwrap_or_default(),
            );
            let store = &self.ground.store;
            store.put_document(DocumentTable::Leaks, &name, &body, None)?;
        }
        Ok(())
    }

    /// What this partner was asked about the person before.
    pub(super) fn asked_before(&self, errand: &Errand<'_>) -> Result<Vec<Asked>, AskError> {
        let mut keys = errand.subject.identity(Keyset::CURRENT);
        keys.extend(errand.subject.identifiers(Keyset::CURRENT));
        let mut all: Vec<Asked> = Vec::new();
        for key in &keys {
            let before = self.asked_under(errand, key)?;
            all.extend(before.into_iter().filter(|one| !all.contains(one)).collect::<Vec<_>>());
        }
        Ok(all)
    }

    fn asked_under(&self, errand: &Errand<'_>, key: &MatchKey) -> Result<Vec<Asked>, AskError> {
        let name = self.pseudonym(errand, key)?;
        let now = self.ground.clock.now();
        let kept = self.ground.store.get_document(DocumentTable::Leaks, &name, now)?;
        let before = kept.and_then(|kept| serde_json::from_slice(&kept.body).ok());
        Ok(before.unwrap_or_default())
    }

    /// Names a key towards one partner: each partner's knowledge is its own.
    fn pseudonym(&self, errand: &Errand<'_>, key: &MatchKey) -> Result<[u8; 32], AskError> {
        let partner = errand.partner.unit();
        Ok(mac(
            self.ground.keys.seed(KeyName::Actor)?.expose(),
            &[b"piux/leak\0", partner.state().as_bytes(), &key.input()],
        ))
    }
}
