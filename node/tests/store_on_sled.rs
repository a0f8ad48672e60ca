//! The store on a real disk, its rows in sled: durable, sealed, forgetful where it must be,
//! honest when damaged.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use piux_node::store::EngineKind;

/// The same promises hold on every engine.
const ENGINE: EngineKind = EngineKind::Sled;

mod store {
    mod setting;

    mod damage;
    mod documents;
    mod durability;
    mod erasure;
    mod index;
    mod records;

    mod sled_damage;
}
