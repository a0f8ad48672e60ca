//! Which person a record is about: records join only on a document, or on full name and birth date.

use super::LoadError;
use crate::ground::Ground;
use crate::store::SubjectId;
use piux_protocol::identifier::MatchKey;
use piux_protocol::vocabulary::Class;

/// The subject known by a document, else by full name and birth date, else a new one.
pub(super) fn find(ground: &Ground, keys: &[MatchKey]) -> Result<SubjectId, LoadError> {
    for class in [Class::Doc, Class::Nx] {
        for key in keys.iter().filter(|key| key.class() == Some(class)) {
            if let Some(subject) = ground.store.subject(&key.input())? {
                return Ok(subject);
            }
        }
    }
    Ok(SubjectId::draw(&*ground.random))
}

/// Only documents and full names with birth date make two records one person.
pub(super) fn joins(key: &MatchKey) -> bool {
    matches!(key.class(), Some(Class::Doc | Class::Nx))
}
