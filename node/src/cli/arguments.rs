//! What can be typed, with examples in the help.

use super::ingest::IngestArguments;
use super::init::InitArguments;
use super::synth::SynthArguments;
use super::typed::{element, unit};
use crate::store::EngineKind;
use clap::{ArgGroup, Args, Parser, Subcommand};
use piux_protocol::vocabulary::{AgreementId, Basis, Declaration, Digest, ElementId, Offence, Purpose, UnitId, Window};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Ask partner units about passengers, and answer them, without giving away
/// what either side need not know.
#[derive(Debug, Parser)]
#[command(name = "piux", version, about, long_about = None, after_help = "\
Examples:
  piux demo                                  two nations, one story, under a minute
  piux --dir uto init --country UTO --name 'PIU Utopia'
  piux --dir uto serve
  piux --dir uto ingest messages/
  piux --dir uto lookup --to RUR --purpose serious_crime --offence A04 --basis pnr_9_2 \\
      --case 2026/117 --reasons 'suspected courier' --declare case_specific \\
      --declare air_link --declare gravity --person 'TESTMANN/ERIKA/1984-02-29'
  piux --dir uto audit verify

Exit codes: 0 done, 1 refused, not found or findings, 2 usage, 3 cannot,
10-16 as `piux audit verify --help` says.")]
pub struct Cli {
    /// The node's folder.
    #[arg(long, global = true, env = "PIUX_DIR", default_value = "piux-node")]
    pub dir: PathBuf,
    /// One JSON document on standard output, nothing else there.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Two fictional nations on this machine: pair, agree, load, ask, disclose, verify.
    Demo {
        /// Keep the two node folders here.
        #[arg(long, value_name = "DIR")]
        keep: Option<PathBuf>,
    },
    /// Make a node: keys, keyring, empty store and ledger.
    Init(InitArguments),
    /// Run the node.
    Serve(ServeArguments),
    /// Exchange signed metadata with partners.
    #[command(subcommand)]
    Pair(PairVerb),
    /// Bilateral agreements.
    #[command(subcommand)]
    Agreement(AgreementVerb),
    /// Profile, national rules and decisions.
    #[command(subcommand)]
    Policy(PolicyVerb),
    /// Load API and PNR messages.
    ///
    /// Example: piux --dir uto ingest inbox/*.edi
    Ingest(IngestArguments),
    /// Write what a carrier's passenger lists and pushes are answered; needs no node.
    ///
    /// One CUSRES for each PAXLST, one ACKRES for each PNRGOV, on standard output. It repeats the
    /// references of the message and says by rule and place what could not be read, never what stood there.
    ///
    /// Example: piux acknowledge push.edi --from UTOPIU > answer.edi
    Acknowledge {
        /// The messages, UN/EDIFACT; `-` reads standard input.
        file: PathBuf,
        /// The unit's address in interchanges, as agreed with the carrier.
        #[arg(long, value_name = "ADDRESS")]
        from: String,
    },
    /// Parts of files that could not be read.
    #[command(subcommand)]
    Quarantine(QuarantineVerb),
    /// Derive match keys of persons, a JSON object a line; needs no node.
    ///
    /// A line: {"source":"api","surname":"TESTMANN","given":"ERIKA","dob":"1984-02-29","documents":["UTO:L898902C3"]}
    MatchKeys {
        /// The persons, NDJSON; `-` reads standard input.
        file: PathBuf,
    },
    /// Write invented passenger traffic in every format, with the truth beside it; needs no node.
    ///
    /// Example: piux synth --out traffic --travellers 20000 --seed 7
    Synth(SynthArguments),
    /// Measure how well people are found, on a folder of labelled data; needs no node.
    Measure {
        /// The folder; files that are not in it are named and left out.
        folder: PathBuf,
        /// Ask at most so many questions of each data set.
        #[arg(long)]
        sample: Option<usize>,
        /// Leave out the exchange through buckets, which takes most of the time.
        #[arg(long)]
        derivation_only: bool,
    },
    /// Ask partners whether one subject is known to them; they do not learn about whom.
    Lookup(LookupArguments),
    /// Follow a hit up: ask for data elements, with reasons.
    Disclose(DiscloseArguments),
    /// What partners released to us, and until when we may keep it.
    #[command(subcommand)]
    Received(ReceivedVerb),
    /// What partners ask of us and an officer must decide.
    #[command(subcommand)]
    Requests(RequestsVerb),
    /// Offline tool of the independent authority.
    #[command(subcommand)]
    Authority(AuthorityVerb),
    /// The ledger.
    #[command(subcommand)]
    Audit(AuditVerb),
    /// Receipts of exchanges.
    #[command(subcommand)]
    Receipt(ReceiptVerb),
    /// The node's keys.
    #[command(subcommand)]
    Key(KeyVerb),
    /// The database.
    #[command(subcommand)]
    Store(StoreVerb),
    /// Which records are taken for one person's, and why.
    #[command(subcommand)]
    Subject(SubjectVerb),
    /// Check the node, and the way to a partner, layer by layer.
    Doctor {
        /// The partner to reach.
        #[arg(long, value_parser = unit)]
        partner: Option<UnitId>,
    },
}

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Where partners are answered (TLS 1.3).
    #[arg(long, default_value = "0.0.0.0:8443")]
    pub exchange: SocketAddr,
    /// Where officers and national systems are served (loopback).
    #[arg(long, default_value = "127.0.0.1:8444")]
    pub desk: SocketAddr,
    /// Health, readiness and metrics (loopback).
    #[arg(long, default_value = "127.0.0.1:8445")]
    pub ops: SocketAddr,
    /// The address partners use, where it differs from `--exchange`.
    #[arg(long)]
    pub public_url: Option<String>,
    /// Load what is put into this folder; a loaded file is removed, its receipt is in `receipts`. Exports go
    /// into folders inside, each with the `mapping.toml` that explains them.
    #[arg(long, value_name = "DIR")]
    pub watch: Option<PathBuf>,
}

/// What could not be read and waits, sealed.
#[derive(Debug, Subcommand)]
pub enum QuarantineVerb {
    /// What waits, and until when.
    List,
    /// One part: where it was and why it could not be read; its content only with a reason.
    Show {
        /// The part, as `quarantine list` names it.
        #[arg(allow_hyphen_values = true)]
        id: String,
        /// Show what is in it: personal data. Recorded.
        #[arg(long, requires_all = ["officer", "reason"])]
        content: bool,
        /// The officer who reads.
        #[arg(long)]
        officer: Option<String>,
        /// Why; sealed to the data protection officer.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Load it again, as after an update; it leaves if all of it is read.
    Retry {
        /// The part.
        #[arg(allow_hyphen_values = true)]
        id: String,
        /// paxlst, pnrgov, xml, ndjson, csv or json, where it must not be guessed.
        #[arg(long)]
        format: Option<String>,
        /// The mapping file of the export it is of, as mended.
        #[arg(long, value_name = "FILE")]
        mapping: Option<PathBuf>,
    },
    /// Drop it for good.
    Drop {
        /// The part.
        #[arg(allow_hyphen_values = true)]
        id: String,
        /// The officer who decides.
        #[arg(long)]
        officer: String,
        /// Why; sealed to the data protection officer.
        #[arg(long)]
        reason: String,
    },
}

/// Pairing.
#[derive(Debug, Subcommand)]
pub enum PairVerb {
    /// Print our signed metadata.
    Export,
    /// Take a partner's metadata; compare the fingerprint with its admin first.
    Import {
        /// The metadata file.
        file: PathBuf,
        /// The fingerprint the partner's admin read out.
        #[arg(long)]
        fingerprint: Option<String>,
    },
    /// The partners we know.
    List,
}

/// The life of an agreement.
#[derive(Debug, Subcommand)]
pub enum AgreementVerb {
    /// Print a draft with a partner, to be edited.
    New {
        /// The partner.
        #[arg(long, value_parser = unit)]
        with: UnitId,
    },
    /// Check a draft against our profile.
    Check {
        /// The agreement, TOML.
        file: PathBuf,
    },
    /// Print the envelope with our signatures added.
    Sign {
        /// The agreement, TOML, or the envelope the partner signed.
        file: PathBuf,
    },
    /// Take the envelope both sides signed.
    Import {
        /// The envelope.
        file: PathBuf,
    },
    /// Put an agreed version into force.
    Activate {
        /// The agreement.
        id: AgreementId,
    },
    /// Refuse every query under the agreement, at once and alone.
    Suspend {
        /// The agreement.
        id: AgreementId,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// End the agreement for good.
    Terminate {
        /// The agreement.
        id: AgreementId,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// All agreements.
    List,
    /// One agreement.
    Show {
        /// The agreement.
        id: AgreementId,
    },
}

/// Policy.
#[derive(Debug, Subcommand)]
pub enum PolicyVerb {
    /// Check profile, national rules and agreements together.
    Check,
    /// Explain the decision for stated facts.
    Explain {
        /// The facts, TOML.
        facts: PathBuf,
    },
}

/// The options that say whom a question is about; any of them will do.
const SUBJECT: [&str; 6] = [
    "documents",
    "persons",
    "phones",
    "emails",
    "locators",
    "frequent_flyers",
];

/// Arguments of `lookup`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("subject").args(SUBJECT).required(true).multiple(true)))]
pub struct LookupArguments {
    /// A partner, or `all`; may repeat.
    #[arg(long, required = true, value_name = "STATE|all")]
    pub to: Vec<String>,
    /// The agreement, where a partner has several.
    #[arg(long)]
    pub agreement: Option<AgreementId>,
    /// terrorist_offences or serious_crime.
    #[arg(long)]
    pub purpose: Purpose,
    /// TER, or A01 to A26 of Annex II.
    #[arg(long)]
    pub offence: Offence,
    /// pnr_9_2 and so on.
    #[arg(long)]
    pub basis: Basis,
    /// The case; stays here, sealed.
    #[arg(long)]
    pub case: String,
    /// Why; stays here, sealed.
    #[arg(long)]
    pub reasons: String,
    /// The asking officer; stays here, sealed.
    #[arg(long, env = "PIUX_OFFICER", default_value = "duty officer")]
    pub officer: String,
    /// ISSUER:NUMBER, such as UTO:L898902C3; twice at most.
    #[arg(long = "document")]
    pub documents: Vec<String>,
    /// 'SURNAME/GIVEN NAMES/YYYY-MM-DD'; repeat it for other spellings or birth dates of the same person.
    #[arg(long = "person")]
    pub persons: Vec<String>,
    /// With its country code, such as +447700900123; twice at most.
    #[arg(long = "phone")]
    pub phones: Vec<String>,
    /// NAME@DOMAIN; twice at most.
    #[arg(long = "email")]
    pub emails: Vec<String>,
    /// CARRIER:LOCATOR:YYYY-MM, the month of the first departure; twice at most.
    #[arg(long = "locator")]
    pub locators: Vec<String>,
    /// CARRIER:NUMBER, such as ZZ:123456789.
    #[arg(long = "frequent-flyer")]
    pub frequent_flyers: Vec<String>,
    /// Quarters of receipt, such as 2026Q1..2026Q3, or all.
    #[arg(long, default_value = "all")]
    pub window: Window,
    /// case_specific, air_link, gravity; may repeat.
    #[arg(long = "declare")]
    pub declares: Vec<Declaration>,
    /// The urgent lane (Art. 9(4)).
    #[arg(long)]
    pub urgent: bool,
}

/// Arguments of `disclose`.
#[derive(Debug, Args)]
pub struct DiscloseArguments {
    /// The hit, as `piux lookup` named it.
    #[arg(long, allow_hyphen_values = true)]
    pub hit: String,
    /// Data elements, separated by commas, such as pnr.04_names,pnr.07_itinerary.
    #[arg(long, value_delimiter = ',', required = true, value_parser = element)]
    pub elements: Vec<ElementId>,
    /// Why; told to the partner.
    #[arg(long)]
    pub reasons: String,
    /// The asking officer.
    #[arg(long, env = "PIUX_OFFICER", default_value = "duty officer")]
    pub officer: String,
}

/// What we hold from partners.
#[derive(Debug, Subcommand)]
pub enum ReceivedVerb {
    /// Fetch what is ready and list all.
    List,
    /// One release in full; the reading is recorded.
    Show {
        /// The request.
        #[arg(allow_hyphen_values = true)]
        id: String,
        /// Why it is read.
        #[arg(long)]
        reason: String,
    },
}

/// Requests of partners.
#[derive(Debug, Subcommand)]
pub enum RequestsVerb {
    /// All that wait for a decision.
    List,
    /// Approve as an officer, and hand in an authority's order where one is needed.
    Approve {
        /// The request.
        #[arg(allow_hyphen_values = true)]
        id: String,
        /// The officer who approves.
        #[arg(long)]
        officer: String,
        /// The independent authority's signed order.
        #[arg(long)]
        order: Option<PathBuf>,
    },
    /// Refuse.
    Refuse {
        /// The request.
        #[arg(allow_hyphen_values = true)]
        id: String,
        /// The officer who refuses.
        #[arg(long)]
        officer: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

/// The independent authority.
#[derive(Debug, Subcommand)]
pub enum AuthorityVerb {
    /// Make the authority's key; keep it away from the unit.
    New {
        /// Where the private key goes (mode 0600).
        #[arg(long)]
        key: PathBuf,
    },
    /// Sign an order for a pending request, as `piux requests list --json` shows it.
    Sign {
        /// The request, JSON.
        request: PathBuf,
        /// The authority's private key.
        #[arg(long)]
        key: PathBuf,
        /// The order ends at this time, such as 2026-12-01T00:00:00.000Z.
        #[arg(long)]
        valid_until: piux_protocol::vocabulary::Timestamp,
    },
}

/// The ledger.
#[derive(Debug, Subcommand)]
pub enum AuditVerb {
    /// Entries, newest first; the reading is recorded.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// Only entries that concern this partner.
        #[arg(long, value_parser = unit)]
        partner: Option<UnitId>,
        /// Why the ledger is read.
        #[arg(long, default_value = "self-monitoring")]
        reason: String,
    },
    /// One entry with its clauses; with the DPO's key also its sealed detail.
    Show {
        /// Its place in the ledger.
        index: u64,
        /// The data protection officer's private key.
        #[arg(long)]
        key: Option<PathBuf>,
        /// Why the entry is read.
        #[arg(long, default_value = "self-monitoring")]
        reason: String,
    },
    /// Counts by partner, purpose and decision.
    Stats,
    /// Verify the whole ledger; needs no running node and no network.
    ///
    /// Exit codes: 0 verified, 10 signature, 11 leaf or tile mismatch, 12
    /// inconsistent or rolled back, 13 quorum missing, 14 gap without a prune
    /// record, 15 schema, 16 receipt or digest mismatch.
    Verify,
    /// Print a proof (C2SP tlog-proof) that one entry is in the ledger.
    Prove {
        /// Its place in the ledger.
        index: u64,
    },
}

/// Receipts.
#[derive(Debug, Subcommand)]
pub enum ReceiptVerb {
    /// Print the receipt of one exchange.
    Show {
        /// The receipt, as `piux lookup` named it.
        #[arg(allow_hyphen_values = true)]
        request: Digest,
    },
    /// Check a receipt; needs no node and no network.
    Verify {
        /// The receipt.
        file: PathBuf,
    },
}

/// The database.
#[derive(Debug, Subcommand)]
pub enum StoreVerb {
    /// Make it anew from the segment log, while the node is stopped; the old one is set aside.
    Rebuild {
        /// What keeps its rows from then on, if not the same as before.
        #[arg(long, value_enum, value_name = "ENGINE")]
        store: Option<EngineKind>,
    },
    /// Index every record under a keyset more, while agreements move to it or from it.
    Reindex {
        /// The keyset, as agreements name it.
        #[arg(long)]
        keyset: String,
    },
    /// Remove the index rows of an older keyset.
    Drop {
        /// The keyset, as agreements name it.
        #[arg(long)]
        keyset: String,
    },
}

/// Persons.
#[derive(Debug, Subcommand)]
pub enum SubjectVerb {
    /// The records of a person and why they are one; nothing of what they hold. The reading is recorded.
    Show {
        /// A record, a subject, or a partner's request that follows a hit up.
        #[arg(allow_hyphen_values = true)]
        name: String,
    },
    /// Set a record apart from the person it was taken for; the two never join again.
    Split {
        /// The record.
        #[arg(long, allow_hyphen_values = true)]
        record: String,
        /// Why; kept sealed.
        #[arg(long)]
        reason: String,
    },
}

/// Keys.
#[derive(Debug, Subcommand)]
pub enum KeyVerb {
    /// Make a key pair for a data protection officer, away from any node.
    Dpo {
        /// Where the private key goes (mode 0600); the public one is printed, for `init --dpo-key`.
        #[arg(long)]
        key: PathBuf,
    },
    /// Our keys, never their values.
    List,
}
