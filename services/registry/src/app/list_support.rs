//! Tells what a child is due.

use contract::date::from_month;
use contract::registry::v1;
use kernel::{ChildId, Instant, Month};
use platform::error::ServiceError;

use super::Application;

/// Months in one answer at most.
const MONTHS: i32 = 120;

impl Application {
    /// What a child is due in the months from `first` to `last`, as far as it was known at an instant.
    ///
    /// # Errors
    /// `NOT_FOUND` (`CHILD_NOT_FOUND`); `INVALID_ARGUMENT` (`MONTHS_OUT_OF_RANGE`).
    pub async fn list_support(
        &self,
        child: ChildId,
        first: Month,
        last: Month,
        known_at: Instant,
    ) -> Result<Vec<v1::MonthlySupport>, ServiceError> {
        let distance = Month::months_between(first, last);
        if !(0..MONTHS).contains(&distance) {
            return Err(ServiceError::invalid(
                "last_month",
                "MONTHS_OUT_OF_RANGE",
                "must be the first month or later, and not more than 120 months in all",
            ));
        }
        let child = self.with_past(child).await?;
        let support = Month::range(first, last).filter_map(|month| {
            let due = child.support(month, known_at)?;
            Some(v1::MonthlySupport {
                month: Some(from_month(month)),
                tier: due.tier.number(),
                county: due.county.to_string(),
            })
        });
        Ok(support.collect())
    }
}
