//! A keyset more: rows for the records already there, made from what they hold.

use super::Finder;
use crate::command::Report;
use crate::ingest::{Booking, Traveller};
use crate::ledger::{Counter, Entry, Kind, Role};
use crate::load::subjects::Trace;
use crate::load::{LoadError, Loader, keys};
use crate::records::RecordFacts;
use crate::store::{Batch, RecordId, StoredRecord};
use piux_protocol::identifier::Keyset;
use serde::Deserialize;
use serde_json::json;

/// Records indexed together.
const PART: usize = 100;

/// What became of the records of an index that took up a keyset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reindexed {
    /// Records that have rows now.
    pub(super) records: u64,
    /// Match keys of theirs.
    pub(super) keys: u64,
    /// Records whose identifying half says too little to derive keys from, or is masked.
    pub(super) without: u64,
}

/// The part of a record's identifying half that match keys come from.
#[derive(Deserialize)]
struct IdentityHalf {
    material: Option<Material>,
}

#[derive(Deserialize)]
struct Material {
    booking: Booking,
    traveller: Traveller,
}

impl Loader {
    /// Takes a keyset up: records have rows under it from now on, those already there too.
    /// The search finds them at once.
    pub fn reindex(&self, keyset: Keyset) -> Result<Report, LoadError> {
        let done = self.finder.reindex(keyset)?;
        let entry = Entry::new(Kind::DataAlter, Role::Admin, self.ground.clock.now())
            .count(Counter::Records, done.records)
            .count(Counter::MatchKeys, done.keys);
        self.ground.ledger.record(entry, ())?;
        self.index.changed();
        let json =
            json!({ "keyset": keyset.id(), "records": done.records, "match_keys": done.keys, "without": done.without });
        let text = format!(
            "{} records have {} match keys of keyset {keyset} now; {} hold too little to derive them from.",
            done.records, done.keys, done.without
        );
        Ok(Report::done(json, text))
    }

    /// Lets a keyset go that no agreement names any more; the newest stays.
    pub fn drop_keyset(&self, keyset: Keyset) -> Result<Report, LoadError> {
        if keyset == Keyset::CURRENT {
            let json = json!({ "error": "current", "keyset": keyset.id() });
            return Ok(Report::negative(json, "The newest keyset stays."));
        }
        let rows = self.finder.drop_keyset(keyset)?;
        let entry = Entry::new(Kind::DataAlter, Role::Admin, self.ground.clock.now());
        self.ground.ledger.record(entry.count(Counter::Rows, rows), ())?;
        self.index.changed();
        let json = json!({ "keyset": keyset.id(), "rows": rows });
        Ok(Report::done(json, format!("{rows} rows of keyset {keyset} are gone.")))
    }
}

impl Finder {
    pub(super) fn reindex(&self, keyset: Keyset) -> Result<Reindexed, LoadError> {
        let mut done = Reindexed::default();
        for day in self.ground.store.record_days()?.into_keys() {
            let records = self.ground.store.records_of_day(day)?;
            for part in records.chunks(PART) {
                let _alone = self.ground.store.joining();
                let mut batch = self.ground.store.batch();
                for record in part {
                    self.take_up(&mut batch, keyset, *record, &mut done)?;
                }
                batch.commit()?;
            }
        }
        self.look_for_keysets()?;
        Ok(done)
    }

    fn drop_keyset(&self, keyset: Keyset) -> Result<u64, LoadError> {
        let rows = self.ground.store.drop_keyset(keyset)?;
        self.look_for_keysets()?;
        Ok(rows as u64)
    }

    fn take_up(
        &self,
        batch: &mut Batch<'_>,
        keyset: Keyset,
        record: RecordId,
        done: &mut Reindexed,
    ) -> Result<(), LoadError> {
        let Some(mut trace) = Trace::read(batch, record)? else {
            return Ok(());
        };
        // Dropped rows are passed over, wherever a trace still names them.
        let (old, kept) = trace.rows.into_iter().partition(|row| row.keyset() == Some(keyset));
        trace.rows = kept;
        batch.remove_index(&old);
        let facts = facts_of(batch, &trace)?;
        let material = self.ground.store.get_record(record)?.as_ref().and_then(material);
        let Some((facts, material)) = facts.zip(material) else {
            done.without += 1;
            return trace.write(batch);
        };
        let keys = keys::of(keyset, &material.booking, &material.traveller);
        let rows = self.index(batch, keyset, &keys, (&trace, facts))?;
        trace.rows.extend(rows);
        done.records += 1;
        done.keys += keys.len() as u64;
        trace.write(batch)
    }
}

/// What the rows of a record say of it.
fn facts_of(batch: &Batch<'_>, trace: &Trace) -> Result<Option<RecordFacts>, LoadError> {
    for row in &trace.rows {
        if let Some(row) = batch.index_row(*row)? {
            return Ok(Some(RecordFacts {
                received: row.received,
                kind: row.kind,
                flags: row.flags,
            }));
        }
    }
    Ok(None)
}

fn material(stored: &StoredRecord) -> Option<Material> {
    let half: IdentityHalf = serde_json::from_slice(stored.identity.as_ref()?).ok()?;
    half.material
}
