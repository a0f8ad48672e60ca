//! The bytes of segments and frames.

use super::super::LedgerError;
use piux_protocol::vocabulary::{Digest, sha256};

const SEGMENT_MAGIC: &[u8; 8] = b"PIUXWAL1";
const FRAME_MAGIC: &[u8; 4] = b"PXF1";
/// Bytes of a frame before its payload.
pub(super) const HEADER: usize = 4 + 8 + 4 + 4 + 32;
const CHECKSUM: usize = 4;

/// One entry as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Item {
    /// The canonical leaf.
    pub(in super::super) leaf: Vec<u8>,
    /// One line of sealed details, or nothing.
    pub(in super::super) detail: Vec<u8>,
}

impl Item {
    pub(in super::super) const fn encoded_len(&self) -> usize {
        8 + self.leaf.len() + self.detail.len()
    }
}

/// The head of a segment.
pub(super) struct SegmentHead {
    pub(super) number: u64,
    pub(super) first: u64,
    pub(super) previous: Digest,
    pub(super) origin: Digest,
}

impl SegmentHead {
    pub(super) const LENGTH: usize = 8 + 8 + 8 + 32 + 32 + CHECKSUM;

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = SEGMENT_MAGIC.to_vec();
        bytes.extend_from_slice(&self.number.to_be_bytes());
        bytes.extend_from_slice(&self.first.to_be_bytes());
        bytes.extend_from_slice(&self.previous.0);
        bytes.extend_from_slice(&self.origin.0);
        bytes.extend_from_slice(&crc32c(&bytes).to_be_bytes());
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let body = checked(bytes.get(..Self::LENGTH)?)?;
        let (magic, rest) = body.split_first_chunk::<8>()?;
        let (number, rest) = rest.split_first_chunk::<8>()?;
        let (first, rest) = rest.split_first_chunk::<8>()?;
        let (previous, origin) = rest.split_first_chunk::<32>()?;
        (magic == SEGMENT_MAGIC).then_some(Self {
            number: u64::from_be_bytes(*number),
            first: u64::from_be_bytes(*first),
            previous: Digest(*previous),
            origin: Digest(origin.try_into().ok()?),
        })
    }
}

/// A frame as read.
pub(super) struct Frame {
    pub(super) first: u64,
    pub(super) previous: Digest,
    pub(super) items: Vec<Item>,
    pub(super) hash: Digest,
    pub(super) length: usize,
}

impl Frame {
    pub(super) fn encode(first: u64, previous: &Digest, items: &[Item]) -> Result<Vec<u8>, LedgerError> {
        let size = |length: usize| u32::try_from(length).map_err(|_| LedgerError::TooLarge);
        let payload: usize = items.iter().map(Item::encoded_len).sum();
        let mut bytes = Vec::with_capacity(HEADER + payload + CHECKSUM);
        bytes.extend_from_slice(FRAME_MAGIC);
        bytes.extend_from_slice(&first.to_be_bytes());
        bytes.extend_from_slice(&size(items.len())?.to_be_bytes());
        bytes.extend_from_slice(&size(payload)?.to_be_bytes());
        bytes.extend_from_slice(&previous.0);
        for part in items.iter().flat_map(|item| [&item.leaf, &item.detail]) {
            bytes.extend_from_slice(&size(part.len())?.to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes.extend_from_slice(&crc32c(&bytes).to_be_bytes());
        Ok(bytes)
    }

    /// The sound frame at the start of `bytes`, if there is one.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk::<4>()?;
        let (first, rest) = rest.split_first_chunk::<8>()?;
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let (payload, rest) = rest.split_first_chunk::<4>()?;
        let (previous, _) = rest.split_first_chunk::<32>()?;
        if magic != FRAME_MAGIC {
            return None;
        }
        let payload = usize::try_from(u32::from_be_bytes(*payload)).ok()?;
        let length = HEADER.checked_add(payload)?.checked_add(CHECKSUM)?;
        let whole = bytes.get(..length)?;
        let items = decode_items(checked(whole)?.get(HEADER..)?)?;
        let complete = items.len() == usize::try_from(u32::from_be_bytes(*count)).ok()?;
        complete.then(|| Self {
            first: u64::from_be_bytes(*first),
            previous: Digest(*previous),
            items,
            hash: sha256(whole),
            length,
        })
    }

    /// Whether a sound frame starts anywhere in `bytes`.
    pub(super) fn any_in(bytes: &[u8]) -> bool {
        let starts = bytes
            .windows(FRAME_MAGIC.len())
            .enumerate()
            .filter(|(_, window)| window == FRAME_MAGIC);
        starts
            .into_iter()
            .any(|(at, _)| bytes.get(at..).and_then(Self::decode).is_some())
    }
}

fn decode_items(mut payload: &[u8]) -> Option<Vec<Item>> {
    let mut items = Vec::new();
    while !payload.is_empty() {
        let (leaf, rest) = take(payload)?;
        let (detail, rest) = take(rest)?;
        items.push(Item {
            leaf: leaf.to_vec(),
            detail: detail.to_vec(),
        });
        payload = rest;
    }
    Some(items)
}

fn take(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

/// The bytes before a right checksum.
fn checked(bytes: &[u8]) -> Option<&[u8]> {
    let (body, checksum) = bytes.split_last_chunk::<CHECKSUM>()?;
    (crc32c(body) == u32::from_be_bytes(*checksum)).then_some(body)
}

/// CRC-32C (Castagnoli), as in RFC 3720 appendix B.4.
fn crc32c(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        let at = usize::from(crc.to_le_bytes()[0] ^ byte);
        (crc >> 8) ^ TABLE.get(at).copied().unwrap_or_default()
    };
    !bytes.iter().fold(u32::MAX, step)
}

static TABLE: [u32; 256] = table();

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses an index out of bounds"
)]
const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut crc = at as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0x82f6_3b78
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[at] = crc;
        at += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test may stop at the first surprise"
    )]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_checksum_is_that_of_rfc_3720() {
        assert_eq!(crc32c(&[0; 32]), 0x8a91_36aa);
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    }

    proptest! {
        #[test]
        fn a_frame_reads_back_and_a_changed_one_does_not(
            parts in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..80), prop::collection::vec(any::<u8>(), 0..40)), 1..6),
            first: u64, spot: prop::sample::Index, bit in 0..8_u8,
        ) {
            let items: Vec<_> = parts.into_iter().map(|(leaf, detail)| Item { leaf, detail }).collect();
            let mut bytes = Frame::encode(first, &Digest([3; 32]), &items).unwrap();
            let frame = Frame::decode(&bytes).unwrap();
            prop_assert_eq!((frame.first, frame.items, frame.length), (first, items, bytes.len()));
            let at = spot.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert!(Frame::decode(&bytes).is_none());
        }

        #[test]
        fn no_bytes_make_the_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let framed = [FRAME_MAGIC.as_slice(), &bytes].concat();
            prop_assert!(Frame::decode(&framed).is_none() && SegmentHead::decode(&bytes).is_none());
            prop_assert!(!Frame::any_in(&framed));
        }
    }
}
