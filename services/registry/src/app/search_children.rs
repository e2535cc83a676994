//! Finds files by what people know of a child.

use kernel::{ChildId, CitizenId, Date};
use platform::access::Scope;
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
    /// The files in the caller's area that are found by what is known of the child today, oldest first. Of a name and a day of birth, merged
    /// files are left out.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search(&self, known: &Known, scope: &Scope) -> Result<Vec<ChildId>, ServiceError> {
        let reader = self.database.reader();
        let found = match known {
            Known::CitizenId(id) => {
                let holders = reading::holders(reader, &self.vault, [*id]).await?;
                holders.into_values().collect()
            }
            Known::NameAndBirth(full_name, birth_date) => {
                let hash = name_birth_hash(&self.vault, full_name, *birth_date);
                reading::namesakes(reader, hash, LIMIT).await?
            }
        };
        self.within(scope, found).await
    }

    /// The same, each file as it stands.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn search_children(&self, known: &Known, scope: &Scope) -> Result<Vec<Child>, ServiceError> {
        let ids = self.search(known, scope).await?;
        self.found(ids).await
    }
}
