//! Which application a step is about, and in which state its caller saw it.

use kernel::ApplicationId;
use platform::error::ServiceError;

use super::answer::etag;
use super::refusal::application_not_found;
use crate::domain::CategoryApplication;
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
