//! What follows from a hit on a record of some class.

use super::Effective;
use crate::decision::Verdict;
use crate::facts::{DisclosureFacts, RecordClass};
use crate::table::{Gate, Outcome, TableKey};
use crate::term::{Approval, Band};
use piux_protocol::vocabulary::ElementId;

impl Effective {
    /// Whether a record may produce a hit, and what is released after it.
    pub(super) fn outcome(&self, key: TableKey, record: RecordClass) -> Outcome {
        let Verdict { permitted, clauses, .. } = self.record(key, record);
        Outcome {
            gate: permitted.then(|| self.gate(key, record)),
            clauses,
        }
    }

    fn gate(&self, key: TableKey, record: RecordClass) -> Gate {
        let ordinary = self.terms().approvals.disclose;
        let releases = |approvals| {
            let facts = DisclosureFacts {
                record,
                elements: Vec::new(),
                approvals,
                filtered: true,
            };
            let mut elements = self.listed(record);
            elements.any(|element| self.element_of(key, &facts, element).permitted)
        };
        if releases(ordinary) {
            Gate::Routine
        } else if releases(ordinary.with(Approval::Independent)) {
            Gate::Masked
        } else {
            Gate::Refused
        }
    }

    /// Elements the agreement lists for the band: no other can be released.
    fn listed(&self, record: RecordClass) -> impl Iterator<Item = &ElementId> {
        let terms = self.terms();
        match record.band {
            Band::Masked => terms.elements_masked.iter(),
            Band::Full | Band::Expired => terms.elements_full.iter(),
        }
    }
}
