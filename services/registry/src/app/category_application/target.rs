//! Which application a step is about, and in which state its caller saw it.

use kernel::{ApplicationId, ChildId};
use platform::error::ServiceError;

use super::answer::etag;
use super::refusal::application_not_found;
use crate::app::refusal::child_not_found;
use crate::domain::{CategoryApplication, Child};
use crate::store::{Needs, Workspace};

/// The application of a step, as its caller read it.
#[derive(Clone, Debug)]
pub struct ApplicationTarget {
    /// The application.
    pub application: ApplicationId,
    /// The etag that the caller read; empty decides on whatever stands.
    pub etag: String,
}

impl ApplicationTarget {
    pub(super) fn needs(&self, needs: &mut Needs) {
        needs.applications.insert(self.application);
    }

    /// # Errors
    /// `NOT_FOUND`, or ABORTED if the application changed since it was read.
    pub(super) fn of<'a>(&self, workspace: &'a Workspace) -> Result<&'a CategoryApplication, ServiceError> {
        let application = workspace.applications.get(self.application).ok_or_else(application_not_found)?;
        let unchanged = self.etag.is_empty() || self.etag == etag(application);
        if unchanged { Ok(application) } else { Err(ServiceError::aborted_etag()) }
    }
}

/// The file that stays of whose an application is; `read` is the one that its caller read.
///
/// # Errors
/// `NOT_FOUND`, or ABORTED if the file was merged, or parted, since it was read.
pub(super) fn file_of<'a>(
    application: &CategoryApplication,
    read: ChildId,
    workspace: &'a Workspace,
) -> Result<&'a Child, ServiceError> {
    let child = workspace.survivor(application.child).ok_or_else(child_not_found)?;
    if child.id == read { Ok(child) } else { Err(ServiceError::aborted_etag()) }
}
