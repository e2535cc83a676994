//! Finds files by what people know of a child.

use kernel::{CitizenId, Date};
use platform::error::ServiceError;

use super::Application;
use crate::domain::Child;
use crate::store::reading;
use crate::store::sealed::name_birth_hash;

/// Files in one answer at most.
const LIMIT: u64 = 100;

impl Application {
    /// The file of a citizen ID, if there is one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search_by_citizen_id(&self, id: CitizenId) -> Result<Vec<Child>, ServiceError> {
        let holders = reading::holders(self.database.reader(), &self.vault, [id]).await?;
        self.found(holders.into_values().collect()).await
    }

    /// The files of a name and a day of birth, oldest first, merged ones left out; spaces in the name do not count.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search_by_name_and_birth(
        &self,
        full_name: &str,
        birth_date: Date,
    ) -> Result<Vec<Child>, ServiceError> {
        let hash = name_birth_hash(&self.vault, full_name, birth_date);
        let ids = reading::namesakes(self.database.reader(), hash, LIMIT).await?;
        self.found(ids).await
    }
}
