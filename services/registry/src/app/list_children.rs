//! Lists files, page by page.

use kernel::ChildId;
use platform::error::ServiceError;

use super::Application;
use super::page_token;
use crate::domain::Child;
use crate::store::category_class::are_told_by_class;
use crate::store::listing::{self, Filter};

/// Candidates that are looked into at once.
const STEP: u64 = 500;

/// A page of files.
#[derive(Debug)]
pub struct Page {
    /// The files, oldest first.
    pub children: Vec<Child>,
    /// Where the next page begins; empty after the last.
    pub next: String,
}

impl Application {
    /// The page of up to `size` files at `token`, or the first. `filters` names the caller's filters: a token of others is
    /// refused.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` (`PAGE_TOKEN_INVALID`).
    pub async fn list_children(
        &self,
        filter: &Filter,
        filters: &[u8],
        token: &str,
        size: u64,
    ) -> Result<Page, ServiceError> {
        let after = page_token::after(token, filters)?;
        let limit = size.saturating_add(1);
        let ids = self.matching(filter, after, limit).await?;
        let (ids, next) = page_token::cut(ids, size, filters);
        Ok(Page { children: self.found(ids).await?, next })
    }

    /// The first `limit` files after one that pass the filter. Where a class holds more categories than the ones asked
    /// for, candidates are looked into step by step until there are enough or none is left.
    async fn matching(
        &self,
        filter: &Filter,
        mut after: Option<ChildId>,
        limit: u64,
    ) -> Result<Vec<ChildId>, ServiceError> {
        let reader = self.database.reader();
        let Some(carries) = filter.carries.as_ref().filter(|(wanted, _)| !are_told_by_class(wanted)) else {
            return Ok(listing::page(reader, filter, after, limit).await?);
        };
        let mut found = Vec::new();
        while (found.len() as u64) < limit {
            let candidates = listing::page(reader, filter, after, STEP).await?;
            let carrying = listing::carrying(reader, &candidates, carries, &self.vault).await?;
            after = candidates.last().copied();
            let last_step = (candidates.len() as u64) < STEP;
            found.extend(candidates.into_iter().filter(|id| carrying.contains(id)));
            if last_step {
                break;
            }
        }
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found)
    }
}
