//! One running authority: the only crate with state.
//!
//! # Floors
//!
//! Each floor calls those below it, never those above.
//!
//! ```text
//! main -> cli -> server -> http -> node -> { answer, ask, load } -> ledger -> { store, keys, clock }
//!                                   |          |      |     |
//!                                 config    requests  |   ingest (decoders, no state)
//!                                           records  agreements, partners, epochs
//! ```
//!
//! # The journey of a question
//!
//! ```text
//! HTTP bytes -> SignedRequest -> Admitted -> Authorized -> Permitted -> Findings -> Answer -> Recorded<Answer> -> signed -> HTTP
//!               (http)          (known      (purpose      (policy      (index)     (body    (ledger leaf    (promise header,
//!                                partner,    token)        decision                 bytes)   with the        then signature)
//!                                signature,                with clauses)                     body digest)
//!                                time, new)
//! ```
//!
//! Each station consumes what the last one proved. `VerifiedRequest`, `Permit` and
//! [`ledger::Recorded`] have one maker each, and only a `Recorded` can be signed.
//!
//! # Invariants
//!
//! 1. Nothing leaves unless its ledger entry is durable. Ledger not writable: 503, no answer.
//! 2. Only `policy/src/rules.rs` names Cedar; only [`store`] names redb and sled; only [`http`] names axum; only [`clock`]
//!    reads time; randomness comes from [`keys::SystemRandom`].
//! 3. [`answer`] never sees a raw identifier. They exist in `piux_protocol::identifier`, in [`ingest`] and [`load`],
//!    in [`ask`], and inside sealed records.
//! 4. Personal data never reaches a log line, a metric, an error text, a ledger leaf or a panic message.
//! 5. Keys never enter the store; the store only ever holds sealed values.
//! 6. Status codes appear only in `http/problem.rs`.
//! 7. Policy, agreement, key and partner changes are ledger entries like any other.
//! 8. No silent miss: a mismatch of epoch, agreement version or index freshness is a typed refusal.
//! 9. Agreements only narrow: profile, national rules and agreement are intersected; an unknown term is a load error.

pub mod agreements;
pub mod answer;
pub mod ask;
pub mod cli;
pub mod clock;
pub mod command;
pub mod config;
pub mod epochs;
pub mod files;
pub mod founding;
pub mod ground;
pub mod http;
pub mod ingest;
pub mod keys;
pub mod ledger;
pub mod load;
pub mod measure;
pub mod node;
pub mod partners;
pub mod quarantine;
pub mod records;
pub mod requests;
pub mod run_files;
pub mod server;
pub mod store;
pub mod synth;
pub mod telemetry;
pub mod watch;
