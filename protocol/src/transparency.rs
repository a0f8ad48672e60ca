//! What can be proved about a ledger, by anyone, without trusting who keeps it.
//!
//! The formats are those of C2SP: an RFC 6962 Merkle tree in the `tlog-tiles` layout
//! ([`Tile`]), tree heads as `tlog-checkpoint` ([`Checkpoint`]) in signed notes
//! ([`Note`], Ed25519 type 0x01), evidence as `tlog-proof` ([`LogProof`]).
//! Details that are no part of the tree are sealed to the data protection
//! officer and committed to in the leaf ([`detail`]).
//!
//! A tile is never evidence. Whoever reads tiles rebuilds the root from the
//! leaves ([`Tree`]), or builds an explicit proof and checks it against a signed
//! root ([`verify_inclusion`]); nothing here answers "the tile says so".
//!
//! Out of scope: files, clocks, networks, and what a leaf says.

mod checkpoint;
pub mod detail;
mod merkle;
mod note;
mod proof;
mod tile;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use merkle::{
    Nodes, ProofError, Tree, empty_root, leaf_hash, node_hash, prove_consistency, prove_inclusion, root,
    verify_consistency, verify_inclusion,
};
pub use note::{Note, NoteError, NoteSignature, NoteSigner, NoteVerifier};
pub use proof::{LogProof, LogProofError};
pub use tile::{
    BUNDLE_ENTRY_MAX, Shelf, TILE_WIDTH, Tile, TileError, TileNodes, decode_bundle, encode_bundle, tile_bytes,
    tiles_between,
};
