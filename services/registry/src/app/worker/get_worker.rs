//! Reads workers by their identifiers.

use std::collections::BTreeSet;

use kernel::WorkerId;
use platform::error::ServiceError;

use super::refusal::worker_not_found;
use crate::app::Application;
use crate::domain::worker::Worker;
use crate::store::worker::reading;

impl Application {
    /// One worker with everything that was ever known.
    ///
    /// # Errors
    /// `NOT_FOUND` if there is none.
    pub async fn get_worker(&self, id: WorkerId) -> Result<Worker, ServiceError> {
        let found = reading::workers(self.database.reader(), &self.vault, &BTreeSet::from([id])).await?;
        found.into_iter().next().ok_or_else(worker_not_found)
    }
}
