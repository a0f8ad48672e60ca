//! Leaf v1: the canonical JSON (RFC 8785) of one entry, as hashed and kept.

use super::entry::{ClauseId, Counter, Decision, Entry, Kind, Obligation, OperationClass, Role};
use piux_protocol::transparency::detail::Group;
use piux_protocol::vocabulary::{
    AgreementId, Basis, Class, Commitment, Digest, Nonce, Offence, Purpose, QueryId, Salt, Timestamp, UnitId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Canonical JSON holds integers below 2^53 exactly.
const INTEGER_MAX: u64 = (1 << 53) - 1;

/// One leaf; members without a value are left out. Members of later versions are kept and hashed, not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaf {
    /// Version of the leaf: 1.
    pub v: u32,
    /// When.
    pub t: Timestamp,
    /// What happened.
    pub k: Kind,
    /// The class of operation.
    pub op: OperationClass,
    /// In which role the actor acted.
    pub role: Role,
    /// 128 random bits, so that the leaf's hash tells nothing once the leaf is erased.
    pub sid: Salt,
    /// The other unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<UnitId>,
    /// The number of the entry among those with this peer, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pn: Option<u64>,
    /// The hash of the entry before it with this peer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pp: Option<Digest>,
    /// Who receives data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rcpt: Option<UnitId>,
    /// The agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agr: Option<AgreementId>,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agv: Option<u32>,
    /// The purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pur: Option<Purpose>,
    /// The offence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub off: Option<Offence>,
    /// The legal basis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leg: Option<Basis>,
    /// The classes searched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cls: Vec<Class>,
    /// Counts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cnt: BTreeMap<Counter, u64>,
    /// The decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dec: Option<Decision>,
    /// The clauses that fired.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cl: Vec<ClauseId>,
    /// The obligations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obl: Vec<Obligation>,
    /// Digest of the policy in effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pol: Option<Digest>,
    /// Digest of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rq: Option<Digest>,
    /// Digest of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rs: Option<Digest>,
    /// Digest of the other side's receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rx: Option<Digest>,
    /// Digest of the thing the entry is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub art: Option<Digest>,
    /// The request's nonce.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub non: Option<Nonce>,
    /// The query's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qid: Option<QueryId>,
    /// The number of the exchange within the agreement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Commitments to the sealed details.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub d: BTreeMap<Group, Commitment>,
    /// Where their key lies: `<epoch>/<record>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ep: Option<String>,
}

impl Leaf {
    /// The leaf of an entry, without what the committer adds: numbering and details.
    pub(super) fn new(entry: &Entry, at: Timestamp, sid: Salt) -> Self {
        let mut classes = entry.classes.clone();
        classes.sort_unstable();
        classes.dedup();
        Self {
            v: 1,
            t: at,
            k: entry.kind,
            op: entry.kind.operation(),
            role: entry.role,
            sid,
            peer: entry.peer,
            pn: None,
            pp: None,
            rcpt: entry.recipient,
            agr: entry.agreement.clone(),
            agv: entry.agreement_version,
            pur: entry.purpose,
            off: entry.offence,
            leg: entry.basis,
            cls: classes,
            cnt: entry
                .counts
                .iter()
                .map(|(counter, count)| (*counter, (*count).min(INTEGER_MAX)))
                .collect(),
            dec: entry.decision,
            cl: entry.clauses.clone(),
            obl: entry.obligations.clone(),
            pol: entry.policy,
            rq: entry.request,
            rs: entry.response,
            rx: entry.receipt,
            art: entry.artifact,
            non: entry.nonce,
            qid: entry.query,
            seq: entry.sequence.map(|number| number.min(INTEGER_MAX)),
            d: BTreeMap::new(),
            ep: None,
        }
    }

    /// The bytes that are hashed: RFC 8785 JSON in one line.
    pub(super) fn encode(&self) -> serde_json::Result<Vec<u8>> {
        canonical(&serde_json::to_value(self)?)
    }

    /// Reads a leaf of this version.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().filter(|leaf: &Self| leaf.v == 1)
    }
}

pub(super) fn canonical(value: &serde_json::Value) -> serde_json::Result<Vec<u8>> {
    serde_json_canonicalizer::to_vec(value)
}

/// Whether the bytes are canonical JSON, so that nothing can hide in another spelling.
pub(super) fn is_canonical(bytes: &[u8]) -> bool {
    let value: serde_json::Result<serde_json::Value> = serde_json::from_slice(bytes);
    value
        .and_then(|value| canonical(&value))
        .is_ok_and(|again| again == bytes)
}
