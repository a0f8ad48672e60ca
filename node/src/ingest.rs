//! Passenger messages in, travellers out.
//!
//! ```text
//! bytes -> dress -> edifact -> {paxlst, pnrgov} -> model -> Decoded
//!       -> xml (PNRGOV) ---------------------------^
//!       -> ndjson, {csv, json} -> mapping -> profile
//! ```
//!
//! Decoding never fails: what cannot be read becomes a [`Finding`] with a position and a rule,
//! and travellers that are lost with it are counted. What the law forbids to process
//! (Directive (EU) 2016/681 Art. 13(4)) never leaves a decoder; only a count per code does.
//! No finding, error or `Debug` output carries content of a message.

pub mod acknowledge;
mod csv;
pub mod cusres;
pub mod date;
mod docs;
mod dress;
pub mod edifact;
pub mod finding;
mod json;
pub mod mapping;
pub mod model;
mod ndjson;
mod paxlst;
mod pnrgov;
mod profile;
pub mod report;
pub mod sensitive;
mod xml;

pub use finding::{Finding, Position, Severity};
pub use mapping::{Mapping, MappingError};
pub use model::{Booking, Traveller};
pub use report::Decoded;

use edifact::Message;
use piux_protocol::vocabulary::Timestamp;

/// Largest file that is decoded, in bytes.
pub const FILE_BYTES: usize = 64 * 1024 * 1024;

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
            .find(|b| !dress::is_padding(**b) && !matches!(**b, 0xEF | 0xBB | 0xBF));
        match first {
            Some(b'{') => Some(Self::Ndjson),
            Some(b'[') => Some(Self::Json),
            Some(b'<') => Some(Self::Xml),
            _ if csv::looks_like_profile(bytes) => Some(Self::Csv),
            _ => dress::next(bytes, 0).map(|_| Self::Edifact),
        }
    }
}

/// Decodes a file. Never fails: what is lost is in [`Decoded::findings`] and [`Decoded::rejected`].
/// `received` gives the date where a message has none.
pub fn decode(bytes: &[u8], format: Option<Format>, received: Timestamp) -> Decoded {
    let mut out = Decoded::default();
    if bytes.len() > FILE_BYTES {
        out.reject(0, "limit.file", Position::default());
        return out;
    }
    match format.or_else(|| Format::detect(bytes)) {
        Some(Format::Edifact) => decode_edifact(bytes, received, &mut out),
        Some(format) => {
            let mut bytes = bytes;
            let read: std::io::Result<()> = read_units(&mut bytes, format, None, received, &mut |part| {
                absorb(&mut out, part);
                Ok(())
            });
            debug_assert!(read.is_ok(), "memory can always be read");
        }
        None if dress::is_blank(bytes) => out.note("format.empty", Severity::Warning, Position::default()),
        None => out.reject(0, "format.unknown", Position::default()),
    }
    out
}

/// Decodes a stream part by part: `each` takes what one message, line or other unit gave, in order,
/// and may stop the reading. No more than one unit is held in memory.
pub fn read<E: From<std::io::Error>>(
    input: &mut dyn std::io::BufRead,
    format: Option<Format>,
    received: Timestamp,
    each: &mut dyn FnMut(Decoded) -> Result<(), E>,
) -> Result<(), E> {
    if let Some(format) = format.filter(|format| *format != Format::Edifact) {
        return read_units(input, format, None, received, each);
    }
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    each(decode(&bytes, format, received))
}

/// The same for an export that a mapping file explains.
pub fn read_mapped<E: From<std::io::Error>>(
    input: &mut dyn std::io::BufRead,
    mapping: &Mapping,
    received: Timestamp,
    each: &mut dyn FnMut(Decoded) -> Result<(), E>,
) -> Result<(), E> {
    read_units(input, mapping.format(), Some(mapping), received, each)
}

/// Every format but EDIFACT, unit by unit: a PNR, a booking's lines.
fn read_units<E: From<std::io::Error>>(
    input: &mut dyn std::io::BufRead,
    format: Format,
    mapping: Option<&Mapping>,
    received: Timestamp,
    each: &mut dyn FnMut(Decoded) -> Result<(), E>,
) -> Result<(), E> {
    let profile = Mapping::profile();
    let mapping = mapping.unwrap_or(&profile);
    match format {
        Format::Edifact => Ok(()),
        Format::Ndjson => ndjson::read(input, received, each),
        Format::Xml => xml::read(input, received, each),
        Format::Csv => csv::read(input, received, mapping, each),
        Format::Json => json::read(input, received, mapping, each),
    }
}

fn absorb(out: &mut Decoded, part: Decoded) {
    out.messages += part.messages;
    out.rejected += part.rejected;
    out.travellers_read += part.travellers_read;
    out.findings_dropped += part.findings_dropped;
    for finding in part.findings {
        out.note(finding.rule, finding.severity, finding.position);
    }
    for (code, count) in part.sensitive_removed {
        *out.sensitive_removed.entry(code).or_default() += count;
    }
    for (kind, count) in part.text_withheld {
        *out.text_withheld.entry(kind).or_default() += count;
    }
    out.bookings.extend(part.bookings);
}

fn decode_edifact(bytes: &[u8], received: Timestamp, out: &mut Decoded) {
    let any = edifact::messages(bytes, received.date(), out, &mut dispatch);
    if !any {
        out.reject(0, "format.unknown", Position::default());
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
}
