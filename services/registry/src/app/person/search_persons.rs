//! Finds persons by what people know of them.

use kernel::{CitizenId, Date, PersonId};
use platform::access::Scope;
use platform::error::ServiceError;

use crate::app::Application;
use crate::domain::Person;
use crate::store::family::reading;

/// Persons in one answer at most.
const LIMIT: u64 = 100;

impl Application {
    /// The person who has a citizen ID, if there is one and the caller may be told of it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search_persons_by_citizen_id(
        &self,
        id: CitizenId,
        scope: &Scope,
    ) -> Result<Vec<Person>, ServiceError> {
        let holders = reading::holders(self.database.reader(), &self.vault, [id]).await?;
        self.persons_within(scope, holders.into_values().collect()).await
    }

    /// The persons of a name and a day of birth of whom the caller may be told, oldest file first; spaces in the name do not count.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search_persons_by_name_and_birth(
        &self,
        name: &str,
        born: Date,
        scope: &Scope,
    ) -> Result<Vec<Person>, ServiceError> {
        let hash = reading::name_birth_hash(&self.vault, name, born);
        let ids = reading::namesakes(self.database.reader(), hash, LIMIT).await?;
        self.persons_within(scope, ids).await
    }

    async fn persons_within(&self, scope: &Scope, found: Vec<PersonId>) -> Result<Vec<Person>, ServiceError> {
        let ids = self.within(scope, found).await?;
        reading::persons(self.database.reader(), &self.vault, ids).await
    }
}
