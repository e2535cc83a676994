//! Reads one application.

use kernel::{ApplicationId, ChildId, Instant};
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

    /// The file that stays of whose an application is.
    ///
    /// # Errors
    /// `NOT_FOUND` if there is no such application.
    pub async fn file_of_application(&self, id: ApplicationId) -> Result<ChildId, ServiceError> {
        let mut child = self.get_application(id).await?.child;
        while let Some(into) = self.get_child(child).await?.merged_into() {
            child = into;
        }
        Ok(child)
    }

    /// One application as it was known at an instant.
    ///
    /// # Errors
    /// `NOT_FOUND` if there is none, or was none then.
    pub async fn get_application_known_at(
        &self,
        id: ApplicationId,
        known: Instant,
    ) -> Result<CategoryApplication, ServiceError> {
        self.get_application(id).await?.known_at(known).ok_or_else(application_not_found)
    }
}
