//! The store on a real disk: durable, sealed, forgetful where it must be, honest when damaged.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod store {
    mod setting;

    mod damage;
    mod documents;
    mod durability;
    mod erasure;
    mod index;
    mod records;
}
