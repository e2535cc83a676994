//! Lists files, page by page.

use platform::error::ServiceError;

use super::Application;
use super::page_token;
use crate::domain::Child;
use crate::store::listing::{self, Filter};

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
        let ids = listing::page(self.database.reader(), filter, after, limit).await?;
        let (ids, next) = page_token::cut(ids, size, filters);
        Ok(Page { children: self.found(ids).await?, next })
    }
}
