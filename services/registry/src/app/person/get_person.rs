//! Reads a person.

use kernel::PersonId;
use platform::error::ServiceError;

use super::refusal::person_not_found;
use crate::app::Application;
use crate::domain::Person;
use crate::store::family::reading;

impl Application {
    /// One person, with all that was ever recorded of it.
    ///
    /// # Errors
    /// `NOT_FOUND` if there is none.
    pub async fn get_person(&self, id: PersonId) -> Result<Person, ServiceError> {
        let mut found = reading::persons(self.database.reader(), &self.vault, [id]).await?;
        found.pop().ok_or_else(person_not_found)
    }
}
