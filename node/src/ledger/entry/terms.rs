//! The closed lists of the ledger, and what their terms mean in plain words.

/// A term that is in none of the ledger's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown {list} term")]
pub struct UnknownTerm {
    /// The list that was asked.
    pub list: &'static str,
}

/// A closed list: each term with its plain words, documented by them.
macro_rules! terms {
    ($(#[$doc:meta])* $name:ident ($list:literal) { $($variant:ident = $term:literal, $words:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = $words] #[serde(rename = $term)] $variant,)*
        }

        impl $name {
            /// Every term, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The term as it stands in a leaf.
            pub const fn term(self) -> &'static str {
                match self { $(Self::$variant => $term),* }
            }

            /// The term in plain words.
            pub const fn words(self) -> &'static str {
                match self { $(Self::$variant => $words),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.term())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownTerm;
            fn from_str(text: &str) -> Result<Self, UnknownTerm> {
                Self::ALL.iter().copied().find(|item| item.term() == text).ok_or(UnknownTerm { list: $list })
            }
        }
    };
}

terms! {
    /// The class of operation (Directive (EU) 2016/681 Art. 13(6), Directive (EU) 2016/680 Art. 25).
    OperationClass("operation") {
        Collection = "collection", "collection";
        Consultation = "consultation", "consultation";
        Disclosure = "disclosure", "disclosure";
        Alteration = "alteration", "alteration";
        Combination = "combination", "combination";
        Erasure = "erasure", "erasure";
        Administration = "administration", "administration";
    }
}

terms! {
    /// What happened; `{peer}` in the plain words stands for the other unit.
    Kind("kind") {
        QueryOut = "exch.query.out", "we asked {peer} whether they know a person, without telling whom we asked about";
        QueryIn = "exch.query.in", "{peer} asked us whether we know a person, without telling us whom they asked about";
        AnswerOut = "exch.answer.out", "we answered a blinded question of {peer}";
        AnswerIn = "exch.answer.in", "we received the answer of {peer} to our question";
        Epochs = "exch.epochs", "we told {peer} the public keys its next questions need";
        Deny = "exch.deny", "we refused a request of {peer}";
        Denied = "exch.denied", "{peer} refused our request";
        Ack = "exch.ack", "the receipt of an answer was confirmed between us and {peer}";
        DisclosureRequest = "disc.request", "data about a hit were requested between us and {peer}";
        DisclosureApprove = "disc.approve", "a request of {peer} for data about a hit was approved";
        DisclosureRelease = "disc.release", "we released data about a hit to {peer}";
        DisclosureRefuse = "disc.refuse", "we refused to release data about a hit to {peer}";
        DisclosureReceive = "disc.receive", "we received data about a hit from {peer}";
        UnmaskRequest = "unmask.request", "somebody asked to see masked data in full";
        UnmaskGrant = "unmask.grant", "masked data were made visible in full";
        UnmaskRefuse = "unmask.refuse", "masked data stayed masked although somebody asked for them";
        DataLoad = "data.load", "passenger data were loaded";
        DataAlter = "data.alter", "passenger data were changed";
        DataCombine = "data.combine", "passenger data were combined";
        DataSeparate = "data.separate", "records that had been taken for one person's were separated";
        DataExplain = "data.explain", "somebody looked why records are taken for one person's";
        DataErase = "data.erase", "passenger data were erased";
        QuarantineRead = "quarantine.read", "somebody read a part of a file that waits in quarantine";
        PolicyLoad = "policy.load", "rules were loaded";
        PolicyActivate = "policy.activate", "rules came into force";
        PolicyReject = "policy.reject", "rules were rejected";
        PolicyRevoke = "policy.revoke", "rules went out of force";
        AgreementSign = "agreement.sign", "we signed an agreement with {peer}";
        AgreementImport = "agreement.import", "an agreement signed by {peer} was imported";
        AgreementActivate = "agreement.activate", "an agreement with {peer} came into force";
        AgreementSuspend = "agreement.suspend", "an agreement with {peer} was suspended";
        AgreementTerminate = "agreement.terminate", "an agreement with {peer} was terminated";
        PeerAdd = "peer.add", "{peer} became a partner";
        PeerSuspend = "peer.suspend", "{peer} was suspended as a partner";
        PeerRemove = "peer.remove", "{peer} was removed as a partner";
        RoleChange = "role.change", "the role of an officer changed";
        SoftwareChange = "software.change", "the software of the node changed";
        KeyOpen = "key.open", "a new key for sealing details came into use";
        KeyClose = "key.close", "a key went out of use";
        KeyRotate = "key.rotate", "a key of the node was replaced";
        AuditSearch = "audit.search", "somebody searched the ledger";
        AuditRead = "audit.read", "somebody read entries of the ledger";
        AuditUnseal = "audit.unseal", "somebody opened sealed details of an entry";
        AuditExport = "audit.export", "somebody exported entries of the ledger";
        AuditDsar = "audit.dsar", "a request of a data subject was worked on";
        ReviewDraw = "review.draw", "entries were drawn for review";
        ReviewVerdict = "review.verdict", "a reviewed entry received its verdict";
        ReviewRefer = "review.refer", "a reviewed entry was referred to the authority";
        HoldSet = "hold.set", "entries were put on hold against erasure";
        HoldRelease = "hold.release", "a hold against erasure was lifted";
        PruneDone = "prune.done", "old details and entry texts were erased as the law demands";
        WitnessCosigned = "witness.cosigned", "{peer} cosigned our ledger";
        WitnessRefused = "witness.refused", "{peer} refused to cosign our ledger";
        WitnessConflict = "witness.conflict", "two versions of a ledger were found that cannot both be true";
        ReconOk = "recon.ok", "our ledger and that of {peer} were compared and agree";
        ReconDiff = "recon.diff", "our ledger and that of {peer} were compared and differ";
        ReconResolved = "recon.resolved", "a difference between our ledger and that of {peer} was explained";
        AlertRaise = "alert.raise", "an alert was raised";
        AlertClose = "alert.close", "an alert was closed";
        StatHour = "stat.hour", "the hourly counts were written";
        Heads = "heads", "the numbering of every partner's entries was fixed";
        Pad = "pad", "a filling entry was added so that the size of the ledger tells nothing";
        ShardOpen = "shard.open", "this ledger was begun";
        ShardClose = "shard.close", "this ledger was ended";
        NodeStart = "node.start", "the node was started";
        NodeStop = "node.stop", "the node was stopped";
        NodeClock = "node.clock", "the clock of the node went back";
    }
}

impl Kind {
    /// The class of operation the event belongs to.
    pub const fn operation(self) -> OperationClass {
        match self {
            Self::QueryOut | Self::QueryIn | Self::AnswerIn | Self::Deny | Self::Denied => OperationClass::Consultation,
            Self::DisclosureRequest | Self::DisclosureRefuse => OperationClass::Consultation,
            Self::UnmaskRequest | Self::UnmaskGrant | Self::UnmaskRefuse => OperationClass::Consultation,
            Self::QuarantineRead => OperationClass::Consultation,
            Self::AnswerOut | Self::DisclosureRelease => OperationClass::Disclosure,
            Self::DisclosureReceive | Self::DataLoad => OperationClass::Collection,
            Self::DataAlter | Self::DataSeparate => OperationClass::Alteration,
            Self::DataExplain => OperationClass::Consultation,
            Self::DataCombine => OperationClass::Combination,
            Self::DataErase | Self::PruneDone => OperationClass::Erasure,
            _ => OperationClass::Administration,
        }
    }
}

terms! {
    /// In which role somebody or something acted.
    Role("role") {
        Requester = "requester", "the asking unit";
        Responder = "responder", "the answering unit";
        Officer = "officer", "a duty officer";
        Validator = "validator", "the officer who approves";
        Releaser = "releaser", "the officer who releases";
        Authority = "authority", "the independent authority";
        Admin = "admin", "an administrator";
        Auditor = "auditor", "an auditor";
        Dpo = "dpo", "the data protection officer";
        Supervisor = "supervisor", "the supervisory authority";
        Node = "node", "the node itself";
    }
}

terms! {
    /// What was decided.
    Decision("decision") {
        Permit = "permit", "permitted";
        Deny = "deny", "refused";
        Pending = "pending", "waiting for approval";
        Error = "error", "failed";
    }
}

terms! {
    /// What is counted; never whom.
    Counter("counter") {
        Hits = "hits", "hits";
        Rows = "rows", "rows";
        Slots = "slots", "slots asked";
        SlotsDoc = "slots_doc", "document slots";
        SlotsNx = "slots_nx", "name slots";
        SlotsLoc = "slots_loc", "locator slots";
        Segments = "segments", "segments";
        LeakBits = "leak_bits", "bits told about the person";
        Elements = "elements", "data elements";
        Records = "records", "records";
        Subjects = "subjects", "persons";
        Approvals = "approvals", "approvals";
        Files = "files", "files";
        Messages = "messages", "messages";
        Bookings = "bookings", "bookings";
        TravellersRead = "travellers_read", "travellers read";
        TravellersStored = "travellers_stored", "travellers stored";
        TravellersMerged = "travellers_merged", "travellers merged";
        TravellersRejected = "travellers_rejected", "travellers rejected";
        Documents = "documents", "documents";
        MatchKeys = "match_keys", "match keys";
        Quarantined = "quarantined", "parts of files in quarantine";
        SensitiveRemoved = "sensitive_removed", "sensitive items removed";
        Findings = "findings", "findings";
        Masked = "masked", "records masked";
        Erased = "erased", "records erased";
        Refused = "refused", "requests refused";
        Strangers = "strangers", "requests of unknown senders";
        Entries = "entries", "entries";
        TrimmedBytes = "trimmed_bytes", "bytes of an unfinished write removed";
        RepairedFiles = "repaired_files", "files of the ledger written anew";
        StepSeconds = "step_seconds", "seconds";
    }
}
