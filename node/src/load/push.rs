//! Pushes: a full one that is complete cancels what it leaves out (IATA PNRGOV guide 8.1).
//!
//! Parts come in any order, in one file or in many. A push is complete when every part up to the
//! final one came and as many bookings as announced. What an incomplete one leaves out is marked
//! unknown, once nothing more can come or nothing came for five minutes. A passenger list in parts
//! waits in the same way; it cancels nobody, but what is missing is told.

use super::LoadError;
use super::booking::{self, Lapse, Lapsed, flight_key};
use super::lifecycle;
use super::work::Work;
use crate::ingest::model::{BookingKind, Function, Notice, Provenance, Push, PushKind, Role};
use crate::ingest::{Booking, Decoded, Severity, Traveller};
use crate::store::RecordId;
use piux_protocol::vocabulary::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How long a push waits for its next part.
pub(super) const PATIENCE_SECONDS: i64 = 300;
/// Most parts of one push.
const PARTS: u32 = 9_999;
/// Pushes remembered per flight, so that each counts once.
const DONE: usize = 32;
const OPEN_PUSHES: &[u8] = b"pushes\0open";

/// What pushes said of one flight. Lies in the store sealed.
#[derive(Default, Serialize, Deserialize)]
struct FlightState {
    /// Bookings that hold the flight.
    active: BTreeSet<RecordId>,
    open: Option<OpenPush>,
    /// Prints of the messages of pushes that are settled.
    done: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct OpenPush {
    /// A passenger list in parts: whoever it leaves out may be in another one.
    #[serde(default)]
    is_list: bool,
    sender: String,
    /// Every part that came, with the print of its message.
    parts: BTreeMap<u32, String>,
    last: Option<u32>,
    total: Option<usize>,
    bookings: BTreeSet<RecordId>,
    touched: Timestamp,
}

/// The flights of pushes that wait for parts.
type Waiting = BTreeMap<String, Timestamp>;

/// Notes that a booking came in a push, or a list told of a flight; names the push or list if it may be complete now.
pub(super) fn observe(work: &mut Work<'_>, booking: &Booking, ids: &[RecordId]) -> Result<Option<String>, LoadError> {
    let Some(push) = &booking.push else { return Ok(None) };
    let Some(flight) = push
        .flight
        .as_ref()
        .map(|flight| format!("{} {}", flight_key(flight), flight.board))
    else {
        return Ok(None);
    };
    match push.kind {
        PushKind::List => {
            list(work, booking, &flight, ids)?;
            if !push.is_whole() {
                let from = &booking.provenance;
                let list = format!("list {} {}", from.sender, from.access_ref);
                gather(work, (booking, push), &list, &counted(booking, push, ids))?;
                return Ok(Some(list));
            }
        }
        PushKind::Update => update(work, booking, &flight, ids)?,
        PushKind::Full => {
            gather(work, (booking, push), &flight, ids)?;
            return Ok(Some(flight));
        }
    }
    Ok(None)
}

/// Notes messages of full pushes that hold no booking: also they say that nobody travels.
/// Returns the flights of which a push may be complete.
pub(super) fn observe_empty(work: &mut Work<'_>, unit: &Decoded) -> Result<Vec<String>, LoadError> {
    let mut flights = Vec::new();
    for receipt in unit.receipts.iter().filter(|receipt| receipt.rejected == 0) {
        let from = &receipt.provenance;
        let same = |other: &Provenance| other.control_ref == from.control_ref && other.part == from.part;
        let has_bookings = unit.bookings.iter().any(|booking| same(&booking.provenance));
        let Some(part) = unit
            .parts
            .iter()
            .find(|part| same(&part.provenance) && part.carried == 0)
        else {
            continue;
        };
        if has_bookings || from.function != "22" || !from.message_type.starts_with("PNRGOV") {
            continue;
        }
        let (ordinal, last) = Push::place(&from.part);
        let mut empty = Booking::new(BookingKind::Pnr, from.clone());
        empty.push = Some(Push {
            kind: PushKind::Full,
            flight: receipt.flight.clone(),
            total: part.total,
            of_crew: false,
            part: ordinal,
            last,
        });
        flights.extend(observe(work, &empty, &[])?);
    }
    Ok(flights)
}

/// Settles a push or list if it is complete, or can no longer be.
pub(super) fn advance(work: &mut Work<'_>, flight: &str) -> Result<(), LoadError> {
    let Some(mut state) = work.memo::<FlightState>(&name("flight", flight))? else {
        return Ok(());
    };
    let Some(open) = state.open.take_if(|open| open.has_all_parts()) else {
        return Ok(());
    };
    settle(work, flight, &mut state, open)
}

/// Gives up pushes that waited too long.
pub(super) fn expire(work: &mut Work<'_>) -> Result<(), LoadError> {
    let waiting: Waiting = work.memo(OPEN_PUSHES)?.unwrap_or_default();
    let due = |since: &Timestamp| since.plus_seconds(PATIENCE_SECONDS) <= work.now;
    let due: Vec<String> = waiting
        .iter()
        .filter(|(_, since)| due(since))
        .map(|(flight, _)| flight.clone())
        .collect();
    for flight in due {
        let mut state: FlightState = work.memo(&name("flight", &flight))?.unwrap_or_default();
        match state.open.take() {
            Some(open) => settle(work, &flight, &mut state, open)?,
            None => wait(work, &flight, None)?,
        }
    }
    Ok(())
}

/// How many pushes wait for parts.
pub(super) fn waiting(work: &mut Work<'_>) -> Result<u64, LoadError> {
    let waiting: Waiting = work.memo(OPEN_PUSHES)?.unwrap_or_default();
    Ok(waiting.len() as u64)
}

/// Of those in a list, the ones its total counts: passengers, or crew.
fn counted(booking: &Booking, push: &Push, ids: &[RecordId]) -> Vec<RecordId> {
    let is_crew = |traveller: &Traveller| matches!(traveller.role, Role::Crew | Role::TransitCrew);
    let each = booking.travellers.iter().zip(ids);
    each.filter(|(traveller, _)| is_crew(traveller) == push.of_crew)
        .map(|(_, id)| *id)
        .collect()
}

/// Takes a part of a push about a flight, or of a list, to the others.
fn gather(
    work: &mut Work<'_>,
    (booking, push): (&Booking, &Push),
    flight: &str,
    ids: &[RecordId],
) -> Result<(), LoadError> {
    let mut state: FlightState = work.memo(&name("flight", flight))?.unwrap_or_default();
    let message = message_print(work, booking);
    if state.done.contains(&message) {
        return Ok(());
    }
    let part = push.part.unwrap_or(1);
    if part == 0 || part > PARTS {
        work.note("push.part", Severity::Warning, &booking.provenance.sender);
        return Ok(());
    }
    let other = |open: &mut OpenPush| open.parts.get(&part).is_some_and(|known| *known != message);
    if let Some(before) = state.open.take_if(other) {
        settle(work, flight, &mut state, before)?;
    }
    let now = work.now;
    let open = state.open.get_or_insert_with(|| OpenPush {
        is_list: push.kind == PushKind::List,
        sender: booking.provenance.sender.clone(),
        parts: BTreeMap::new(),
        last: None,
        total: None,
        bookings: BTreeSet::new(),
        touched: now,
    });
    open.parts.insert(part, message);
    open.last = open.last.or(push.last.then_some(part));
    open.total = open.total.or(push.total);
    open.bookings.extend(ids);
    open.touched = now;
    wait(work, flight, Some(now))?;
    work.remember(name("flight", flight), &state);
    Ok(())
}

fn update(work: &mut Work<'_>, booking: &Booking, flight: &str, ids: &[RecordId]) -> Result<(), LoadError> {
    let mut state: FlightState = work.memo(&name("flight", flight))?.unwrap_or_default();
    for id in ids {
        match booking.function {
            Function::Upsert => state.active.insert(*id),
            Function::Cancel => state.active.remove(id),
        };
    }
    work.remember(name("flight", flight), &state);
    Ok(())
}

/// A list that cancels a flight and names nobody means everybody on it.
fn list(work: &mut Work<'_>, booking: &Booking, flight: &str, ids: &[RecordId]) -> Result<(), LoadError> {
    let mut listed: BTreeSet<RecordId> = work.memo(&name("list", flight))?.unwrap_or_default();
    if booking.notice == Some(Notice::CancelFlight) && booking.travellers.is_empty() {
        for id in &listed {
            lapse(work, *id, &[])?;
        }
    }
    if ids.iter().any(|id| listed.insert(*id)) {
        listed.extend(ids);
        work.remember(name("list", flight), &listed);
    }
    Ok(())
}

fn settle(work: &mut Work<'_>, flight: &str, state: &mut FlightState, open: OpenPush) -> Result<(), LoadError> {
    if open.is_complete() {
        work.report.pushes.complete += 1;
    } else {
        let rule = if open.is_list {
            "list.incomplete"
        } else {
            "push.incomplete"
        };
        work.report.pushes.incomplete += 1;
        work.note(rule, Severity::Warning, &open.sender);
        work.report.quality_of(&open.sender).parts_missing += open.missing_parts();
    }
    if !open.is_list {
        omit(work, flight, state, &open)?;
    }
    state.done.extend(open.parts.into_values());
    let surplus = state.done.len().saturating_sub(DONE.max(PARTS as usize));
    state.done.drain(..surplus);
    wait(work, flight, None)?;
    work.remember(name("flight", flight), state);
    Ok(())
}

/// What a push leaves out no longer holds the flight, or nobody knows whether it does.
fn omit(work: &mut Work<'_>, flight: &str, state: &mut FlightState, open: &OpenPush) -> Result<(), LoadError> {
    let missing: Vec<_> = state.active.difference(&open.bookings).copied().collect();
    let day_of_flight = flight.rsplit_once(' ').map_or(flight, |(key, _)| key);
    let lapsed = Lapse {
        flight: day_of_flight.to_owned(),
        status: if open.is_complete() {
            Lapsed::Cancelled
        } else {
            Lapsed::Unknown
        },
    };
    for id in missing {
        lapse(work, id, std::slice::from_ref(&lapsed))?;
    }
    if open.is_complete() {
        state.active.clear();
    }
    state.active.extend(&open.bookings);
    Ok(())
}

fn lapse(work: &mut Work<'_>, id: RecordId, lapses: &[Lapse]) -> Result<(), LoadError> {
    let Some(mut known) = booking::by_id(work, id)? else {
        return Ok(());
    };
    lifecycle::lapse_all(work, &mut known, lapses)?;
    booking::keep(work, id, &known);
    Ok(())
}

fn wait(work: &mut Work<'_>, flight: &str, since: Option<Timestamp>) -> Result<(), LoadError> {
    let mut waiting: Waiting = work.memo(OPEN_PUSHES)?.unwrap_or_default();
    let before = match since {
        Some(since) => waiting.insert(flight.to_owned(), since),
        None => waiting.remove(flight),
    };
    if before != since {
        work.remember(OPEN_PUSHES.to_vec(), &waiting);
    }
    Ok(())
}

fn message_print(work: &Work<'_>, booking: &Booking) -> String {
    let from = &booking.provenance;
    let prepared = from.prepared.map(|date| date.to_string()).unwrap_or_default();
    let parts = [&from.sender, &from.control_ref, &from.access_ref, &from.part, &prepared];
    work.print(
        &parts
            .map(|part| [part.as_bytes(), b"\0"].concat())
            .each_ref()
            .map(Vec::as_slice),
    )
}

fn name(what: &str, flight: &str) -> Vec<u8> {
    [b"push\0", what.as_bytes(), b"\0", flight.as_bytes()].concat()
}

impl OpenPush {
    fn has_all_parts(&self) -> bool {
        self.last
            .is_some_and(|last| (1..=last).all(|part| self.parts.contains_key(&part)))
    }

    fn is_complete(&self) -> bool {
        self.has_all_parts() && self.total.is_none_or(|total| total == self.bookings.len())
    }

    /// At least so many: without the final part nobody knows.
    fn missing_parts(&self) -> u64 {
        let last = self.last.or_else(|| self.parts.keys().next_back().map(|part| part + 1));
        let missing = (1..=last.unwrap_or(1)).filter(|part| !self.parts.contains_key(part));
        missing.count() as u64
    }
}
