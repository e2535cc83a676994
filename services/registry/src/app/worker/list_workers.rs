//! Lists workers, page by page.

use platform::error::ServiceError;
use platform::page_token;

use crate::app::Application;
use crate::domain::worker::Worker;
use crate::store::worker::listing::{self, Filter};
use crate::store::worker::reading;

/// A page of workers.
#[derive(Debug)]
pub struct WorkerPage {
    /// The workers, oldest first.
    pub workers: Vec<Worker>,
    /// Where the next page begins; empty after the last.
    pub next: String,
}

impl Application {
    /// The page of up to `size` workers at `token`, or the first. `filters` names the caller's filters: a token of others
    /// is refused.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` (`PAGE_TOKEN_INVALID`).
    pub async fn list_workers(
        &self,
        filter: &Filter,
        filters: &[u8],
        token: &str,
        size: u64,
    ) -> Result<WorkerPage, ServiceError> {
        let after = page_token::after(token, filters)?;
        let reader = self.database.reader();
        let ids = listing::page(reader, filter, after, size.saturating_add(1)).await?;
        let (ids, next) = page_token::cut(ids, size, filters);
        let workers = reading::workers(reader, &self.vault, &ids.into_iter().collect()).await?;
        Ok(WorkerPage { workers, next })
    }
}
