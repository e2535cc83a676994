//! Reads one entry.

use contract::registry::v1;
use kernel::{Date, Instant};
use platform::error::ServiceError;

use super::answer;
use super::refusal::migrant_not_found;
use crate::app::Application;
use crate::domain::migrant::MigrantId;
use crate::store::migrant::reading;

impl Application {
    /// One entry on a day, as it was known at an instant.
    ///
    /// # Errors
    /// `NOT_FOUND` if there is none, or was none then.
    pub async fn get_migrant(
        &self,
        id: MigrantId,
        day: Date,
        known_at: Instant,
    ) -> Result<v1::MigrantEntry, ServiceError> {
        let entries = reading::migrants(self.database.reader(), [id]).await?.open(&self.vault)?;
        let entry = entries.first().and_then(|entry| answer::migrant_as_of(entry, &self.migrant_rules, day, known_at));
        entry.ok_or_else(migrant_not_found)
    }
}
