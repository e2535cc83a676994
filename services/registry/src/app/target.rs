//! Which file a command changes, and in which state its caller saw it.

use kernel::ChildId;
use platform::error::ServiceError;

use super::refusal::child_not_found;
use crate::app::answer::etag;
use crate::domain::Child;
use crate::store::{Needs, Workspace};

/// The file that a command changes, as its caller read it.
#[derive(Clone, Debug)]
pub struct Target {
    /// The file.
    pub child: ChildId,
    /// The etag that the caller read; empty changes whatever stands.
    pub etag: String,
}

impl Target {
    pub(super) fn needs(&self, needs: &mut Needs) {
        needs.children.insert(self.child);
    }

    /// # Errors
    /// `NOT_FOUND`, or ABORTED if the file changed since it was read.
    pub(super) fn of<'a>(&self, workspace: &'a Workspace) -> Result<&'a Child, ServiceError> {
        let child = workspace.child(self.child).ok_or_else(child_not_found)?;
        if self.etag.is_empty() || self.etag == etag(child) { Ok(child) } else { Err(ServiceError::aborted_etag()) }
    }
}
