//! Lists the children on duty who are with a worker, page by page.

use kernel::{Month, WorkerId};
use platform::error::ServiceError;
use platform::page_token;

use crate::app::Application;
use crate::store::visit::due::{self, DueQuery, DueRow};

/// A page of children on duty.
#[derive(Debug)]
pub struct DuePage {
    /// The children, by their identifiers.
    pub due: Vec<DueRow>,
    /// Where the next page begins; empty after the last.
    pub next: String,
}

/// What is listed.
#[derive(Clone, Copy, Debug)]
pub struct DueFilter {
    /// The worker.
    pub worker: WorkerId,
    /// The month of the duty.
    pub month: Month,
    /// Leave out children who were visited.
    pub open_only: bool,
}

impl Application {
    /// The page of up to `size` children at `token`, or the first.
    ///
    /// # Errors
    /// `NOT_FOUND` if there is no such worker, `INVALID_ARGUMENT` (`PAGE_TOKEN_INVALID`).
    pub async fn list_due_visits(
        &self,
        filter: DueFilter,
        filters: &[u8],
        token: &str,
        size: u64,
    ) -> Result<DuePage, ServiceError> {
        let DueFilter { worker, month, open_only } = filter;
        let after = page_token::after(token, filters)?;
        let on = self.clock.today().clamp(month.first_day(), month.last_day());
        let post = self.get_worker(worker).await?.post_on(on);
        let query = DueQuery { worker, post, on, month, open_only };
        let mut due = due::page(self.database.reader(), &query, after, size.saturating_add(1)).await?;
        let (ids, next) = page_token::cut(due.iter().map(|row| row.child).collect(), size, filters);
        due.truncate(ids.len());
        Ok(DuePage { due, next })
    }
}
