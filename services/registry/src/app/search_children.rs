//! Finds files by what people know of a child.

use kernel::{ChildId, CitizenId, Date};
use platform::error::ServiceError;

use super::Application;
use crate::domain::Child;
use crate::store::reading;
use crate::store::sealed::name_birth_hash;

/// Files in one answer at most.
const LIMIT: u64 = 100;

/// What somebody knows of a child.
#[derive(Clone)]
pub enum Known {
    /// Its citizen ID.
    CitizenId(CitizenId),
    /// Its name and day of birth; spaces in the name do not count.
    NameAndBirth(String, Date),
}

impl Application {
    /// The files that are found by what is known of the child today, oldest first. Of a name and a day of birth, merged
    /// files are left out.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search(&self, known: &Known) -> Result<Vec<ChildId>, ServiceError> {
        let reader = self.database.reader();
        match known {
            Known::CitizenId(id) => {
                let holders = reading::holders(reader, &self.vault, [*id]).await?;
                Ok(holders.into_values().collect())
            }
            Known::NameAndBirth(full_name, birth_date) => {
                let hash = name_birth_hash(&self.vault, full_name, *birth_date);
                Ok(reading::namesakes(reader, hash, LIMIT).await?)
            }
        }
    }

    /// The same, each file as it stands.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search_children(&self, known: &Known) -> Result<Vec<Child>, ServiceError> {
        let ids = self.search(known).await?;
        self.found(ids).await
    }
}
