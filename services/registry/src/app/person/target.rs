//! Which person a command changes, and in which state its caller saw it.

use kernel::PersonId;
use platform::error::ServiceError;

use super::refusal::person_not_found;
use crate::domain::Person;
use crate::store::{Needs, Workspace};

/// The etag of something that has changed so often.
#[must_use]
pub fn etag(revision: u64) -> String {
    format!("r{revision:x}")
}

/// # Errors
/// ABORTED if it changed since it was read; an empty etag changes whatever stands.
pub fn unchanged(read: &str, revision: u64) -> Result<(), ServiceError> {
    if read.is_empty() || read == etag(revision) { Ok(()) } else { Err(ServiceError::aborted_etag()) }
}

/// The person that a command changes, as its caller read it.
#[derive(Clone, Debug)]
pub struct PersonTarget {
    /// The person.
    pub person: PersonId,
    /// The etag that the caller read, or empty.
    pub etag: String,
}

impl PersonTarget {
    pub(super) fn needs(&self, needs: &mut Needs) {
        needs.families.persons.insert(self.person);
    }

    /// # Errors
    /// `NOT_FOUND`, or ABORTED if the person changed since it was read.
    pub(super) fn of<'a>(&self, workspace: &'a Workspace) -> Result<&'a Person, ServiceError> {
        let person = workspace.families.person(self.person).ok_or_else(person_not_found)?;
        unchanged(&self.etag, person.revision())?;
        Ok(person)
    }
}
