//! What a message does to what is known: add, change, cancel, or nothing at all.
//!
//! A record is replaced only by something new; what it said before stays as a version under the
//! keys of its own day (Directive (EU) 2016/681 Annex I no. 19, Art. 12). A cancelled booking
//! stays passenger data within its retention, and is found with its status: the law lets neither
//! the carrier nor us erase it early, and who booked and did not travel is what an investigation
//! may be about.

use super::booking::{self, Known, Lapse, Lapsed, Member, Print};
use super::compose;
use super::work::Work;
use super::{LoadError, correct, keep};
use crate::ingest::model::{BookingKind, Function, Notice};
use crate::ingest::{Booking, Severity, Traveller};
use crate::records::{self, Material};
use crate::store::RecordId;
use std::cmp::Ordering;

/// Takes a booking in; returns the bookings it is kept as.
pub(super) fn take(work: &mut Work<'_>, booking: &Booking) -> Result<Vec<RecordId>, LoadError> {
    if !booking::is_listed(booking) {
        return Ok(vec![take_one(work, booking)?]);
    }
    let mut ids = Vec::new();
    for traveller in &booking.travellers {
        let mut one = compose::alone(booking);
        one.travellers.push(traveller.clone());
        ids.push(take_one(work, &one)?);
    }
    Ok(ids)
}

fn take_one(work: &mut Work<'_>, booking: &Booking) -> Result<RecordId, LoadError> {
    let found = booking::find(work, booking)?;
    let is_new = found.is_none();
    let (id, mut known) = found.unwrap_or_else(|| (work.draw(), Known::new()));
    let message = message_print(work, booking);
    if known.has_seen(&message) {
        work.report.travellers.merged += booking.travellers.len() as u64;
        return Ok(id);
    }
    known.saw(message);
    if known.is_ahead_of(booking) {
        work.note("lifecycle.late", Severity::Info, &booking.provenance.sender);
        work.report.travellers.merged += booking.travellers.len() as u64;
        booking::keep(work, id, &known);
        return Ok(id);
    }
    booking::name_it(work, id, booking)?;
    known.update(booking);
    match booking.function {
        Function::Cancel if is_new && booking.travellers.is_empty() => {
            work.note(
                "lifecycle.unknown_booking",
                Severity::Warning,
                &booking.provenance.sender,
            );
        }
        Function::Cancel => cancel(work, (id, &mut known), booking)?,
        Function::Upsert => upsert(work, (id, &mut known), booking)?,
    }
    link_splits(work, &known, booking)?;
    booking::keep(work, id, &known);
    Ok(id)
}

/// Tells a message that is sent again from one that says the same once more.
fn message_print(work: &Work<'_>, booking: &Booking) -> String {
    let from = &booking.provenance;
    work.print(&[
        from.sender.as_bytes(),
        b"\0",
        from.control_ref.as_bytes(),
        b"\0",
        from.access_ref.as_bytes(),
        b"\0",
        from.part.as_bytes(),
        b"\0",
        &compose::content(booking),
    ])
}

/// Whether a message tells the whole booking: then whoever is missing has left it.
fn is_whole(booking: &Booking) -> bool {
    booking.kind == BookingKind::Pnr && booking.provenance.message_type.starts_with("PNRGOV")
}

/// Whether what a message tells of a traveller is all there is; lines of exports add up.
fn replaces(booking: &Booking) -> bool {
    is_whole(booking) || booking.kind == BookingKind::Api
}

/// How each traveller of a message is told again, and which member of the booking that is.
fn met(work: &Work<'_>, known: &Known, booking: &Booking) -> (Vec<Vec<Print>>, Vec<Option<usize>>) {
    let travellers = booking.travellers.iter();
    let prints: Vec<_> = travellers.map(|one| booking::prints(work, one)).collect();
    let places = booking::matched(&known.members, &prints);
    (prints, places)
}

fn upsert(work: &mut Work<'_>, (id, known): (RecordId, &mut Known), booking: &Booking) -> Result<(), LoadError> {
    let (prints, places) = met(work, known, booking);
    let party = party_digest(work, booking);
    for ((traveller, prints), place) in booking.travellers.iter().zip(prints).zip(&places) {
        let told = Told {
            booking,
            traveller,
            prints,
            digest: work.print(&[party.as_bytes(), &traveller_bytes(traveller)]),
        };
        match place.and_then(|place| known.members.get_mut(place)) {
            Some(member) if member.digest == told.digest && !member.left => {
                work.report.travellers.merged += 1;
            }
            Some(member) => {
                change(work, member, &told)?;
                work.report.travellers.merged += 1;
            }
            None => {
                let member = store(work, &told)?;
                known.members.push(member);
                work.report.travellers.stored += 1;
            }
        }
        booking::keep(work, id, known);
    }
    if is_whole(booking) {
        leave(work, known, &places, booking)?;
        booking::keep(work, id, known);
    }
    Ok(())
}

/// Whoever was of the party and is not any more; those met for the first time come last.
fn leave(work: &mut Work<'_>, known: &mut Known, places: &[Option<usize>], booking: &Booking) -> Result<(), LoadError> {
    let fresh = places.iter().filter(|place| place.is_none()).count();
    let before = known.members.len().saturating_sub(fresh);
    let members = known.members.iter_mut().take(before).enumerate();
    for (_, member) in members.filter(|(place, member)| !places.contains(&Some(*place)) && !member.left) {
        member.left = true;
        mark(work, member, &everything(&booking.flights, Lapsed::Cancelled))?;
    }
    Ok(())
}

/// A traveller as one message tells of it.
struct Told<'b> {
    booking: &'b Booking,
    traveller: &'b Traveller,
    prints: Vec<Print>,
    digest: String,
}

/// What a booking says of all its travellers together, and who they are, as a print.
fn party_digest(work: &Work<'_>, booking: &Booking) -> String {
    let names: Vec<_> = booking.travellers.iter().map(|one| &one.names).collect();
    let names = serde_json::to_vec(&names).unwrap_or_default();
    work.print(&[b"party", &compose::content(&compose::alone(booking)), &names])
}

fn traveller_bytes(traveller: &Traveller) -> Vec<u8> {
    serde_json::to_vec(traveller).unwrap_or_default()
}

fn store(work: &mut Work<'_>, told: &Told<'_>) -> Result<Member, LoadError> {
    let id = work.draw();
    let member = Member {
        record: id,
        prints: told.prints.clone(),
        digest: told.digest.clone(),
        left: false,
    };
    let material = correct::apply(work, told.booking, told.traveller)?;
    let record = compose::record(told.booking, material);
    keep::write(work, id, &record, told.booking)?;
    Ok(member)
}

fn change(work: &mut Work<'_>, member: &mut Member, told: &Told<'_>) -> Result<(), LoadError> {
    let stored = work.record(member.record)?;
    let old = stored.as_ref().and_then(records::read);
    let material = old.as_ref().and_then(|old| old.material.as_ref());
    let order = material.and_then(|material| version_order(material, told.booking));
    if order == Some(Ordering::Less) {
        work.note("lifecycle.late", Severity::Info, &told.booking.provenance.sender);
        return Ok(());
    }
    let (booking, traveller) = combined(material, told, order);
    let material = correct::apply(work, &booking, &traveller)?;
    let mut record = compose::record(&booking, material);
    let is_masked = stored.as_ref().is_none_or(|stored| stored.identity.is_none());
    if is_masked {
        member.record = work.draw();
    } else if let Some(old) = &old {
        record.versions.clone_from(&old.versions);
        if record.elements != old.elements {
            record.versions.extend(keep::version(work, member.record)?);
        }
    }
    keep::write(work, member.record, &record, &booking)?;
    for print in &told.prints {
        if !member.prints.contains(print) {
            member.prints.push(print.clone());
        }
    }
    member.digest.clone_from(&told.digest);
    member.left = false;
    Ok(())
}

/// What is known of a traveller, and what a message tells: as one.
fn combined(material: Option<&Material>, told: &Told<'_>, order: Option<Ordering>) -> (Booking, Traveller) {
    let closes = told.booking.notice.and_then(Notice::on_board).is_some();
    match material {
        Some(material) if closes => closed(material, told),
        Some(material) if !replaces(told.booking) => {
            let known = material.own.as_ref().unwrap_or(&material.traveller);
            let traveller = match order {
                Some(Ordering::Greater) => told.traveller.clone(),
                _ => compose::joined(known, told.traveller),
            };
            (with_flights(told.booking, &material.booking), traveller)
        }
        _ => (told.booking.clone(), told.traveller.clone()),
    }
}

/// How the version of an export's record (`src`, `src_id`, `ver`) compares with the one that is
/// known; none unless both are versions of one record. Of versions that are no numbers the last
/// one told counts.
fn version_order(material: &Material, told: &Booking) -> Option<Ordering> {
    let (known, told) = (&material.booking.provenance, &told.provenance);
    let is_one = told.source_id.is_some() && (&told.sender, &told.source_id) == (&known.sender, &known.source_id);
    if !is_one || told.control_ref.is_empty() || known.control_ref.is_empty() {
        return None;
    }
    match (told.control_ref.parse::<u64>(), known.control_ref.parse::<u64>()) {
        (Ok(told), Ok(known)) => Some(told.cmp(&known)),
        _ if told.control_ref == known.control_ref => Some(Ordering::Equal),
        _ => Some(Ordering::Greater),
    }
}

/// A booking as told, with the flights that are known besides: some messages tell one at a time.
fn with_flights(told: &Booking, known: &Booking) -> Booking {
    let mut booking = told.clone();
    let fresh: Vec<_> = told.flights.iter().map(booking::flight_key).collect();
    let mut flights = known.flights.clone();
    flights.retain(|flight| !fresh.contains(&booking::flight_key(flight)));
    flights.append(&mut booking.flights);
    flights.sort_by_key(|flight| (flight.dep_local, flight.dep_date));
    booking.flights = flights;
    booking
}

/// A close-out names who is on board; what the list said of them stays.
fn closed(material: &Material, told: &Told<'_>) -> (Booking, Traveller) {
    let mut traveller = material.traveller.clone();
    traveller.boarded = told.traveller.boarded;
    (material.booking.clone(), traveller)
}

/// A cancellation names travellers, or means all of them.
fn cancel(work: &mut Work<'_>, (id, known): (RecordId, &mut Known), booking: &Booking) -> Result<(), LoadError> {
    let (prints, places) = met(work, known, booking);
    let mut cancelled = booking.clone();
    let lapses = everything(&booking.flights, Lapsed::Cancelled);
    compose::lapse(&mut cancelled, &lapses);
    let party = party_digest(work, booking);
    for ((traveller, prints), place) in booking.travellers.iter().zip(prints).zip(&places) {
        match place.and_then(|place| known.members.get_mut(place)) {
            Some(member) => {
                mark(work, member, &lapses)?;
                work.report.travellers.merged += 1;
            }
            None => {
                let told = Told {
                    booking: &cancelled,
                    traveller,
                    prints,
                    digest: work.print(&[party.as_bytes(), b"cancelled", &traveller_bytes(traveller)]),
                };
                let member = store(work, &told)?;
                known.members.push(member);
                work.report.travellers.stored += 1;
                work.report.cancelled += 1;
            }
        }
        booking::keep(work, id, known);
    }
    if booking.travellers.is_empty() {
        lapse_all(work, known, &everything(&booking.flights, Lapsed::Cancelled))?;
    }
    Ok(())
}

/// Marks every traveller of a booking; no lapse given means every flight.
pub(super) fn lapse_all(work: &mut Work<'_>, known: &mut Known, lapses: &[Lapse]) -> Result<(), LoadError> {
    let mut members = known.members.iter_mut().filter(|member| !member.left);
    members.try_for_each(|member| mark(work, member, lapses))
}

/// Writes lapses into the status of a record; its keys and its retention stay those it has.
fn mark(work: &mut Work<'_>, member: &mut Member, lapses: &[Lapse]) -> Result<(), LoadError> {
    let Some(stored) = work.record(member.record)? else {
        return Ok(());
    };
    let Some(mut record) = records::read(&stored) else {
        return Ok(());
    };
    let before = record.elements.clone();
    let Some(material) = &mut record.material else {
        return Ok(());
    };
    let all = if lapses.is_empty() {
        everything(&material.booking.flights, Lapsed::Cancelled)
    } else {
        lapses.to_vec()
    };
    compose::lapse(&mut material.booking, &all);
    compose::renew(&mut record, &compose::STATUS);
    if record.elements == before {
        return Ok(());
    }
    record.versions.extend(keep::version(work, member.record)?);
    work.put(member.record, stored.day, &record)?;
    // What the booking says next is news, even if it said so before.
    member.digest.clear();
    match all.first().map(|lapse| lapse.status) {
        Some(Lapsed::Unknown) => work.report.unknown += 1,
        _ => work.report.cancelled += 1,
    }
    Ok(())
}

fn everything(flights: &[crate::ingest::model::Flight], status: Lapsed) -> Vec<Lapse> {
    let lapse = |flight| Lapse {
        flight: booking::flight_key(flight),
        status,
    };
    flights.iter().map(lapse).collect()
}

/// Bookings split from each other name each other, and stay two.
fn link_splits(work: &mut Work<'_>, known: &Known, booking: &Booking) -> Result<(), LoadError> {
    for locator in &booking.split {
        let mut other = Booking::new(booking.kind, booking.provenance.clone());
        other.locators.push(locator.clone());
        other.flights.clone_from(&booking.flights);
        let Some((id, mut parent)) = booking::find(work, &other)? else {
            continue;
        };
        let Some(mine) = known.locators.first().filter(|mine| !parent.split.contains(mine)) else {
            continue;
        };
        parent.split.push(mine.clone());
        for member in &parent.members {
            let Some(stored) = work.record(member.record)? else {
                continue;
            };
            let Some(mut record) = records::read(&stored) else {
                continue;
            };
            let Some(material) = &mut record.material else { continue };
            material.booking.split.push(mine.clone());
            compose::renew(&mut record, &["pnr.11_split"]);
            record.versions.extend(keep::version(work, member.record)?);
            work.put(member.record, stored.day, &record)?;
        }
        booking::keep(work, id, &parent);
    }
    Ok(())
}
