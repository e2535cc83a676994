//! Finds persons by what people know of them.

use kernel::{CitizenId, Date};
use platform::error::ServiceError;

use crate::app::Application;
use crate::domain::Person;
use crate::store::family::reading;

/// Persons in one answer at most.
const LIMIT: u64 = 100;

impl Application {
    /// The person who has a citizen ID, if there is one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search_persons_by_citizen_id(&self, id: CitizenId) -> Result<Vec<Person>, ServiceError> {
        let reader = self.database.reader();
        let holders = reading::holders(reader, &self.vault, [id]).await?;
        reading::persons(reader, &self.vault, holders.into_values()).await
    }

    /// The persons of a name and a day of birth, oldest file first; spaces in the name do not count.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search_persons_by_name_and_birth(&self, name: &str, born: Date) -> Result<Vec<Person>, ServiceError> {
        let reader = self.database.reader();
        let hash = reading::name_birth_hash(&self.vault, name, born);
        let ids = reading::namesakes(reader, hash, LIMIT).await?;
        reading::persons(reader, &self.vault, ids).await
    }
}
