//! Lists the visits to a child, page by page.

use kernel::{ChildId, VisitId};
use platform::error::ServiceError;
use platform::page_token;

use crate::app::Application;
use crate::domain::visit::Visit;
use crate::store::merger;
use crate::store::visit::{listing, reading};

/// A page of visits.
#[derive(Debug)]
pub struct VisitPage {
    /// The visits, the latest first.
    pub visits: Vec<Visit>,
    /// Where the next page begins; empty after the last.
    pub next: String,
}

impl Application {
    /// The page of up to `size` visits at `token`, or the first, with those to files that are merged into this one.
    ///
    /// # Errors
    /// `NOT_FOUND` if there is no such child, `INVALID_ARGUMENT` (`PAGE_TOKEN_INVALID`).
    pub async fn list_visits(
        &self,
        child: ChildId,
        filters: &[u8],
        token: &str,
        size: u64,
    ) -> Result<VisitPage, ServiceError> {
        let after = page_token::after(token, filters)?;
        self.get_child(child).await?;
        let files = merger::files_of(self.database.reader(), &self.vault, [child].into(), None).await?;
        let mut rows = listing::page(self.database.reader(), &files, after, size.saturating_add(1)).await?;
        let found = rows.iter().map(|row| VisitId::from_uuid(row.id)).collect();
        let (ids, next) = page_token::cut(found, size, filters);
        rows.truncate(ids.len());
        let visits = rows.into_iter().map(|row| reading::opened(row, &self.vault)).collect::<Result<_, _>>()?;
        Ok(VisitPage { visits, next })
    }
}
