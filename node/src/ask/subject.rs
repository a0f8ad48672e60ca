//! The one person a question is about, and where a partner is asked to look.

use super::AskError;
use crate::command::Question;
use jiff::civil::Date;
use piux_protocol::blind::{Bucket, Descriptor};
use piux_protocol::identifier::{Document, Locator, MatchKey, Person, Source, derive};
use piux_protocol::vocabulary::{Class, Scope};
use zeroize::Zeroizing;

/// What an officer knows of the person.
pub(super) struct Subject {
    birth_date: Option<Date>,
    keys: Vec<MatchKey>,
}

/// One request to send: a scope, a bucket, and the keys that fit in.
pub(super) struct Planned {
    pub(super) scope: Scope,
    pub(super) bucket: Bucket,
    pub(super) keys: Vec<(Class, Vec<Zeroizing<Vec<u8>>>)>,
}

impl Subject {
    pub(super) fn of(question: &Question) -> Result<Self, AskError> {
        let (surname, given, birth_date) = match &question.person {
            Some(text) => person(text)?,
            None => (String::new(), String::new(), None),
        };
        let document = question.document.as_deref().map(str::parse::<Document>).transpose();
        let document = document.map_err(|source| AskError::Identifier {
            what: "--document",
            source,
        })?;
        let locator = question.locator.as_deref().map(str::parse::<Locator>).transpose();
        let locator = locator.map_err(|source| AskError::Identifier {
            what: "--locator",
            source,
        })?;
        let person = Person {
            source: Source::Api,
            surname,
            given,
            birth_date: birth_date.map(Into::into),
            documents: document.into_iter().collect(),
            locators: locator.into_iter().collect(),
            ..Person::default()
        };
        person.check_names().map_err(|source| AskError::Identifier {
            what: "--person",
            source,
        })?;
        let keys = derive(&person);
        if keys.is_empty() {
            Err(AskError::Person)
        } else {
            Ok(Self { birth_date, keys })
        }
    }

    pub(super) fn keys(&self) -> &[MatchKey] {
        &self.keys
    }

    /// The scopes needed to search everything known.
    pub(super) fn scopes(&self) -> Vec<Scope> {
        let holds = |scope: &Scope| {
            self.keys
                .iter()
                .any(|key| key.class().is_some_and(|class| scope.segments().contains(&class)))
        };
        [Scope::Tight, Scope::Contact].into_iter().filter(holds).collect()
    }

    /// Under a birth date one bucket holds everything; without, one identifier is asked by itself.
    pub(super) fn plan(&self, scope: Scope, descriptor: &Descriptor) -> Option<Planned> {
        let of_class = |class: Class| -> Vec<Zeroizing<Vec<u8>>> {
            self.keys
                .iter()
                .filter(|key| key.class() == Some(class))
                .map(MatchKey::input)
                .collect()
        };
        if let Some(birth_date) = self.birth_date {
            let bucket = Bucket::of_birth_date(birth_date, descriptor.bits);
            let keys = scope
                .segments()
                .iter()
                .map(|class| (*class, of_class(*class)))
                .collect();
            return Some(Planned { scope, bucket, keys });
        }
        let mut cored = self.keys.iter().filter_map(|key| Some((key.class()?, key.core()?)));
        let (class, core) = cored.find(|(class, _)| scope.segments().contains(class))?;
        let bucket = Bucket::of_core(class, core, descriptor.bits);
        Some(Planned {
            scope,
            bucket,
            keys: vec![(class, of_class(class))],
        })
    }

    /// What an answer says nothing about, in plain words.
    pub(super) fn not_searched(&self) -> Vec<String> {
        let has = |class| self.keys.iter().any(|key| key.class() == Some(class));
        let mut left = Vec::new();
        match self.birth_date {
            Some(_) if has(Class::Doc) => left.push("documents were searched only under this birth date"),
            Some(_) if has(Class::Loc) => left.push("the locator was searched only under this birth date"),
            Some(_) => {}
            None => left.push("names were not searched: no birth date was given"),
        }
        if !has(Class::Doc) {
            left.push("documents were not searched: none was given");
        }
        if !has(Class::Nx) && self.birth_date.is_some() {
            left.push("names were not searched: the name gives no full key");
        }
        left.push("other spellings of the name were not searched");
        left.into_iter().map(str::to_owned).collect()
    }
}

fn person(text: &str) -> Result<(String, String, Option<Date>), AskError> {
    let parts: Vec<&str> = text.split('/').collect();
    let [surname, given, birth] = parts.as_slice() else {
        return Err(AskError::Person);
    };
    let birth: Date = birth.trim().parse().map_err(|_| AskError::Person)?;
    Ok(((*surname).to_owned(), (*given).to_owned(), Some(birth)))
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subject(..)")
    }
}
