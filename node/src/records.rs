//! Stored records: data elements by name, in two halves, and the duties they leave with.

use crate::store::{RecordId, Store, StoreError, StoredRecord};
use piux_policy::Profile;
use piux_policy::agreement::Recipient;
use piux_policy::facts::RecordClass;
use piux_policy::term::{Band, Handling as PolicyHandling, Kind, Onward as PolicyOnward, Term};
use piux_protocol::message::disclosure::{Handling, Obligation, Onward, Provenance, SourceKind};
use piux_protocol::vocabulary::{ElementId, Purpose, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// A record as far as its keys still exist. Personal data: has no printable form.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// Values by element, each in the order recorded.
    pub elements: BTreeMap<ElementId, Vec<String>>,
    /// Where it is from.
    pub origin: Origin,
}

/// Where a record is from; part of the half that identifies nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// API or PNR data.
    pub source: SourceKind,
    /// The message format.
    pub format: String,
    /// The carrier of the first flight.
    pub carrier: Option<String>,
}

/// The two halves as they are sealed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RestHalf {
    origin: Origin,
    elements: BTreeMap<ElementId, Vec<String>>,
}

impl Record {
    /// The identifying half and the rest, by what the profile says of each element (Art. 12(2)).
    pub fn halves(&self, profile: &Profile) -> (Zeroizing<Vec<u8>>, Zeroizing<Vec<u8>>) {
        let identifying = |id: &ElementId| profile.element(id.as_ref()).is_none_or(|element| element.identifying);
        let (identity, rest): (BTreeMap<_, _>, BTreeMap<_, _>) = self
            .elements
            .iter()
            .map(|(id, values)| (id.clone(), values.clone()))
            .partition(|(id, _)| identifying(id));
        let rest = RestHalf {
            origin: self.origin.clone(),
            elements: rest,
        };
        let json = |value: serde_json::Result<Vec<u8>>| Zeroizing::new(value.unwrap_or_default());
        (json(serde_json::to_vec(&identity)), json(serde_json::to_vec(&rest)))
    }

    /// How a release names the record's source.
    pub fn provenance(&self, received: Timestamp) -> Provenance {
        Provenance {
            source: self.origin.source,
            format: self.origin.format.clone(),
            carrier: self.origin.carrier.clone(),
            received,
        }
    }
}

/// Opens a record; none if it is not there or its time is over.
pub fn open(store: &Store, id: [u8; 16]) -> Result<Option<Record>, StoreError> {
    Ok(store.get_record(RecordId(id))?.and_then(|stored| read(&stored)))
}

fn read(stored: &StoredRecord) -> Option<Record> {
    let rest: RestHalf = serde_json::from_slice(stored.rest.as_ref()?).ok()?;
    let mut elements = rest.elements;
    if let Some(identity) = &stored.identity {
        let identity: BTreeMap<ElementId, Vec<String>> = serde_json::from_slice(identity).ok()?;
        elements.extend(identity);
    }
    Some(Record {
        elements,
        origin: rest.origin,
    })
}

/// What is known of a record without opening it: kind and flags, as stored in its index rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordFacts {
    /// When the unit received it.
    pub received: Timestamp,
    /// The place of its kind in the list of kinds.
    pub kind: u8,
    /// One bit per flag of a record class, in its order.
    pub flags: u8,
}

impl RecordFacts {
    /// A flight within the Union.
    pub const INTRA_EU: u8 = 1;
    /// Objective material links the passenger to the purposes.
    pub const OBJECTIVE_LINK: u8 = 1 << 1;
    /// Processing is restricted.
    pub const RESTRICTED: u8 = 1 << 2;
    /// A negative result kept against future false matches.
    pub const FALSE_POSITIVE: u8 = 1 << 3;
    /// A minor.
    pub const MINOR: u8 = 1 << 4;
    /// Reviewed by a person.
    pub const REVIEWED: u8 = 1 << 5;

    /// The number of a kind in index rows.
    pub fn kind_number(kind: Kind) -> u8 {
        let place = Kind::ALL.iter().take_while(|other| **other != kind).count();
        u8::try_from(place).unwrap_or(u8::MAX)
    }

    /// The record class at a band; an unknown kind is in none.
    pub fn class(self, band: Band) -> Option<RecordClass> {
        let kind = *Kind::ALL.get(usize::from(self.kind))?;
        let flag = |bit: u8| self.flags & bit != 0;
        Some(RecordClass {
            kind,
            band,
            intra_eu: flag(Self::INTRA_EU),
            objective_link: flag(Self::OBJECTIVE_LINK),
            restricted: flag(Self::RESTRICTED),
            false_positive: flag(Self::FALSE_POSITIVE),
            minor: flag(Self::MINOR),
            reviewed: flag(Self::REVIEWED),
        })
    }
}

/// What binds whoever receives data, from the agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duties {
    /// Handling codes.
    pub handling: Vec<Handling>,
    /// What to do and to leave.
    pub obligations: Vec<Obligation>,
}

impl Duties {
    /// The duties of a release made now.
    pub fn of(recipient: &Recipient, purpose: Purpose, now: Timestamp) -> Self {
        let erase_by = now.plus_seconds(i64::from(recipient.retention_days) * 86_400);
        let rule = match recipient.onward {
            PolicyOnward::Never => Onward::Never,
            PolicyOnward::PriorConsent => Onward::PriorConsent,
            PolicyOnward::SamePurposeEu => Onward::SamePurposeEu,
        };
        let code = |handling: &PolicyHandling| handling.word().parse().ok();
        Self {
            handling: recipient.handling.iter().filter_map(code).collect(),
            obligations: vec![
                Obligation::EraseBy { by: erase_by },
                Obligation::Onward { rule },
                Obligation::UseFor { purpose },
            ],
        }
    }
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Record({} elements)", self.elements.len())
    }
}
