//! Reads files by their identifiers.

use futures::future::try_join_all;
use kernel::ChildId;
use platform::error::ServiceError;

use super::Application;
use super::refusal::child_not_found;
use crate::domain::Child;
use crate::store::reading;

impl Application {
    /// One file.
    ///
    /// # Errors
    /// `NOT_FOUND` if there is none.
    pub async fn get_child(&self, id: ChildId) -> Result<Child, ServiceError> {
        let stored = self.loader.load(id).await?.ok_or_else(child_not_found)?;
        Ok(stored.open(&self.vault)?)
    }

    /// Files in the order asked for.
    ///
    /// # Errors
    /// `NOT_FOUND` if one is missing.
    pub async fn get_children(&self, ids: &[ChildId]) -> Result<Vec<Child>, ServiceError> {
        try_join_all(ids.iter().map(|id| self.get_child(*id))).await
    }

    /// The files of identifiers that a query just found, in that order. One that is gone meanwhile is left out.
    pub(super) async fn found(&self, ids: Vec<ChildId>) -> Result<Vec<Child>, ServiceError> {
        let stored = reading::children(self.database.reader(), ids).await?;
        stored.into_iter().map(|stored| Ok(stored.open(&self.vault)?)).collect()
    }
}
