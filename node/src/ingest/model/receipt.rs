//! What an acknowledgement repeats of the message it answers.

use super::{Flight, Provenance, redacted};

redacted!(Receipt);

/// One passenger list or push as it was received: what an acknowledgement repeats.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its header.
    pub provenance: Provenance,
    /// Its reference within the interchange (`UNH` 0062).
    pub message_ref: String,
    /// The transaction it says it is (`RFF+TN`), to be repeated.
    pub transaction: Option<String>,
    /// The flight it is about.
    pub flight: Option<Flight>,
    /// Ordinal of the message in the file, as findings name it.
    pub message: usize,
    /// Travellers loaded from it.
    pub travellers: usize,
    /// Travellers, or messages whose travellers cannot be counted, lost with it.
    pub rejected: usize,
}

impl Receipt {
    /// Whether everything was taken.
    pub const fn is_accepted(&self) -> bool {
        self.rejected == 0
    }
}
