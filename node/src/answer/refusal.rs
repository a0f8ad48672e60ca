//! Every way a request can end without what it asked for.

use piux_policy::{Clause, Refusal as PolicyRefusal};
use piux_protocol::message::problem::{self, Problem, ProblemKind};
use piux_protocol::vocabulary::Timestamp;

/// Why a request is refused; each variant has one problem kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("malformed")]
    Malformed,
    #[error("unknown sender")]
    UnknownSender,
    #[error("bad signature")]
    BadSignature,
    #[error("replayed")]
    Replayed,
    #[error("clock skew")]
    ClockSkew(Timestamp),
    #[error("token invalid")]
    TokenInvalid,
    #[error("refused by policy")]
    Policy(Vec<Clause>),
    #[error("disclosure refused")]
    Disclosure(Vec<Clause>),
    #[error("agreement not in force")]
    AgreementInactive(Vec<Clause>),
    #[error("another agreement version")]
    AgreementVersion(Vec<Clause>),
    #[error("quota exceeded")]
    QuotaExceeded(Vec<Clause>),
    #[error("another keyset")]
    KeysetMismatch,
    #[error("epoch unknown")]
    EpochUnknown,
    #[error("class not allowed")]
    ClassNotAllowed,
    #[error("leak budget")]
    LeakBudget,
    #[error("hit proof invalid")]
    HitProofInvalid,
    #[error("idempotency key used otherwise")]
    IdempotencyConflict,
    #[error("not found")]
    NotFound,
    #[error("index unavailable")]
    IndexUnavailable,
    #[error("ledger unavailable")]
    LedgerUnavailable,
    #[error("a fault of the node")]
    Internal,
}

impl Refusal {
    /// The problem as it travels.
    pub(crate) fn problem(&self) -> Problem {
        let mut problem = Problem::new(self.kind());
        problem.detail = self.advice().map(str::to_owned);
        problem.clauses = self.clauses().iter().map(wire).collect();
        if let Self::ClockSkew(now) = self {
            problem.server_time = Some(*now);
        }
        problem
    }

    /// The clauses that decided.
    pub(crate) fn clauses(&self) -> &[Clause] {
        match self {
            Self::Policy(clauses)
            | Self::Disclosure(clauses)
            | Self::AgreementInactive(clauses)
            | Self::AgreementVersion(clauses)
            | Self::QuotaExceeded(clauses) => clauses,
            _ => &[],
        }
    }

    fn kind(&self) -> ProblemKind {
        match self {
            Self::Malformed => ProblemKind::Malformed,
            Self::UnknownSender => ProblemKind::UnknownSender,
            Self::BadSignature => ProblemKind::BadSignature,
            Self::Replayed => ProblemKind::Replayed,
            Self::ClockSkew(_) => ProblemKind::ClockSkew,
            Self::TokenInvalid => ProblemKind::TokenInvalid,
            Self::Policy(_) => ProblemKind::PurposeRefused,
            Self::Disclosure(_) => ProblemKind::DisclosureRefused,
            Self::AgreementInactive(_) => ProblemKind::AgreementInactive,
            Self::AgreementVersion(_) => ProblemKind::AgreementVersion,
            Self::QuotaExceeded(_) => ProblemKind::QuotaExceeded,
            Self::KeysetMismatch => ProblemKind::KeysetMismatch,
            Self::EpochUnknown => ProblemKind::EpochUnknown,
            Self::ClassNotAllowed => ProblemKind::ClassNotAllowed,
            Self::LeakBudget => ProblemKind::LeakBudget,
            Self::HitProofInvalid => ProblemKind::HitProofInvalid,
            Self::IdempotencyConflict => ProblemKind::IdempotencyConflict,
            Self::NotFound => ProblemKind::NotFound,
            Self::IndexUnavailable => ProblemKind::IndexUnavailable,
            Self::LedgerUnavailable => ProblemKind::LedgerUnavailable,
            Self::Internal => ProblemKind::Internal,
        }
    }

    fn advice(&self) -> Option<&'static str> {
        Some(match self {
            Self::ClockSkew(_) => "compare your clock with server_time, correct it and sign again",
            Self::Replayed => "sign each request with a fresh nonce; an unanswered lookup is asked again as a new one",
            Self::TokenInvalid => "ask for a new token for this subject and sign with the key it names",
            Self::AgreementVersion(_) => "compare the agreement's SHA-256 with your partner's before you ask again",
            Self::KeysetMismatch => {
                "both units must hold the keyset the agreement names; compare `keyset` and `keysets` in the metadata"
            }
            Self::EpochUnknown => "fetch the epoch descriptors again and ask in the newest epoch",
            Self::LeakBudget => "use fewer bucket bits or a wider window",
            Self::QuotaExceeded(_) => "the counters start again at 00:00 UTC",
            Self::LedgerUnavailable | Self::IndexUnavailable => "try again later; nothing was answered",
            _ => return None,
        })
    }
}

impl From<&PolicyRefusal> for Refusal {
    /// Tells the refusals that have a kind of their own from those of law and purpose.
    fn from(refusal: &PolicyRefusal) -> Self {
        let clauses = refusal.clauses().to_vec();
        let only = |id: &str| clauses.iter().all(|clause| clause.id == id);
        match () {
            () if only("F-VERSION") => Self::AgreementVersion(clauses),
            () if clauses
                .iter()
                .all(|clause| clause.id == "F-INACTIVE" || clause.id == "F-VALIDITY") =>
            {
                Self::AgreementInactive(clauses)
            }
            () if only("F-QUOTA") => Self::QuotaExceeded(clauses),
            () => Self::Policy(clauses),
        }
    }
}

fn wire(clause: &Clause) -> problem::Clause {
    problem::Clause {
        id: clause.id.clone(),
        title: clause.title.clone(),
        cite: clause.cite.clone(),
    }
}
