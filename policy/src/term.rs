//! The closed lists of policy files, beside those both units exchange.

use piux_protocol::vocabulary::{Basis, Class, Offence, Purpose, Scope};

/// A closed list: every value has one word, in files, rules and the ledger.
pub trait Term: Copy + 'static {
    /// What one value is called in a finding.
    const NAME: &'static str;
    /// Every value, in the order of the list.
    const ALL: &'static [Self];
    /// The word of this value.
    fn word(self) -> &'static str;
    /// The value of a word.
    fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|term| term.word() == word)
    }
}

macro_rules! vocabulary_terms {
    ($($type:ident = $name:literal),*) => {$(
        impl Term for $type {
            const NAME: &'static str = $name;
            const ALL: &'static [Self] = $type::ALL;
            fn word(self) -> &'static str {
                self.term()
            }
        }
    )*};
}

vocabulary_terms! { Purpose = "purpose", Offence = "offence", Basis = "legal basis", Class = "class", Scope = "search scope" }

macro_rules! terms {
    ($($(#[$doc:meta])* $type:ident ($name:literal) { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $type {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant,)*
        }
        impl Term for $type {
            const NAME: &'static str = $name;
            const ALL: &'static [Self] = &[$(Self::$variant),*];
            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    )*};
}

terms! {
    /// The law a party of an agreement acts under.
    Regime("regime") {
        /// A Member State of the Union.
        MemberState = "member_state",
        /// Europol, Directive (EU) 2016/681 Art. 10.
        Europol = "europol",
        /// Any other state, Art. 11.
        ThirdCountry = "third_country",
    }
    /// What a transfer to a third country rests on (Directive (EU) 2016/680 Arts 36 to 38).
    Transfer("transfer condition") {
        /// Nothing: no transfer is possible.
        None = "none",
        /// An adequacy decision, Art. 36.
        Adequacy = "adequacy",
        /// Appropriate safeguards, Art. 37.
        Safeguards = "safeguards",
        /// A derogation for a specific situation, Art. 38.
        Derogation = "derogation",
    }
    /// What a stored record is.
    Kind("kind of record") {
        /// Passenger name record.
        Pnr = "pnr",
        /// Advance passenger information.
        Api = "api",
        /// The result of processing (Directive (EU) 2016/681 Art. 6(2)(a), Art. 9(1)).
        Result = "result",
    }
    /// How old a record is, in the words of the law (Directive (EU) 2016/681 Art. 12).
    Band("retention band") {
        /// Within the first period: nothing is masked.
        Full = "full",
        /// Past it: identifying elements are masked.
        Masked = "masked",
        /// Past the last: to be erased.
        Expired = "expired",
    }
    /// A decision of a person that a step may need.
    Approval("approval") {
        /// An officer of the answering unit.
        Officer = "officer",
        /// A second person of the answering unit.
        FourEyes = "four_eyes",
        /// A court or another independent authority outside the unit (Art. 12(3)(b)).
        Independent = "independent",
    }
    /// What a person may do in an approval.
    Role("role") {
        /// Signs approvals of the unit.
        Approver = "approver",
        /// Releases data.
        ReleaseOfficer = "release_officer",
        /// Acts for the independent authority.
        IndependentAuthority = "independent_authority",
    }
    /// Whether the recipient may pass data on.
    Onward("onward rule") {
        /// Never.
        Never = "never",
        /// With the prior consent of the source.
        PriorConsent = "prior_consent",
        /// Within the Union for the same purpose.
        SamePurposeEu = "same_purpose_eu",
    }
    /// How the recipient may use data, as in SIENA.
    Handling("handling code") {
        /// No restriction beyond the law.
        H0 = "H0",
        /// Not as evidence without the consent of the source.
        H1 = "H1",
        /// Not to be passed on without the consent of the source.
        H2 = "H2",
        /// Other restrictions, stated in the agreement.
        H3 = "H3",
    }
    /// What ends the recipient's keeping of data.
    DeleteOn("reason to delete") {
        /// The case is closed.
        CaseClosed = "case_closed",
        /// The purpose no longer exists.
        PurposeEnded = "purpose_ended",
        /// The source asks for it.
        RequestOfSource = "request_of_source",
    }
    /// What the authorities do with an answer (Directive (EU) 2016/681 Art. 1(2)).
    Activity("activity") {
        /// Prevention.
        Prevention = "prevention",
        /// Detection.
        Detection = "detection",
        /// Investigation.
        Investigation = "investigation",
        /// Prosecution.
        Prosecution = "prosecution",
    }
}
