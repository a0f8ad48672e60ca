//! An entry as one English sentence, for a data protection officer who is no engineer.

use super::entry::{Decision, Obligation};
use super::leaf::Leaf;
use piux_protocol::vocabulary::{Basis, Class, Offence, Purpose, Timestamp};

/// "On 2026-11-21 at 19:02:11 UTC RUR asked us ..., for terrorist offences, ..."
pub(super) fn sentence(leaf: &Leaf) -> String {
    let parts = [
        Some(format!("On {} {}", moment(leaf.t), event(leaf))),
        purpose(leaf),
        searched(leaf),
        counted(leaf),
        decided(leaf),
        obliged(leaf),
    ];
    let text: Vec<String> = parts.into_iter().flatten().collect();
    text.join("; ") + "."
}

fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    let (day, time) = text.split_once('T').unwrap_or((&text, ""));
    format!("{day} at {} UTC", time.split('.').next().unwrap_or_default())
}

fn event(leaf: &Leaf) -> String {
    let peer = leaf
        .peer
        .map_or_else(|| "a partner".to_owned(), |peer| peer.state().to_owned());
    let event = leaf.k.words().replace("{peer}", &peer);
    let under = leaf.agr.as_ref().map(|agreement| match leaf.agv {
        Some(version) => format!(" under agreement {agreement} version {version}"),
        None => format!(" under agreement {agreement}"),
    });
    format!("{event}{} ({} acting)", under.unwrap_or_default(), leaf.role.words())
}

fn purpose(leaf: &Leaf) -> Option<String> {
    let purpose = match leaf.pur? {
        Purpose::TerroristOffences => "terrorist offences",
        Purpose::SeriousCrime => "serious crime",
        Purpose::BorderControl => "border control",
    };
    let offence = match leaf.off {
        None | Some(Offence::Ter) => String::new(),
        Some(offence) => format!(
            ", offence {} of Annex II",
            offence.term().trim_start_matches(['A', '0'])
        ),
    };
    let basis = leaf
        .leg
        .map_or_else(String::new, |basis| format!(", on the basis of {}", article(basis)));
    Some(format!("the purpose given was {purpose}{offence}{basis}"))
}

const fn article(basis: Basis) -> &'static str {
    match basis {
        Basis::Pnr9_1 => "Article 9(1) of Directive (EU) 2016/681",
        Basis::Pnr9_2 => "Article 9(2) of Directive (EU) 2016/681",
        Basis::Pnr9_3 => "Article 9(3) of Directive (EU) 2016/681",
        Basis::Pnr9_4 => "Article 9(4) of Directive (EU) 2016/681",
        Basis::Pnr10 => "Article 10 of Directive (EU) 2016/681",
        Basis::Pnr11 => "Article 11 of Directive (EU) 2016/681",
    }
}

fn searched(leaf: &Leaf) -> Option<String> {
    let classes = leaf.cls.iter().map(|class| match class {
        Class::Doc => "travel documents",
        Class::Nx => "names with birth dates",
        Class::Ds => "names with day and month of birth in either order",
        Class::Px => "exact pairs of names",
        Class::Pk => "names by their sound, in pairs",
        Class::Si => "names by their sound, with an initial",
        Class::Phone => "telephone numbers",
        Class::Email => "e-mail addresses",
        Class::Loc => "booking references",
        Class::Ff => "frequent flyer numbers",
    });
    listed(classes.map(str::to_owned)).map(|classes| format!("searched were {classes}"))
}

fn counted(leaf: &Leaf) -> Option<String> {
    let counts = leaf
        .cnt
        .iter()
        .map(|(counter, count)| format!("{count} {}", counter.words()));
    listed(counts).map(|counts| format!("counted were {counts}"))
}

fn decided(leaf: &Leaf) -> Option<String> {
    let clauses = listed(leaf.cl.iter().map(ToString::to_string));
    match (leaf.dec, clauses) {
        (Some(Decision::Deny), Some(clauses)) => Some(format!("it was refused because of clause {clauses}")),
        (Some(Decision::Pending), Some(clauses)) => Some(format!("it waits for approval because of clause {clauses}")),
        (Some(decision), Some(clauses)) => Some(format!("it was {} by clause {clauses}", decision.words())),
        (Some(Decision::Pending), None) => Some("it waits for approval".to_owned()),
        (Some(decision), None) => Some(format!("it was {}", decision.words())),
        (None, clauses) => clauses.map(|clauses| format!("clause {clauses} applied")),
    }
}

fn obliged(leaf: &Leaf) -> Option<String> {
    let duties = leaf.obl.iter().map(|duty| match duty {
        Obligation::EraseBy(by) => format!("the data must be erased by {}", by.date()),
        Obligation::FollowUpUntil(until) => format!("a hit can be followed up until {}", until.date()),
        Obligation::ReportBy(by) => format!("the result must be reported by {}", by.date()),
        Obligation::NoOnwardTransfer => "the data must not be passed on".to_owned(),
        Obligation::OnwardWithConsent => "the data may be passed on only with consent".to_owned(),
        Obligation::UseOnlyFor(Purpose::TerroristOffences) => "they may be used against terrorism only".to_owned(),
        Obligation::UseOnlyFor(Purpose::SeriousCrime) => "they may be used against serious crime only".to_owned(),
        Obligation::UseOnlyFor(Purpose::BorderControl) => "they may be used for border control only".to_owned(),
        Obligation::Handling(code) => format!("handling code H{code} applies"),
        Obligation::HumanReview => "a person must review the result".to_owned(),
    });
    listed(duties)
}

/// `a`, `a and b`, `a, b and c`; nothing for nothing.
fn listed(items: impl Iterator<Item = String>) -> Option<String> {
    let mut items: Vec<String> = items.collect();
    let last = items.pop()?;
    if items.is_empty() {
        Some(last)
    } else {
        Some(format!("{} and {last}", items.join(", ")))
    }
}
