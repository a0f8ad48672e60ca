//! Records as they are kept: findable, and with what they said before.

use super::work::Work;
use super::{LoadError, compose};
use crate::ingest::Booking;
use crate::keys::day_of;
use crate::records::{Record, Version};
use crate::store::RecordId;

/// Keeps what a record says now as a version of it.
pub(super) fn version(work: &mut Work<'_>, id: RecordId) -> Result<Option<Version>, LoadError> {
    let Some(stored) = work.record(id)? else {
        return Ok(None);
    };
    let until = work.now;
    Ok(work.keep(&stored)?.map(|record| Version { record, until }))
}

/// Keeps a record under today's keys, findable by all that is known of its traveller.
pub(super) fn write(work: &mut Work<'_>, id: RecordId, record: &Record, booking: &Booking) -> Result<(), LoadError> {
    let Some(material) = &record.material else {
        return Ok(());
    };
    work.put(id, day_of(work.now), record)?;
    let facts = compose::facts(booking, &material.traveller, work.now);
    let keys = work.index(id, booking, &material.traveller, facts)?;
    work.report.documents += material.traveller.documents.len() as u64;
    work.report.match_keys += keys;
    Ok(())
}
