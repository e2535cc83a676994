//! Lists applications, page by page.

use platform::error::ServiceError;

use crate::app::Application;
use crate::app::page_token;
use crate::domain::CategoryApplication;
use crate::store::application::{self, ApplicationFilter};

/// A page of applications.
#[derive(Debug)]
pub struct ApplicationPage {
    /// The applications, oldest first.
    pub applications: Vec<CategoryApplication>,
    /// Where the next page begins; empty after the last.
    pub next: String,
}

impl Application {
    /// The page of up to `size` applications at `token`, or the first. `filters` names the caller's filters: a token of
    /// others is refused.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` (`PAGE_TOKEN_INVALID`).
    pub async fn list_applications(
        &self,
        filter: &ApplicationFilter,
        filters: &[u8],
        token: &str,
        size: u64,
    ) -> Result<ApplicationPage, ServiceError> {
        let after = page_token::after(token, filters)?;
        let limit = size.saturating_add(1);
        let reader = self.database.reader();
        let mut applications = application::page(reader, &self.vault, filter, after, limit).await?;
        let more = applications.len() as u64 > size;
        if more {
            applications.pop();
        }
        let next = match applications.last() {
            Some(last) if more => page_token::write(last.id, filters),
            _ => String::new(),
        };
        Ok(ApplicationPage { applications, next })
    }
}
