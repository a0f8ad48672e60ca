//! Advance passenger information corrects bookings: what the border sees is right.
//!
//! Both stay records of their own kind, since the law treats them differently; the booking's
//! record takes over names, documents and dates of its traveller (Annex I no. 18). Which of the
//! two came first makes no difference.

use super::LoadError;
use super::booking::{self, Member};
use super::compose;
use super::lifecycle::{self, Told};
use super::work::Work;
use crate::ingest::Traveller;
use crate::ingest::model::BookingKind;
use crate::records::{self, Material};
use crate::store::RecordId;

/// What is kept of a traveller, corrected by what its counterpart says; and corrects the counterpart.
pub(super) fn apply(work: &mut Work<'_>, member: &mut Member, told: &Told<'_>) -> Result<Material, LoadError> {
    let plain = compose::material(told.booking, told.traveller.clone(), None);
    let Some((id, known, place)) = booking::counterpart(work, told.booking, told.traveller)? else {
        return Ok(plain);
    };
    let Some(other) = known.members.get(place) else {
        return Ok(plain);
    };
    if told.booking.kind == BookingKind::Api {
        member.counterpart = Some(other.record);
        correct(work, other.record, told.traveller)?;
        booking::keep(work, id, &known);
        return Ok(plain);
    }
    let Some(listed) = traveller(work, other.record)? else {
        return Ok(plain);
    };
    member.counterpart = Some(other.record);
    work.report.corrected += 1;
    let whole = compose::corrected(told.traveller, &listed);
    Ok(compose::material(told.booking, whole, Some(told.traveller.clone())))
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
    record.versions.extend(lifecycle::version(work, id)?);
    work.report.corrected += 1;
    lifecycle::write(work, id, &record, &booking)
}
