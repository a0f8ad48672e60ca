//! What the rules can look up: elements, record classes, parties and the agreement.

use crate::agreement::{Agreement, Terms};
use crate::facts::{Approvals, Person, RecordClass};
use crate::lifecycle::State;
use crate::profile::Profile;
use crate::rules::{Attributes, Item, Name, Value};
use crate::term::{Regime, Term, Transfer};
use piux_protocol::vocabulary::{Class, ElementId, Purpose, UnitId};

/// The name of a word of a closed list.
pub(crate) fn word<T: Term>(of_type: &'static str, term: T) -> Name {
    Name(of_type, term.word().to_owned())
}

pub(crate) fn partner(unit: UnitId) -> Name {
    Name("Partner", unit.state().to_owned())
}

pub(crate) fn dataset(unit: UnitId) -> Name {
    Name("Dataset", unit.state().to_owned())
}

pub(crate) fn record(class: RecordClass) -> Name {
    Name("RecordClass", class.index().to_string())
}

pub(crate) fn element(id: &ElementId) -> Name {
    Name("DataElement", id.to_string())
}

pub(crate) fn approvals(set: Approvals) -> Value {
    Value::Set(set.iter().map(|approval| word("Approval", approval)).collect())
}

/// The things that no agreement changes.
pub(crate) fn standing(profile: &Profile) -> Vec<Item> {
    let elements = profile.elements().map(|element| Item {
        name: Name("DataElement", element.id.clone()),
        attributes: vec![
            ("kind", Value::Name(word("Kind", element.kind))),
            ("identifying", Value::Bool(element.identifying)),
            ("sensitive", Value::Bool(element.sensitive)),
            ("freeText", Value::Bool(element.free_text)),
        ],
    });
    elements.chain(RecordClass::all().map(record_class)).collect()
}

fn record_class(class: RecordClass) -> Item {
    Item {
        name: record(class),
        attributes: vec![
            ("kind", Value::Name(word("Kind", class.kind))),
            ("band", Value::Name(word("Band", class.band))),
            ("intraEu", Value::Bool(class.intra_eu)),
            ("objectiveLink", Value::Bool(class.objective_link)),
            ("restricted", Value::Bool(class.restricted)),
            ("falsePositive", Value::Bool(class.false_positive)),
            ("minor", Value::Bool(class.minor)),
            ("reviewed", Value::Bool(class.reviewed)),
        ],
    }
}

/// One direction of an agreement, as it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing<'a> {
    pub(crate) agreement: &'a Agreement,
    pub(crate) state: State,
    pub(crate) dual_signed: bool,
    pub(crate) asks: UnitId,
    pub(crate) answers: UnitId,
}

/// The name of one direction of an agreement.
pub(crate) fn agreement_name(standing: &Standing<'_>) -> Name {
    let Standing {
        agreement,
        asks,
        answers,
        ..
    } = standing;
    Name(
        "Agreement",
        format!("{} {} {}", agreement.id(), asks.state(), answers.state()),
    )
}

/// The parties, their data and the agreement.
pub(crate) fn direction(standing: &Standing<'_>) -> Vec<Item> {
    let Standing {
        agreement,
        asks,
        answers,
        ..
    } = *standing;
    let mut units: Vec<UnitId> = agreement
        .parties()
        .iter()
        .map(|party| party.unit)
        .chain([asks, answers])
        .collect();
    units.sort();
    units.dedup();
    let mut items: Vec<Item> = units.iter().map(|unit| party(agreement, *unit)).collect();
    items.extend(units.iter().map(|unit| Item {
        name: dataset(*unit),
        attributes: vec![("holder", Value::Name(partner(*unit)))],
    }));
    let attributes = agreement_attributes(standing, agreement.terms(asks, answers));
    items.push(Item {
        name: agreement_name(standing),
        attributes,
    });
    items
}

/// A unit that is no party counts as a third country without any basis.
fn party(agreement: &Agreement, unit: UnitId) -> Item {
    let known = agreement.party(unit).map(|party| (party.regime, party.transfer));
    let (regime, transfer) = known.unwrap_or((Regime::ThirdCountry, Transfer::None));
    Item {
        name: partner(unit),
        attributes: vec![
            ("regime", Value::Name(word("Regime", regime))),
            ("transfer", Value::Name(word("Transfer", transfer))),
        ],
    }
}

fn agreement_attributes(standing: &Standing<'_>, terms: &Terms) -> Attributes {
    let validity = standing.agreement.validity();
    let parties = standing
        .agreement
        .parties()
        .iter()
        .map(|party| partner(party.unit))
        .collect();
    let offences = terms.purposes.values().flat_map(|purpose| &purpose.offences);
    let searched = |purpose| Value::Set(words("Class", terms.classes_for(purpose)));
    vec![
        ("parties", Value::Set(parties)),
        ("state", Value::Name(word("State", standing.state))),
        ("dualSigned", Value::Bool(standing.dual_signed)),
        ("notBefore", Value::Time(validity.not_before)),
        ("notAfter", Value::Time(validity.not_after)),
        ("purposes", Value::Set(words("Purpose", terms.purposes.keys().copied()))),
        ("offences", Value::Set(words("Offence", offences.copied()))),
        ("bases", Value::Set(words("Basis", terms.bases.iter().copied()))),
        ("kinds", Value::Set(words("Kind", terms.kinds.iter().copied()))),
        ("bands", Value::Set(words("Band", terms.bands.iter().copied()))),
        (
            "classes",
            Value::Set(words::<Class>("Class", terms.classes.iter().copied())),
        ),
        ("searchTerrorist", searched(Purpose::TerroristOffences)),
        ("searchSerious", searched(Purpose::SeriousCrime)),
        (
            "elementsFull",
            Value::Set(terms.elements_full.iter().map(element).collect()),
        ),
        (
            "elementsMasked",
            Value::Set(terms.elements_masked.iter().map(element).collect()),
        ),
        ("lookupNeeds", approvals(terms.approvals.lookup)),
        ("discloseNeeds", approvals(terms.approvals.disclose)),
        ("reidentifyNeeds", approvals(terms.approvals.reidentify)),
        ("screening", Value::Bool(terms.screening)),
        ("reidentification", Value::Bool(terms.reidentification)),
        ("intraEu", Value::Bool(terms.intra_eu)),
        ("onward", Value::Name(word("Onward", terms.recipient.onward))),
    ]
}

fn words<T: Term>(of_type: &'static str, terms: impl IntoIterator<Item = T>) -> Vec<Name> {
    terms.into_iter().map(|term| word(of_type, term)).collect()
}

/// The name of a person in an approval; people of different units never share one.
pub(crate) fn officer(person: &Person) -> Name {
    let unit = person.unit.map_or(String::new(), |unit| unit.state().to_owned());
    Name("Officer", format!("{unit}/{}", person.id.as_ref()))
}

/// A person, with roles and unit.
pub(crate) fn officer_item(person: &Person) -> Item {
    let roles = person.roles.iter().map(|role| word("Role", *role)).collect();
    let mut attributes = vec![("roles", Value::Set(roles))];
    attributes.extend(person.unit.map(|unit| ("unit", Value::Name(partner(unit)))));
    Item {
        name: officer(person),
        attributes,
    }
}
