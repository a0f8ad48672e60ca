//! By what a traveller of a booking is told again, and told from others.

use super::Member;
use crate::ingest::Traveller;
use crate::ingest::model::DocumentClass;
use crate::load::work::Work;
use serde::{Deserialize, Serialize};

/// Tells a traveller again: the kind of evidence, and a keyed digest of it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(in crate::load) struct Print(pub(super) Evidence, pub(super) String);

/// Evidence that two messages mean one traveller of a booking, the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) enum Evidence {
    /// The carrier's unique reference (`REF`, `RFF+ABO`).
    Reference,
    Document,
    NameAndBirth,
    /// Only together with a locator, and only if nobody else there has the name.
    Name,
}

/// Which member each traveller is, best evidence first; nobody is two travellers.
pub(in crate::load) fn matched(members: &[Member], travellers: &[Vec<Print>]) -> Vec<Option<usize>> {
    let mut found = vec![None; travellers.len()];
    for evidence in [
        Evidence::Reference,
        Evidence::Document,
        Evidence::NameAndBirth,
        Evidence::Name,
    ] {
        for (at, prints) in travellers.iter().enumerate() {
            if found.get(at).is_some_and(Option::is_some) {
                continue;
            }
            let wanted: Vec<_> = prints.iter().filter(|print| print.0 == evidence).collect();
            let free = members
                .iter()
                .enumerate()
                .filter(|(place, _)| !found.contains(&Some(*place)));
            let mut same = free
                .filter(|(_, member)| wanted.iter().any(|print| member.prints.contains(print)))
                .filter(|(_, member)| evidence != Evidence::Name || !contradict(&member.prints, prints));
            let first = same.next();
            let alone = evidence != Evidence::Name || same.next().is_none();
            if let (Some((place, _)), true, Some(slot)) = (first, alone, found.get_mut(at)) {
                *slot = Some(place);
            }
        }
    }
    found
}

/// Father and son: one name, but other birth dates, or other documents.
fn contradict(one: &[Print], other: &[Print]) -> bool {
    let differ = |evidence: Evidence| {
        let of = |prints: &[Print]| {
            prints
                .iter()
                .filter(|print| print.0 == evidence)
                .cloned()
                .collect::<Vec<_>>()
        };
        let (one, other) = (of(one), of(other));
        !one.is_empty() && !other.is_empty() && !one.iter().any(|print| other.contains(print))
    };
    differ(Evidence::NameAndBirth) || differ(Evidence::Document)
}

/// What a traveller can be told by.
pub(in crate::load) fn prints(work: &Work<'_>, traveller: &Traveller) -> Vec<Print> {
    let mut prints = Vec::new();
    let mut add = |evidence: Evidence, parts: &[&[u8]]| {
        let print = Print(evidence, work.print(parts));
        if !prints.contains(&print) {
            prints.push(print);
        }
    };
    if let Some(reference) = &traveller.carrier_ref {
        add(Evidence::Reference, &[reference.as_bytes()]);
    }
    for document in traveller
        .documents
        .iter()
        .filter(|one| one.class != DocumentClass::Visa)
    {
        let issuer = document.issuer.as_ref().and_then(|issuer| issuer.code.as_deref());
        let number: String = document.number.chars().filter(char::is_ascii_alphanumeric).collect();
        let number = number.to_ascii_uppercase();
        add(
            Evidence::Document,
            &[issuer.unwrap_or_default().as_bytes(), b"\0", number.as_bytes()],
        );
    }
    for name in &traveller.names {
        let name = [letters(&name.surname), letters(&name.given)].join("/");
        let births = traveller.birth_date.iter().chain(&traveller.other_birth_dates);
        for birth in births {
            add(
                Evidence::NameAndBirth,
                &[name.as_bytes(), b"\0", birth.to_string().as_bytes()],
            );
        }
        add(Evidence::Name, &[name.as_bytes()]);
    }
    prints
}

/// The letters of a name in upper case.
fn letters(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphabetic());
    letters.flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::RecordId;

    fn print(evidence: Evidence, text: &str) -> Print {
        Print(evidence, text.to_owned())
    }

    fn member(prints: Vec<Print>) -> Member {
        Member {
            record: RecordId([0; 16]),
            prints,
            digest: String::new(),
            left: false,
        }
    }

    #[test]
    fn better_evidence_comes_first_whatever_the_order_of_travellers() {
        let members = [
            member(vec![print(Evidence::Document, "one"), print(Evidence::Name, "smith")]),
            member(vec![print(Evidence::Document, "two"), print(Evidence::Name, "smith")]),
        ];
        let travellers = [
            vec![print(Evidence::Name, "smith")],
            vec![print(Evidence::Document, "one"), print(Evidence::Name, "smith")],
        ];
        assert_eq!(matched(&members, &travellers), [Some(1), Some(0)]);
    }

    #[test]
    fn father_and_son_of_one_name_are_two() {
        let father = [member(vec![
            print(Evidence::NameAndBirth, "1950"),
            print(Evidence::Name, "smith"),
        ])];
        let son = vec![print(Evidence::NameAndBirth, "1980"), print(Evidence::Name, "smith")];
        assert_eq!(matched(&father, &[son]), [None]);
    }

    #[test]
    fn a_name_alone_means_nobody_where_two_have_it() {
        let members = [
            member(vec![print(Evidence::Name, "smith")]),
            member(vec![print(Evidence::Name, "smith")]),
        ];
        assert_eq!(matched(&members, &[vec![print(Evidence::Name, "smith")]]), [None]);
    }
}
