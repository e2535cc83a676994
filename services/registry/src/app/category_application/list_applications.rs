//! Lists applications, page by page.

use kernel::{ChildId, Instant};
use platform::error::ServiceError;
use platform::page_token;

use crate::app::Application;
use crate::domain::CategoryApplication;
use crate::store::application::{self, ApplicationFilter};
use crate::store::merger;

/// Candidates that are looked into at once.
const STEP: u64 = 500;

/// A page of applications.
#[derive(Debug)]
pub struct ApplicationPage {
    /// The applications, oldest first.
    pub applications: Vec<CategoryApplication>,
    /// Where the next page begins; empty after the last.
    pub next: String,
}

impl Application {
    /// The page of up to `size` applications at `token`, or the first: as they stand, or as they were known to stand at an
    /// instant. Those of a child come with those of the files that are merged into its. `filters` names the caller's filters: a token of others is refused.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` (`PAGE_TOKEN_INVALID`).
    pub async fn list_applications(
        &self,
        mut filter: ApplicationFilter,
        child: Option<ChildId>,
        known: Option<Instant>,
        filters: &[u8],
        token: &str,
        size: u64,
    ) -> Result<ApplicationPage, ServiceError> {
        let mut after = page_token::after(token, filters)?;
        let (reader, limit) = (self.database.reader(), size.saturating_add(1));
        if let Some(child) = child {
            filter.children = Some(merger::files_of(reader, &self.vault, [child].into(), known).await?);
        }
        let filter = &filter;
        let applications = match known {
            None => application::page(reader, &self.vault, filter, after, limit).await?,
            Some(known) => {
                let mut found = Vec::new();
                while (found.len() as u64) < limit {
                    let candidates = application::page_once(reader, &self.vault, filter, known, after, STEP).await?;
                    after = candidates.last().map(|last| last.id);
                    let last_step = (candidates.len() as u64) < STEP;
                    let then = candidates.iter().filter_map(|application| application.known_at(known));
                    found.extend(then.filter(|application| filter.passes(application)));
                    if last_step {
                        break;
                    }
                }
                found
            }
        };
        let (applications, next) = page_token::cut_by(applications, size, filters, |application| application.id);
        Ok(ApplicationPage { applications, next })
    }
}
