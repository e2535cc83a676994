//! Which entry a command changes, and in which state its caller saw it.

use platform::error::ServiceError;

use super::answer::etag;
use super::refusal::migrant_not_found;
use crate::domain::migrant::{MigrantEntry, MigrantId};
use crate::store::{Needs, Workspace};

/// The entry that a command changes, as its caller read it.
#[derive(Clone, Debug)]
pub struct MigrantTarget {
    /// The entry.
    pub migrant: MigrantId,
    /// The etag that the caller read; empty changes whatever stands.
    pub etag: String,
}

impl MigrantTarget {
    pub(super) fn needs(&self, needs: &mut Needs) {
        needs.migrants.entries.insert(self.migrant);
    }

    /// # Errors
    /// `NOT_FOUND`, or ABORTED if the entry changed since it was read.
    pub(super) fn of<'a>(&self, workspace: &'a Workspace) -> Result<&'a MigrantEntry, ServiceError> {
        let entry = workspace.migrants.get(self.migrant).ok_or_else(migrant_not_found)?;
        if self.etag.is_empty() || self.etag == etag(entry) { Ok(entry) } else { Err(ServiceError::aborted_etag()) }
    }
}
