use std::collections::BTreeSet;

use kernel::Instant;
use kernel::time::{days, shanghai_date, start_of_day_shanghai};
use messaging::journal::RequestKey;
use platform::error::ServiceError;
use platform::sweeper::{Sweep, Swept};

use crate::app::Application;
use crate::app::reconciliation::abandon_reconciliations::AbandonReconciliations;
use crate::store::reconciliation;

/// Comparisons in one step.
const PART: u64 = 200;

/// Comparisons of the ledger with another list that nobody finished.
#[derive(Clone, Copy, Debug)]
pub struct UnfinishedReconciliations;

#[async_trait::async_trait]
impl Sweep<Application> for UnfinishedReconciliations {
    fn name(&self) -> &'static str {
        "unfinished reconciliations"
    }

    async fn sweep(&self, application: &Application, now: Instant) -> Result<Swept, ServiceError> {
        let limit = application.policy.reconciliation_days;
        // Started on this day or before, one is late by now.
        let last = shanghai_date(now).saturating_sub(days(limit.into()));
        let before = last.tomorrow().map_or(now, start_of_day_shanghai);
        let late = reconciliation::open_since(application.database.reader(), before, PART).await?;
        if late.is_empty() {
            return Ok(Swept::All);
        }
        let reconciliations: BTreeSet<_> = late.into_iter().collect();
        let use_case = AbandonReconciliations { reconciliations, limit };
        application.journal.submit(use_case, RequestKey::none("AbandonReconciliations")).await?;
        Ok(Swept::Part)
    }

    async fn next(&self, _: &Application, now: Instant) -> Result<Option<Instant>, ServiceError> {
        Ok(shanghai_date(now).tomorrow().ok().map(start_of_day_shanghai))
    }
}
