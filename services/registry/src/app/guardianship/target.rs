//! Of which child a command changes the roles or circumstances, and in which state its caller saw them.

use kernel::{ChildId, Date};
use platform::error::ServiceError;

use crate::app::refusal::child_not_found;
use crate::domain::Child;
use crate::store::{Needs, Workspace};

/// The child around which or of which something changes.
#[derive(Clone, Debug)]
pub struct ChildTarget {
    /// The child.
    pub child: ChildId,
    /// The etag of what the caller read: roles or circumstances; or empty.
    pub etag: String,
}

impl ChildTarget {
    pub(crate) fn needs(&self, needs: &mut Needs) {
        needs.children.insert(self.child);
    }

    /// # Errors
    /// `NOT_FOUND`, or `FAILED_PRECONDITION` if the file is ended or merged.
    pub(crate) fn active<'a>(&self, workspace: &'a Workspace) -> Result<&'a Child, ServiceError> {
        let child = workspace.child(self.child).ok_or_else(child_not_found)?;
        child.active()?;
        Ok(child)
    }
}

/// A child's day of birth.
pub(crate) fn born(child: &Child) -> Date {
    child.profile().birth_date
}
