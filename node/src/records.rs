//! Stored records: data elements by name, in two halves, and the duties they leave with.

use crate::ingest::{Booking, Traveller};
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

/// The heading of historical changes (Directive (EU) 2016/681 Annex I no. 19).
const HISTORY: &str = "pnr.19_history";

/// A record as far as its keys still exist. Personal data: has no printable form.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// Values by element, each in the order recorded.
    pub elements: BTreeMap<ElementId, Vec<String>>,
    /// Where it is from.
    pub origin: Origin,
    /// What the match keys came from, so that another keyset can be derived later. Part of the
    /// identifying half; never an element, so never released.
    pub material: Option<Material>,
    /// Earlier versions, oldest first; each is a record of its own, sealed under its own day.
    pub versions: Vec<Version>,
}

/// A traveller and the booking, as loading last understood them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Material {
    /// The booking without its travellers.
    pub booking: Booking,
    /// The traveller as indexed: what every message said, put together.
    pub traveller: Traveller,
    /// What the booking's own messages said, where advance passenger information corrected it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<Traveller>,
}

/// An earlier version of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// The record that keeps it.
    pub record: RecordId,
    /// When it was replaced.
    pub until: Timestamp,
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    versions: Vec<Version>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IdentityHalf {
    elements: BTreeMap<ElementId, Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    material: Option<serde_json::Value>,
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
        let identity = IdentityHalf {
            elements: identity,
            material: self.material.as_ref().and_then(|held| serde_json::to_value(held).ok()),
        };
        let rest = RestHalf {
            origin: self.origin.clone(),
            elements: rest,
            versions: self.versions.clone(),
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
///
/// Heading 19 then tells, for each earlier version, when it was replaced and which elements
/// changed; what they held before only of the elements that are granted.
pub fn open(store: &Store, id: [u8; 16], granted: &[ElementId]) -> Result<Option<Record>, StoreError> {
    let Some(stored) = store.get_record(RecordId(id))? else {
        return Ok(None);
    };
    let Some(mut record) = read(&stored) else {
        return Ok(None);
    };
    let past = history(store, &record)?;
    if let (false, Ok(heading), SourceKind::Pnr) = (past.is_empty(), ElementId::new(HISTORY), record.origin.source) {
        let told = past.iter().map(|past| past.text(granted));
        record.elements.entry(heading).or_default().extend(told);
    }
    Ok(Some(record))
}

/// What a stored record says, without its history; none if its time is over.
pub fn read(stored: &StoredRecord) -> Option<Record> {
    let rest: RestHalf = serde_json::from_slice(stored.rest.as_ref()?).ok()?;
    let mut elements = rest.elements;
    let mut material = None;
    if let Some(identity) = &stored.identity {
        let identity: IdentityHalf = serde_json::from_slice(identity).ok()?;
        elements.extend(identity.elements);
        material = identity
            .material
            .and_then(|material| serde_json::from_value(material).ok());
    }
    Some(Record {
        elements,
        origin: rest.origin,
        material,
        versions: rest.versions,
    })
}

/// What one version held that the next one changed, as far as the keys of its day still exist.
/// Personal data: has no printable form.
#[derive(Clone, PartialEq, Eq)]
pub struct Past {
    /// When it was replaced.
    pub until: Timestamp,
    /// The elements that changed, with what they held.
    pub changed: BTreeMap<ElementId, Vec<String>>,
}

/// The changes of a record, oldest first (Annex I no. 19). A version is masked and erased with
/// its own day, so the history of a masked element is masked as well.
pub fn history(store: &Store, record: &Record) -> Result<Vec<Past>, StoreError> {
    let mut past = Vec::new();
    let mut next: Option<(Record, bool)> = None;
    for version in record.versions.iter().rev() {
        let Some(stored) = store.get_record(version.record)? else {
            continue;
        };
        let whole = stored.identity.is_some();
        let Some(held) = read(&stored) else { continue };
        let (newer, newer_whole) = next.as_ref().map_or((record, true), |(newer, whole)| (newer, *whole));
        past.push(Past {
            until: version.until,
            changed: changes(&held, newer, whole && newer_whole),
        });
        next = Some((held, whole));
    }
    past.reverse();
    Ok(past)
}

/// An element that is missing on one side counts only where neither side is masked.
fn changes(held: &Record, newer: &Record, both_whole: bool) -> BTreeMap<ElementId, Vec<String>> {
    let differs = |(id, values): &(&ElementId, &Vec<String>)| match newer.elements.get(*id) {
        Some(now) => now != *values,
        None => both_whole,
    };
    let gone = held.elements.iter().filter(differs);
    let mut changed: BTreeMap<_, _> = gone.map(|(id, values)| (id.clone(), values.clone())).collect();
    if both_whole {
        let added = newer.elements.keys().filter(|id| !held.elements.contains_key(*id));
        changed.extend(added.map(|id| (id.clone(), Vec::new())));
    }
    changed
}

impl Past {
    /// The change as heading 19 tells it; contents only of these elements.
    pub fn text(&self, contents_of: &[ElementId]) -> String {
        let was: BTreeMap<_, _> = self.changed.iter().filter(|(id, _)| contents_of.contains(id)).collect();
        let changed: Vec<_> = self.changed.keys().collect();
        if was.is_empty() {
            serde_json::json!({ "until": self.until, "changed": changed }).to_string()
        } else {
            serde_json::json!({ "until": self.until, "changed": changed, "was": was }).to_string()
        }
    }
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

impl std::fmt::Debug for Material {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Material(..)")
    }
}

impl std::fmt::Debug for Past {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Past({} elements)", self.changed.len())
    }
}
