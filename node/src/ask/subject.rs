//! The one person a question is about: every spelling, birth date and identifier an officer holds.

use super::AskError;
use crate::command::Question;
use jiff::civil::Date;
use piux_protocol::identifier::{
    Email, FrequentFlyer, IdentifierError, Keyset, Locator, MatchKey, Person, Phone, Source,
};
use piux_protocol::vocabulary::Class;
use std::str::FromStr;

/// Spellings and birth dates one question may give.
const MOST_SPELLINGS: usize = 4;

/// What an officer knows of the person.
pub(super) struct Subject {
    /// A spelling with a birth date each, the likeliest first; no identifiers.
    spellings: Vec<(Date, Person)>,
    /// The identifiers; no name.
    identifiers: Person,
}

impl Subject {
    /// Reads what was given; nothing of it is repeated in an error.
    pub(super) fn of(question: &Question) -> Result<Self, AskError> {
        if question.persons.len() > MOST_SPELLINGS {
            return Err(AskError::TooMany("--person", MOST_SPELLINGS));
        }
        let spellings: Result<Vec<_>, _> = question.persons.iter().map(|text| spelling(text)).collect();
        let identifiers = Person {
            documents: read("--document", Class::Doc, &question.documents)?,
            locators: read::<Locator>("--locator", Class::Loc, &question.locators)?,
            phones: read::<Phone>("--phone", Class::Phone, &question.phones)?,
            emails: read::<Email>("--email", Class::Email, &question.emails)?,
            frequent_flyers: read::<FrequentFlyer>("--frequent-flyer", Class::Ff, &question.frequent_flyers)?,
            ..Person::default()
        };
        let subject = Self {
            spellings: spellings?,
            identifiers,
        };
        if subject.names(Keyset::CURRENT).is_empty() && subject.identifiers(Keyset::CURRENT).is_empty() {
            Err(AskError::Person)
        } else {
            Ok(subject)
        }
    }

    /// Whether a name with a birth date was given.
    pub(super) fn is_named(&self) -> bool {
        !self.spellings.is_empty()
    }

    /// The person a hit on these keys is held against: the spelling most of them are
    /// derived from, with every identifier.
    pub(super) fn person(&self, keyset: Keyset, hits: &[MatchKey]) -> Person {
        let of_spelling = |person: &Person| {
            let keys = askable(keyset, person);
            hits.iter().filter(|key| keys.contains(key)).count()
        };
        // The last of equals is taken, so the likeliest spelling comes last.
        let spellings = self.spellings.iter().rev().map(|(_, person)| person);
        let name = spellings
            .max_by_key(|person| of_spelling(person))
            .cloned()
            .unwrap_or_default();
        Person {
            source: name.source,
            surname: name.surname,
            given: name.given,
            birth_date: name.birth_date,
            ..self.nameless()
        }
    }

    /// The identifiers without a name, for hits on them where no name was searched.
    pub(super) fn nameless(&self) -> Person {
        self.identifiers.clone()
    }

    /// The keys of the names, spelling by spelling, each with its birth date.
    pub(super) fn names(&self, keyset: Keyset) -> Vec<(Date, Vec<MatchKey>)> {
        let spellings = self.spellings.iter();
        spellings
            .map(|(birth, person)| (*birth, askable(keyset, person)))
            .filter(|(_, keys)| !keys.is_empty())
            .collect()
    }

    /// The keys of documents, then of telephone numbers, addresses, programmes and locators:
    /// what says most about one person first.
    pub(super) fn identifiers(&self, keyset: Keyset) -> Vec<MatchKey> {
        let order = [Class::Doc, Class::Phone, Class::Email, Class::Ff, Class::Loc];
        let mut keys = askable(keyset, &self.identifiers);
        keys.sort_by_key(|key| order.iter().position(|class| key.class() == Some(*class)));
        keys
    }

    /// What the person is remembered by: documents and full names, which nobody else shares.
    pub(super) fn identity(&self, keyset: Keyset) -> Vec<MatchKey> {
        let names = self.names(keyset).into_iter().flat_map(|(_, keys)| keys);
        let keys = names.chain(self.identifiers(keyset));
        keys.filter(|key| matches!(key.class(), Some(Class::Doc | Class::Nx)))
            .collect()
    }
}

/// Keys with a class; those for screening have none.
fn askable(keyset: Keyset, person: &Person) -> Vec<MatchKey> {
    let keys = keyset.derive_query(person).into_iter();
    keys.filter(|key| key.class().is_some()).collect()
}

fn read<T: FromStr<Err = IdentifierError>>(
    what: &'static str,
    class: Class,
    texts: &[String],
) -> Result<Vec<T>, AskError> {
    if texts.len() > class.slots() {
        return Err(AskError::TooMany(what, class.slots()));
    }
    let read = texts.iter().map(|text| text.parse());
    read.collect::<Result<_, _>>()
        .map_err(|source| AskError::Identifier { what, source })
}

/// `SURNAME/GIVEN NAMES/YYYY-MM-DD`
fn spelling(text: &str) -> Result<(Date, Person), AskError> {
    let parts: Vec<&str> = text.split('/').collect();
    let [surname, given, birth] = parts.as_slice() else {
        return Err(AskError::Person);
    };
    let birth: Date = birth.trim().parse().map_err(|_| AskError::Person)?;
    let person = Person {
        source: Source::Api,
        surname: (*surname).to_owned(),
        given: (*given).to_owned(),
        birth_date: Some(birth.into()),
        ..Person::default()
    };
    person.check_names().map_err(|source| AskError::Identifier {
        what: "--person",
        source,
    })?;
    Ok((birth, person))
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subject(..)")
    }
}
