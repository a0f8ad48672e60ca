//! What holds of every decoded input, whatever its format.

#![allow(dead_code, reason = "each target needs its part")]

use piux_node::ingest::{Decoded, Format, decode};
use piux_protocol::vocabulary::Timestamp;

/// The time of receipt.
pub fn now() -> Timestamp {
    Timestamp::from_seconds(1_772_654_400)
}

/// Decodes, and checks that everybody is accounted for.
pub fn balanced(bytes: &[u8], format: Option<Format>) -> Decoded {
    let decoded = decode(bytes, format, now());
    settled(&decoded);
    assert!(
        decoded.position_end <= bytes.len() as u64,
        "no unit ends behind the input"
    );
    decoded
}

/// Every traveller is kept or rejected.
pub fn settled(decoded: &Decoded) {
    let kept: usize = decoded.bookings.iter().map(|booking| booking.travellers.len()).sum();
    assert_eq!(
        decoded.travellers_read,
        kept + decoded.rejected,
        "every traveller is kept or rejected"
    );
}
