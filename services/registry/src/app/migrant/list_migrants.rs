//! Lists entries, page by page.

use contract::registry::v1;
use kernel::Date;
use platform::error::ServiceError;
use platform::page_token;

use super::answer;
use crate::app::Application;
use crate::store::migrant::listing::{self, Filter};
use crate::store::migrant::reading;

/// A page of entries.
#[derive(Debug)]
pub struct MigrantPage {
    /// The entries, oldest first.
    pub migrants: Vec<v1::MigrantEntry>,
    /// Where the next page begins; empty after the last.
    pub next: String,
}

impl Application {
    /// The page of up to `size` entries at `token`, or the first, as of a day and of the filter's instant. `filters` names the caller's filters: a token
    /// of others is refused.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` (`PAGE_TOKEN_INVALID`).
    pub async fn list_migrants(
        &self,
        filter: &Filter,
        day: Date,
        filters: &[u8],
        token: &str,
        size: u64,
    ) -> Result<MigrantPage, ServiceError> {
        let after = page_token::after(token, filters)?;
        let ids = listing::page(self.database.reader(), filter, after, size.saturating_add(1)).await?;
        let (ids, next) = page_token::cut(ids, size, filters);
        let entries = reading::migrants(self.database.reader(), ids).await?.open(&self.vault)?;
        let rules = &self.migrant_rules;
        let migrants = entries.iter().filter_map(|entry| match filter.known_at {
            None => Some(answer::migrant(entry, rules, day)),
            Some(known) => answer::migrant_as_of(entry, rules, day, known),
        });
        let migrants = migrants.collect();
        Ok(MigrantPage { migrants, next })
    }
}
