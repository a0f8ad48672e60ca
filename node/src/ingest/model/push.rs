//! What a message says of the push or list it is a part of.

use super::{Flight, Provenance, redacted};
use serde::{Deserialize, Serialize};

redacted!(Push);

/// The push (PNRGOV) or list (PAXLST) a booking came in: what tells whether it is complete.
/// A booking that is not in a complete full push about its flight no longer holds that flight
/// (IATA PNRGOV guide 8.1).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Push {
    /// What the absence of a booking means.
    pub kind: PushKind,
    /// The flight the push is about (`TVL` of level 0, the first leg of a list).
    pub flight: Option<Flight>,
    /// Bookings in the whole push, all parts (`EQN`); of a list, passengers on the flight (`CNT+42`), or its crew.
    pub total: Option<usize>,
    /// The total counts the crew (`CNT+41`).
    #[serde(default)]
    pub of_crew: bool,
    /// Ordinal of this part, from 1, if the message says (`UNH` 0070).
    pub part: Option<u32>,
    /// Nothing follows: the part is marked `F`, or the message speaks of no parts.
    pub last: bool,
}

/// What one passenger message says of the push it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which message it is.
    pub provenance: Provenance,
    /// How many bookings (PNRGOV) or passengers (PAXLST) the whole push holds by its own account.
    pub total: Option<usize>,
    /// How many of them this message holds.
    pub carried: usize,
}

/// What a push holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PushKind {
    /// Every active booking of the flight (`MSG` 22): one that is missing was cancelled.
    Full,
    /// Only what is new, changed or removed (`MSG` 141): one that is missing is unchanged.
    Update,
    /// A passenger or crew list (PAXLST): one that is missing may be in another list.
    List,
}

/// What a passenger list announces beside its persons (`BGM` 1001 and 1004).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// `745+CP`, crew `B` to `FC` except deletions: data of persons known have changed.
    Change,
    /// `745+XR`: the reservation is cancelled.
    CancelReservation,
    /// `745+RP`: those listed leave a party that travels on.
    ReduceParty,
    /// `266+XF`: the flight is cancelled.
    CancelFlight,
    /// `266+CF`: the flight has changed.
    ChangeFlight,
    /// `266+CL`: the flight is closed.
    Closed,
    /// `266+CLNB`: closed; those listed are not on board.
    NotOnBoard,
    /// `266+CLOB`: closed; those listed are on board.
    OnBoard,
}

impl Push {
    /// Whether this is the whole push or list, as far as it says.
    pub(crate) fn is_whole(&self) -> bool {
        self.last && self.part.is_none_or(|part| part == 1)
    }

    /// The ordinal and whether it is the last, of a part as `UNH` writes it: `01:C`, `02`, `03:F`, nothing.
    pub(crate) fn place(part: &str) -> (Option<u32>, bool) {
        let (ordinal, mark) = part.split_once(':').unwrap_or((part, ""));
        (ordinal.trim().parse().ok(), part.is_empty() || mark.trim() == "F")
    }
}

impl Notice {
    /// The notice of a `BGM`: the code of the document and that of its function.
    pub fn of(document: &str, function: &str) -> Option<Self> {
        match (document, function) {
            ("266", "CL") => Some(Self::Closed),
            ("266", "CLNB") => Some(Self::NotOnBoard),
            ("266", "CLOB") => Some(Self::OnBoard),
            ("266", "CF") => Some(Self::ChangeFlight),
            (_, "XF") => Some(Self::CancelFlight),
            (_, "XR") => Some(Self::CancelReservation),
            (_, "RP") => Some(Self::ReduceParty),
            ("745", "CP") | ("250", "CC") => Some(Self::Change),
            _ => None,
        }
    }

    /// Whether what is listed no longer travels.
    pub const fn cancels(self) -> bool {
        matches!(self, Self::CancelReservation | Self::ReduceParty | Self::CancelFlight)
    }

    /// Whether those listed are on board; none if the notice does not say.
    pub const fn on_board(self) -> Option<bool> {
        match self {
            Self::OnBoard => Some(true),
            Self::NotOnBoard => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_says_its_place() {
        assert_eq!(Push::place("01:C"), (Some(1), false));
        assert_eq!(Push::place("02"), (Some(2), false));
        assert_eq!(Push::place("03:F"), (Some(3), true));
        assert_eq!(Push::place(""), (None, true));
        assert_eq!(Push::place("QQ:F"), (None, true));
    }

    #[test]
    fn cancellations_cancel_and_close_outs_do_not() {
        for code in ["XR", "RP"] {
            assert!(Notice::of("745", code).is_some_and(Notice::cancels), "{code}");
        }
        assert!(Notice::of("266", "XF").is_some_and(Notice::cancels));
        assert_eq!(Notice::of("266", "CLNB").and_then(Notice::on_board), Some(false));
        assert_eq!(Notice::of("266", "CLOB").and_then(Notice::on_board), Some(true));
        assert_eq!(Notice::of("745", ""), None);
    }
}
