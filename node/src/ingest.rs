//! Passenger messages in, travellers out.
//!
//! ```text
//! bytes -> edifact -> {paxlst, pnrgov} -> model -> Decoded
//!       -> xml (PNRGOV) -------------------^
//!       -> ndjson, {csv, json} -> mapping -> profile
//! ```
//!
//! Decoding never fails: what cannot be read becomes a [`Finding`] with a position and a rule,
//! and travellers that are lost with it are counted. What the law forbids to process
//! (Directive (EU) 2016/681 Art. 13(4)) never leaves a decoder; only a count per code does.
//! No finding, error or `Debug` output carries content of a message.
//!
//! A stream is read unit by unit (one message, one PNR, one booking's lines): [`read`] holds no more than one of them,
//! whatever the size of the file. Parts of one push are put together by [`load`](crate::load).

mod acknowledge;
mod csv;
mod cusres;
pub mod date;
mod docs;
pub mod edifact;
pub mod finding;
mod json;
pub mod mapping;
pub mod meaning;
pub mod model;
mod ndjson;
mod part;
mod paxlst;
mod pnrgov;
mod profile;
pub mod report;
pub mod sensitive;
mod xml;

pub use finding::{ElementPath, Finding, Position, Severity};
pub use mapping::{Mapping, MappingError};
pub use model::{Booking, Traveller};
pub use report::{Decoded, Lost};

use edifact::Message;
use piux_protocol::vocabulary::Timestamp;
use std::io::{BufRead, Cursor, Read};

/// How much of a stream is looked at to tell its format.
const DETECT_BYTES: u64 = 8 * 1024;

/// The formats a file can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// UN/EDIFACT interchanges with PAXLST and PNRGOV messages, mixed or not.
    Edifact,
    /// The national profile `piu-passenger-v1`, one traveller on one flight per line.
    Ndjson,
    /// PNRGOV XML.
    Xml,
    /// A table: our profile, or any that a [`Mapping`] explains.
    Csv,
    /// A JSON document: an array of our profile, or any that a [`Mapping`] explains.
    Json,
}

impl Format {
    /// What a file looks like; none if like nothing known.
    pub fn detect(bytes: &[u8]) -> Option<Self> {
        let first = bytes
            .iter()
            .find(|b| !edifact::is_padding(**b) && !matches!(**b, 0xEF | 0xBB | 0xBF));
        match first {
            Some(b'{') => Some(Self::Ndjson),
            Some(b'[') => Some(Self::Json),
            Some(b'<') => Some(Self::Xml),
            _ if csv::looks_like_profile(bytes) => Some(Self::Csv),
            _ => edifact::begins_in(bytes).then_some(Self::Edifact),
        }
    }
}

/// Decodes a file that is in memory. Never fails: what is lost is in [`Decoded::findings`] and
/// [`Decoded::rejected`]. `received` gives the date where a message has none.
pub fn decode(mut bytes: &[u8], format: Option<Format>, received: Timestamp) -> Decoded {
    let mut out = Decoded::default();
    let mut absorb = |part| {
        out.absorb(part);
        Ok::<_, std::io::Error>(())
    };
    if read(&mut bytes, format, received, &mut absorb).is_err() {
        out.reject(0, "format.unreadable", Position::default());
    }
    out
}

/// Decodes a stream part by part: `each` takes what one message, line or other unit gave, in order,
/// and may stop the reading. No more than one unit is held in memory, and a unit is bounded
/// ([`edifact::MESSAGE_BYTES`]). The last part may hold findings alone.
pub fn read<E: From<std::io::Error>>(
    input: &mut dyn BufRead,
    format: Option<Format>,
    received: Timestamp,
    each: &mut dyn FnMut(Decoded) -> Result<(), E>,
) -> Result<(), E> {
    resume(input, format, received, 0, each)
}

/// Decodes what comes after a point where reading stopped: `after` is a [`Decoded::position_end`] that
/// an earlier reading of the same stream told. The input is the whole stream, from its first byte:
/// what was read is passed over cheaply, so that delimiters, sender and ordinals are known.
pub fn resume<E: From<std::io::Error>>(
    input: &mut dyn BufRead,
    format: Option<Format>,
    received: Timestamp,
    after: u64,
    each: &mut dyn FnMut(Decoded) -> Result<(), E>,
) -> Result<(), E> {
    let mut head = Vec::new();
    if format.is_none() {
        (&mut *input).take(DETECT_BYTES).read_to_end(&mut head)?;
    }
    let format = format.or_else(|| Format::detect(&head));
    let mut input = Cursor::new(head).chain(input);
    let mut later = later(after, each);
    let profile = Mapping::profile();
    match format {
        Some(Format::Ndjson) => ndjson::read(&mut input, received, &mut later),
        Some(Format::Xml) => xml::read(&mut input, received, &mut later),
        Some(Format::Csv) => csv::read(&mut input, received, &profile, &mut later),
        Some(Format::Json) => json::read(&mut input, received, &profile, &mut later),
        Some(Format::Edifact) | None => edifact::read(&mut input, received.date(), after, dispatch, &mut later),
    }
}

/// Decodes an export that a mapping file explains, as [`resume`] does.
pub fn resume_mapped<E: From<std::io::Error>>(
    input: &mut dyn BufRead,
    mapping: &Mapping,
    received: Timestamp,
    after: u64,
    each: &mut dyn FnMut(Decoded) -> Result<(), E>,
) -> Result<(), E> {
    let mut later = later(after, each);
    match mapping.format() {
        Format::Json => json::read(input, received, mapping, &mut later),
        _ => csv::read(input, received, mapping, &mut later),
    }
}

/// Hands on what ends after a point, and what does not tell where it ends.
fn later<E>(after: u64, each: &mut dyn FnMut(Decoded) -> Result<(), E>) -> impl FnMut(Decoded) -> Result<(), E> {
    move |part| match part.position_end {
        1.. if part.position_end <= after => Ok(()),
        _ => each(part),
    }
}

/// Hands a message to the reader of its type. The version is data, the type decides.
fn dispatch(message: &Message<'_>, out: &mut Decoded) {
    match message.header.text(2, 0).as_ref() {
        "PAXLST" if message.header.text(2, 1) == "001" => paxlst::legacy::decode(message, out),
        "PAXLST" => paxlst::decode(message, out),
        "PNRGOV" => pnrgov::decode(message, out),
        "CUSRES" => cusres::decode(message, out),
        "ACKRES" => cusres::acknowledgement(message, out),
        "GOVREQ" => out.note("message.request", Severity::Info, message.start()),
        "CONTRL" => out.note("message.not_passengers", Severity::Info, message.start()),
        _ => out.reject(0, "message.unknown", message.start()),
    }
    out.parts.extend(part::of(message));
}
