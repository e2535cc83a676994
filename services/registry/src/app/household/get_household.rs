//! Reads a household.

use kernel::HouseholdId;
use platform::error::ServiceError;

use super::refusal::household_not_found;
use crate::app::Application;
use crate::domain::household::Household;
use crate::store::family::reading;

impl Application {
    /// One household, with all that was ever recorded of it.
    ///
    /// # Errors
    /// `NOT_FOUND` if there is none.
    pub async fn get_household(&self, id: HouseholdId) -> Result<Household, ServiceError> {
        let mut found = reading::households(self.database.reader(), &self.vault, [id]).await?;
        found.pop().ok_or_else(household_not_found)
    }
}
