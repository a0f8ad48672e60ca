//! The answer of the policy: a permit with its duties, or a refusal with its clauses.

use crate::term::Term;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A rule that decided, and the law it stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Clause {
    /// Its name, such as `F-EXPIRED`.
    pub id: String,
    /// What it says, in one line.
    pub title: String,
    /// The law.
    pub cite: String,
}

/// The answer of the rules about one thing: never a bare yes or no.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Verdict {
    pub(crate) permitted: bool,
    pub(crate) clauses: Vec<Clause>,
    pub(crate) obligations: BTreeSet<Obligation>,
}

impl Verdict {
    pub(crate) fn refused(clauses: Vec<Clause>) -> Self {
        Self {
            permitted: false,
            clauses,
            obligations: BTreeSet::new(),
        }
    }
}

/// What the policy decided about a set of things asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision<T> {
    /// At least one of them is allowed.
    Permit(Permit<T>),
    /// None is.
    Refused(Refusal),
}

/// Something is allowed. Only the rules make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit<T> {
    granted: Vec<T>,
    withheld: Vec<(T, Vec<Clause>)>,
    rules: Vec<Clause>,
    obligations: Vec<Obligation>,
}

/// Nothing is allowed, and these clauses say why. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    clauses: Vec<Clause>,
}

impl<T> Permit<T> {
    /// What is allowed; never empty.
    pub fn granted(&self) -> &[T] {
        &self.granted
    }

    /// What was asked for and is not allowed, with the clauses.
    pub fn withheld(&self) -> &[(T, Vec<Clause>)] {
        &self.withheld
    }

    /// The clauses of everything withheld, each once.
    pub fn narrowed_by(&self) -> Vec<Clause> {
        let clauses: BTreeSet<&Clause> = self.withheld.iter().flat_map(|(_, clauses)| clauses).collect();
        clauses.into_iter().cloned().collect()
    }

    /// The rules that permitted.
    pub fn rules(&self) -> &[Clause] {
        &self.rules
    }

    /// What must be done with it.
    pub fn obligations(&self) -> &[Obligation] {
        &self.obligations
    }
}

impl Refusal {
    /// Why, at least one.
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    pub(crate) fn of(clauses: impl IntoIterator<Item = Clause>) -> Self {
        let clauses: BTreeSet<Clause> = clauses.into_iter().collect();
        if clauses.is_empty() {
            return Self {
                clauses: vec![nothing_permits()],
            };
        }
        Self {
            clauses: clauses.into_iter().collect(),
        }
    }
}

impl<T> Decision<T> {
    /// Whether something is allowed.
    pub fn is_permit(&self) -> bool {
        matches!(self, Self::Permit(_))
    }

    /// The clauses of a refusal, or those that narrowed a permit.
    pub fn clauses(&self) -> Vec<Clause> {
        match self {
            Self::Permit(permit) => permit.narrowed_by(),
            Self::Refused(refusal) => refusal.clauses.clone(),
        }
    }

    /// Puts the verdicts on single things together: narrowed to what is allowed,
    /// refused if nothing is left.
    pub(crate) fn from_verdicts(verdicts: impl IntoIterator<Item = (T, Verdict)>) -> Self {
        let (mut granted, mut withheld) = (Vec::new(), Vec::new());
        let (mut rules, mut obligations) = (BTreeSet::new(), BTreeSet::new());
        for (thing, verdict) in verdicts {
            if verdict.permitted {
                granted.push(thing);
                rules.extend(verdict.clauses);
                obligations.extend(verdict.obligations);
            } else {
                withheld.push((thing, verdict.clauses));
            }
        }
        if granted.is_empty() {
            return Self::Refused(Refusal::of(withheld.into_iter().flat_map(|(_, clauses)| clauses)));
        }
        let (rules, obligations) = (rules.into_iter().collect(), obligations.into_iter().collect());
        Self::Permit(Permit {
            granted,
            withheld,
            rules,
            obligations,
        })
    }
}

/// The refusal of what no rule permits.
pub(crate) fn nothing_permits() -> Clause {
    Clause {
        id: "E-NO-PERMIT".to_owned(),
        title: "No rule permits this".to_owned(),
        cite: "Agreement".to_owned(),
    }
}

macro_rules! obligations {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// A duty that comes with a permit.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum Obligation { $($(#[$doc])* #[serde(rename = $word)] $variant,)* }

        impl Term for Obligation {
            const NAME: &'static str = "obligation";
            const ALL: &'static [Self] = &[$(Self::$variant),*];
            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }
    };
}

obligations! {
    /// The consultation is recorded (Directive (EU) 2016/681 Art. 13(6)).
    LogConsultation = "log_consultation",
    /// The disclosure is recorded (Art. 13(6)).
    LogDisclosure = "log_disclosure",
    /// The handling codes of the agreement travel with the data.
    ApplyHandlingCode = "apply_handling_code",
    /// The recipient erases in time.
    RecipientRetention = "recipient_retention",
    /// A named officer confirms before anything follows (Art. 6(5), 7(6)).
    NeedsHumanReview = "needs_human_review",
    /// The DPO is informed (Art. 11(4), 12(3)(b)).
    NotifyDpo = "notify_dpo",
    /// The DPO reviews afterwards (Art. 12(3)(b)).
    ExPostReview = "ex_post_review",
    /// The transfer to a third country is recorded (Art. 13(5)).
    RecordTransfer = "record_transfer",
    /// The derogation is documented (Directive (EU) 2016/680 Art. 38(3)).
    DocumentTransfer = "document_transfer",
}
