//! Notes, checkpoints, proofs and tiles of a partner's ledger.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piux_protocol::transparency::{Checkpoint, LogProof, Note, Tile, decode_bundle, encode_bundle};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(entries) = decode_bundle(bytes) {
        assert_eq!(encode_bundle(&entries).as_deref(), Ok(bytes));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = text.parse::<Note>();
    let _ = text.parse::<LogProof>();
    let _ = text.parse::<Tile>();
    if let Ok(checkpoint) = text.parse::<Checkpoint>() {
        assert_eq!(checkpoint.to_string().parse::<Checkpoint>().as_ref(), Ok(&checkpoint));
    }
});
