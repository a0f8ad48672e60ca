//! Counts over the ledger, without anybody in them.

use super::entry::{Decision, Kind, OperationClass};
use super::leaf::Leaf;
use piux_protocol::vocabulary::{Purpose, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many entries, by partner, purpose, decision, kind and class of operation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// All counted entries.
    pub entries: u64,
    /// Time of the first.
    pub first: Option<Timestamp>,
    /// Time of the last.
    pub last: Option<Timestamp>,
    /// By the state of the partner's unit.
    pub partners: BTreeMap<String, u64>,
    /// By purpose.
    pub purposes: BTreeMap<Purpose, u64>,
    /// By decision.
    pub decisions: BTreeMap<Decision, u64>,
    /// By kind.
    pub kinds: BTreeMap<Kind, u64>,
    /// By class of operation.
    pub operations: BTreeMap<OperationClass, u64>,
    /// By clause: how often it fired.
    pub clauses: BTreeMap<String, u64>,
}

impl Stats {
    fn add(&mut self, leaf: &Leaf) {
        self.entries += 1;
        self.first = self.first.or(Some(leaf.t));
        self.last = Some(leaf.t);
        leaf.peer
            .into_iter()
            .for_each(|peer| one(&mut self.partners, peer.state().to_owned()));
        leaf.pur
            .into_iter()
            .for_each(|purpose| one(&mut self.purposes, purpose));
        leaf.dec
            .into_iter()
            .for_each(|decision| one(&mut self.decisions, decision));
        one(&mut self.kinds, leaf.k);
        one(&mut self.operations, leaf.op);
        leaf.cl
            .iter()
            .for_each(|clause| one(&mut self.clauses, clause.to_string()));
    }
}

fn one<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K) {
    *counts.entry(key).or_default() += 1;
}

impl<'a> FromIterator<&'a Leaf> for Stats {
    fn from_iter<I: IntoIterator<Item = &'a Leaf>>(leaves: I) -> Self {
        let mut stats = Self::default();
        leaves.into_iter().for_each(|leaf| stats.add(leaf));
        stats
    }
}
