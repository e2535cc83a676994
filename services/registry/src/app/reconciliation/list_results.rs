//! Lists what became of a list's rows.

use platform::error::ServiceError;
use platform::page_token;

use crate::app::Application;
use crate::domain::migrant::reconciliation::{Finding, Found, ReconciliationId};
use crate::store::reconciliation::results;

/// A page of results.
#[derive(Debug)]
pub struct ResultPage {
    /// The results, in order.
    pub results: Vec<Finding>,
    /// Where the next page begins; empty after the last.
    pub next: String,
}

impl Application {
    /// The page of up to `size` results at `token`, or the first.
    ///
    /// # Errors
    /// `NOT_FOUND`; `INVALID_ARGUMENT` (`PAGE_TOKEN_INVALID`).
    pub async fn list_reconciliation_results(
        &self,
        id: ReconciliationId,
        found: Option<Found>,
        filters: &[u8],
        token: &str,
        size: u64,
    ) -> Result<ResultPage, ServiceError> {
        self.get_reconciliation(id).await?;
        let after = u32::try_from(page_token::after_place(token, filters)?).unwrap_or(u32::MAX);
        let mut rows = results(self.database.reader(), id, found, after, size.saturating_add(1)).await?;
        let more = rows.len() as u64 > size;
        if more {
            rows.pop();
        }
        let next = match rows.last() {
            Some((place, _)) if more => page_token::write_place(u64::from(*place), filters),
            _ => String::new(),
        };
        Ok(ResultPage { results: rows.into_iter().map(|(_, finding)| finding).collect(), next })
    }
}
