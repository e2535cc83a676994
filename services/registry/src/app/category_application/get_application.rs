//! Reads one application.

use kernel::ApplicationId;
use platform::error::ServiceError;

use super::refusal::application_not_found;
use crate::app::Application;
use crate::domain::CategoryApplication;
use crate::store::application;

impl Application {
    /// One application.
    ///
    /// # Errors
    /// `NOT_FOUND` if there is none.
    pub async fn get_application(&self, id: ApplicationId) -> Result<CategoryApplication, ServiceError> {
        let mut found = application::with_ids(self.database.reader(), &self.vault, [id]).await?;
        found.pop().ok_or_else(application_not_found)
    }
}
