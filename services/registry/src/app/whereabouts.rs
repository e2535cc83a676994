//! Keeps an office to its area.

use std::collections::{BTreeSet, HashMap};

use kernel::{Division, Id, IdKind};
use platform::access::{Scope, Whereabouts};
use platform::error::ServiceError;
use uuid::Uuid;

use super::Application;
use crate::store::whereabouts;

#[async_trait::async_trait]
impl Whereabouts for Application {
    async fn divisions(&self, kind: &str, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, Vec<Division>>, ServiceError> {
        whereabouts::divisions(self.database.reader(), kind, ids).await
    }
}

impl Application {
    /// Those of things of a kind that were found of which the caller may be told.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn within<K: IdKind>(&self, scope: &Scope, mut found: Vec<Id<K>>) -> Result<Vec<Id<K>>, ServiceError> {
        if scope.is_bound() {
            let ids = found.iter().map(|id| id.as_uuid()).collect();
            let divisions = self.divisions(K::NAME, &ids).await?;
            found.retain(|id| divisions.get(&id.as_uuid()).is_none_or(|divisions| scope.covers_any(divisions)));
        }
        Ok(found)
    }
}
