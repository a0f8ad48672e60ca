//! Advance passenger information corrects bookings: what the border sees is right.
//!
//! Both stay records of their own kind, since the law treats them differently; the booking's
//! record takes over names, documents and dates of its traveller (Annex I no. 18). Which of the
//! two came first makes no difference.

use super::work::Work;
use super::{LoadError, booking, compose, keep};
use crate::ingest::model::BookingKind;
use crate::ingest::{Booking, Traveller};
use crate::records::{self, Material};
use crate::store::RecordId;

/// What is kept of a traveller, corrected by what its counterpart says; and corrects the counterpart.
pub(super) fn apply(work: &mut Work<'_>, booking: &Booking, told: &Traveller) -> Result<Material, LoadError> {
    let plain = compose::material(booking, told.clone(), None);
    let Some(other) = booking::counterpart(work, booking, told)? else {
        return Ok(plain);
    };
    if booking.kind == BookingKind::Api {
        correct(work, other, told)?;
        return Ok(plain);
    }
    let Some(listed) = traveller(work, other)? else {
        return Ok(plain);
    };
    work.report.corrected += 1;
    let whole = compose::corrected(told, &listed);
    Ok(compose::material(booking, whole, Some(told.clone())))
}

fn traveller(work: &mut Work<'_>, id: RecordId) -> Result<Option<Traveller>, LoadError> {
    let stored = work.record(id)?;
    let record = stored.as_ref().and_then(records::read);
    Ok(record
        .and_then(|record| record.material)
        .map(|material| material.traveller))
}

/// Corrects the record of a booking's traveller.
fn correct(work: &mut Work<'_>, id: RecordId, listed: &Traveller) -> Result<(), LoadError> {
    let stored = work.record(id)?;
    let Some(mut record) = stored.as_ref().and_then(records::read) else {
        return Ok(());
    };
    let before = record.elements.clone();
    let Some(material) = &mut record.material else {
        return Ok(());
    };
    let own = material.own.take().unwrap_or_else(|| material.traveller.clone());
    material.traveller = compose::corrected(&own, listed);
    material.own = Some(own);
    let booking = material.booking.clone();
    compose::renew(&mut record, &compose::IDENTITY);
    if record.elements == before {
        return Ok(());
    }
    record.versions.extend(keep::version(work, id)?);
    work.report.corrected += 1;
    keep::write(work, id, &record, &booking)
}
