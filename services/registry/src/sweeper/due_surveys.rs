use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::Instant;
use kernel::time::{shanghai_date, start_of_day_shanghai};
use messaging::journal::RequestKey;
use platform::error::ServiceError;
use platform::sweeper::{Sweep, Swept};

use crate::app::Application;
use crate::app::migrant::remind_of_surveys::RemindOfSurveys;
use crate::store::migrant::reading;

/// Entries in one step.
const PART: u64 = 200;

/// Entries of the ledger of migrant children that a survey must confirm.
#[derive(Clone, Copy, Debug)]
pub struct DueSurveys;

#[async_trait::async_trait]
impl Sweep<Application> for DueSurveys {
    fn name(&self) -> &'static str {
        "due surveys"
    }

    async fn sweep(&self, application: &Application, now: Instant) -> Result<Swept, ServiceError> {
        let due = reading::surveys_due(application.database.reader(), shanghai_date(now), PART).await?;
        if due.is_empty() {
            return Ok(Swept::All);
        }
        let migrants: BTreeSet<_> = due.into_iter().collect();
        let use_case = RemindOfSurveys { migrants, rules: Arc::clone(&application.migrant_rules) };
        application.journal.submit(use_case, RequestKey::none("RemindOfSurveys")).await?;
        Ok(Swept::Part)
    }

    async fn next(&self, _: &Application, now: Instant) -> Result<Option<Instant>, ServiceError> {
        Ok(shanghai_date(now).tomorrow().ok().map(start_of_day_shanghai))
    }
}
