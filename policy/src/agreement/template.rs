//! A first draft of an agreement, with comments for the people who will change it.

use crate::retention::Period;
use crate::term::{Regime, Term};
use piux_protocol::vocabulary::{AgreementId, Digest, Timestamp, UnitId, base64url};
use std::fmt::Write;

/// What a draft needs to know of a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemplateParty {
    /// The unit.
    pub unit: UnitId,
    /// The law it acts under.
    pub regime: Regime,
    /// RFC 7638 thumbprint of its root key.
    pub root: Digest,
    /// RFC 7638 thumbprint of its legal key.
    pub legal: Digest,
    /// Ed25519 public key of the independent authority of its state.
    pub authority: [u8; 32],
}

/// The draft.
pub(super) fn write(id: &AgreementId, parties: &[TemplateParty; 2], keyset: &str, not_before: Timestamp) -> String {
    let [first, second] = parties.each_ref().map(|party| party.unit.state());
    let not_after = Period::months(12).after(not_before);
    let mut text = HEAD
        .replace("{id}", id.as_ref())
        .replace("{first}", first)
        .replace("{second}", second);
    for party in parties {
        write_party(&mut text, party);
    }
    let validity = [
        ("{not_before}", seconds(not_before)),
        ("{not_after}", seconds(not_after)),
    ];
    let third = parties.iter().any(|party| party.regime == Regime::ThirdCountry);
    let bases = if third {
        "\"pnr_11\""
    } else {
        "\"pnr_9_2\", \"pnr_9_4\""
    };
    let body = BODY.replace("{bases}", bases).replace("{keyset}", keyset);
    text += &validity
        .iter()
        .fold(body, |body, (mark, time)| body.replace(mark, time));
    text
}

fn write_party(text: &mut String, party: &TemplateParty) {
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "[[party]]\nunit      = \"{}\"\nregime    = \"{}\"",
        party.unit.state(),
        party.regime.word()
    );
    if party.regime == Regime::ThirdCountry {
        text.push_str(
            "transfer  = \"safeguards\"  # adequacy, safeguards or derogation: Directive (EU) 2016/680 Arts 36-38\n",
        );
    }
    let _ = writeln!(
        text,
        "root      = \"{}\"  # thumbprint of the unit's root key\nlegal     = \"{}\"  # thumbprint of its legal key\nauthority = \"{}\"  # key of its independent authority\n",
        party.root,
        party.legal,
        base64url(party.authority),
    );
}

/// Whole seconds, as a lawyer would write a time.
fn seconds(time: Timestamp) -> String {
    let text = time.to_string();
    text.split_once('.')
        .map_or(text.clone(), |(seconds, _)| format!("{seconds}Z"))
}

const HEAD: &str = r#"# Agreement between two passenger information units, the part machines read.
# Both units sign exactly these bytes; changing a single one makes a new version.
format  = "piux-agreement/1"
id      = "{id}"
version = 1
title   = "Arrangement on the exchange of PNR data between the units of {first} and {second}"

"#;

const BODY: &str = r#"[validity]
not_before = {not_before}
not_after  = {not_after}

[legal]
bases = [{bases}]
cite  = ["Directive (EU) 2016/681 Art. 9", "Directive (EU) 2016/680 Art. 9(3)"]

# What a question may serve. Scopes: tight = documents, full names and exact pairs of names; full = documents and
# names however spelt; contact = telephone numbers, e-mail addresses, locators and frequent flyer numbers.
# `full` is for indexes of at most two million travellers: a larger one offers `tight` only.
[purpose.terrorist_offences]
offences   = ["TER"]
activities = ["prevention", "detection", "investigation", "prosecution"]
scopes     = ["tight", "full", "contact"]

[purpose.serious_crime]
offences   = ["A01", "A02", "A03", "A04", "A05", "A08", "A11", "A12", "A14", "A20", "A23", "A25"]
activities = ["detection", "investigation", "prosecution"]
scopes     = ["tight", "full"]

[search]                  # a scope is open only if every class of it is listed here
classes = ["DOC", "NX", "DS", "PX", "PK", "SI", "PHONE", "EMAIL", "LOC", "FF"]

[scope]
kinds            = ["pnr", "api"]
bands            = ["full", "masked"]
intra_eu         = true   # for terrorist offences only, CJEU C-817/19
reidentification = true   # unmasking after six months, Art. 12(3)

[release.full]
elements = [
  "pnr.01_locator", "pnr.02_reservation_date", "pnr.03_travel_dates", "pnr.04_names", "pnr.05_contact",
  "pnr.07_itinerary", "pnr.09_agency", "pnr.10_status", "pnr.13_ticketing", "pnr.14_seat", "pnr.16_baggage",
  "pnr.17_travellers", "pnr.18_api",
  "api.names", "api.birth", "api.sex", "api.nationality", "api.document", "api.flight",
]

[release.masked]          # the identifying ones only on the order of an independent authority
elements = [
  "pnr.01_locator", "pnr.02_reservation_date", "pnr.03_travel_dates", "pnr.04_names", "pnr.07_itinerary",
  "pnr.09_agency", "pnr.10_status", "pnr.13_ticketing",
  "api.names", "api.birth", "api.document", "api.flight",
]

[approvals]               # what must be signed before the step: officer, four_eyes, independent
lookup     = []           # hit or no hit: at once
disclose   = ["officer", "independent"]
reidentify = ["officer", "four_eyes", "independent"]
valid_for  = "PT72H"

[recipient]               # duties that travel with the data
retention_days = 365
delete_on      = ["case_closed", "purpose_ended", "request_of_source"]
report_use     = "P6M"
onward         = "prior_consent"
handling       = ["H1", "H2"]

[quota]
queries_per_day = 2000
slots_per_day   = 52_000  # a question about a name has 26 in `full`, 12 in `tight`; about a document 2
urgent_reserve  = 200     # basis pnr_9_4 only

[privacy]                 # what a question may tell the answering unit about the person
bits      = 8
leak_bits = 8             # up to 10 with a written `leak_exception`
keyset    = "{keyset}"

[service]                 # times within which to answer
lookup          = "PT10S"
disclose_urgent = "PT8H"
disclose        = "P7D"

# Where the two directions differ, a table given here replaces the one above:
# [[direction]]
# asks    = "UTO"
# answers = "RUR"
# quota   = { queries_per_day = 1500, slots_per_day = 39_000, urgent_reserve = 100 }
"#;
