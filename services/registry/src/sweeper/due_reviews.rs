use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::Instant;
use kernel::time::{days, shanghai_date, start_of_day_shanghai};
use messaging::journal::RequestKey;
use platform::error::ServiceError;
use platform::sweeper::{Sweep, Swept};

use crate::app::Application;
use crate::app::remind_of_reviews::RemindOfReviews;
use crate::store::reading;

/// Children in one step.
const PART: u64 = 200;

/// Categories that are to be looked at.
#[derive(Clone, Copy, Debug)]
pub struct DueReviews;

#[async_trait::async_trait]
impl Sweep<Application> for DueReviews {
    fn name(&self) -> &'static str {
        "due reviews"
    }

    async fn sweep(&self, application: &Application, now: Instant) -> Result<Swept, ServiceError> {
        let today = shanghai_date(now);
        let policy = Arc::clone(&application.policy);
        let rule = policy.review();
        // The latest day on which it may have been told and be told again today.
        let told_until = (1..).map(|back| today.saturating_sub(days(back)));
        let told_until = told_until
            .take(1_000)
            .find(|told| rule.calendar.add_working_days(*told, rule.working_days).last_day < today)
            .expect("a thousand days hold the working days of any limit");
        let reader = application.database.reader();
        let due = reading::reviews_due(reader, rule.looked_at_until(today), told_until, PART).await?;
        if due.is_empty() {
            return Ok(Swept::All);
        }
        let children: BTreeSet<_> = due.into_iter().collect();
        let use_case = RemindOfReviews { children, policy: Arc::clone(&policy) };
        application.journal.submit(use_case, RequestKey::none("RemindOfReviews")).await?;
        Ok(Swept::Part)
    }

    async fn next(&self, _: &Application, now: Instant) -> Result<Option<Instant>, ServiceError> {
        Ok(shanghai_date(now).tomorrow().ok().map(start_of_day_shanghai))
    }
}
