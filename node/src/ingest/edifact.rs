//! The EDIFACT syntax layer (ISO 9735-1): delimiters, segments, elements, messages.
//!
//! A segment borrows its bytes from the file; elements and components are found when asked
//! for and nothing is allocated until a text holds a release character, a line break or a
//! byte that is not UTF-8. Line breaks inside values are transport (AIRIMP line length) and
//! vanish without leaving a blank.

mod delimiters;
mod dress;
mod interchange;
mod message;
mod piece;
mod scan;
mod segment;
mod unit;
mod window;

pub use delimiters::Delimiters;
pub(crate) use dress::{is_blank, is_padding};
pub(crate) use interchange::read;
pub(crate) use message::Message;
pub use segment::{Element, Segment};

use scan::Segments;

/// Longest segment that is read.
pub const SEGMENT_BYTES: usize = 64 * 1024;
/// Most segments of one message that are read; those beyond are passed over and counted.
pub const MESSAGE_SEGMENTS: usize = 100_000;
/// Most bytes of one message that are held; segments beyond are passed over and counted.
pub const MESSAGE_BYTES: usize = 64 * 1024 * 1024;

/// Whether an interchange begins somewhere in these bytes.
pub(crate) fn begins_in(bytes: &[u8]) -> bool {
    dress::next(bytes, 0, true).is_some()
}

/// The segments of a file from its first interchange on, read with the delimiters it advises:
/// for tools that look at syntax alone. Empty if there is no interchange.
pub fn segments(bytes: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    let start = dress::next(bytes, 0, true);
    start
        .into_iter()
        .flat_map(|start| Segments::new(bytes, start.at, start.delimiters))
}

#[cfg(test)]
mod tests;
