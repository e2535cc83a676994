//! Reads files by their identifiers.

use std::collections::HashMap;

use contract::registry::v1;
use futures::future::try_join_all;
use kernel::ChildId;
use platform::error::ServiceError;

use super::Application;
use super::answer;
use super::refusal::child_not_found;
use crate::domain::{AsOf, Child};
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

    /// Files in the order asked for, as they stood.
    ///
    /// # Errors
    /// `NOT_FOUND` if one is missing, or was not opened then.
    pub async fn get_children_as_of(&self, ids: &[ChildId], as_of: AsOf) -> Result<Vec<v1::Child>, ServiceError> {
        let mut found = HashMap::new();
        for child in self.all_with_past(ids).await? {
            if let Some(answer) = answer::child_as_of(&child, as_of) {
                found.insert(child.id, answer);
            }
        }
        ids.iter().map(|id| found.get(id).cloned().ok_or_else(child_not_found)).collect()
    }

    /// One file with all that was ever known of it.
    pub(super) async fn with_past(&self, id: ChildId) -> Result<Child, ServiceError> {
        self.all_with_past(&[id]).await?.pop().ok_or_else(child_not_found)
    }

    /// Files with all that was ever known of them, in the order of their identifiers.
    pub(super) async fn all_with_past(&self, ids: &[ChildId]) -> Result<Vec<Child>, ServiceError> {
        let snapshot = self.database.snapshot().await?;
        let stored = reading::children(&snapshot, ids.iter().copied()).await?;
        let past = reading::past(&snapshot, ids.iter().copied()).await?;
        snapshot.rollback().await?;
        stored.into_iter().map(|stored| Ok(stored.open_with(&past, &self.vault)?)).collect()
    }

    /// The files of identifiers that a query just found, as they stood. One that was not opened then is left out.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn found_as_of(&self, ids: &[ChildId], as_of: AsOf) -> Result<Vec<v1::Child>, ServiceError> {
        let children = self.all_with_past(ids).await?;
        Ok(children.iter().filter_map(|child| answer::child_as_of(child, as_of)).collect())
    }

    /// The files of identifiers that a query just found, in that order. One that is gone meanwhile is left out.
    pub(super) async fn found(&self, ids: Vec<ChildId>) -> Result<Vec<Child>, ServiceError> {
        let stored = reading::children(self.database.reader(), ids).await?;
        stored.into_iter().map(|stored| Ok(stored.open(&self.vault)?)).collect()
    }
}
