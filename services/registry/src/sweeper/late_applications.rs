use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::Instant;
use kernel::time::{shanghai_date, start_of_day_shanghai};
use messaging::journal::RequestKey;
use platform::error::ServiceError;
use platform::sweeper::{Sweep, Swept};

use crate::app::Application;
use crate::app::category_application::remind_application::RemindApplications;
use crate::store::application;

/// Applications in one step.
const PART: u64 = 200;

/// Steps of applications that are late.
#[derive(Clone, Copy, Debug)]
pub struct LateApplications;

#[async_trait::async_trait]
impl Sweep<Application> for LateApplications {
    fn name(&self) -> &'static str {
        "late applications"
    }

    async fn sweep(&self, application: &Application, now: Instant) -> Result<Swept, ServiceError> {
        let late = application::due(application.database.reader(), shanghai_date(now), PART).await?;
        if late.is_empty() {
            return Ok(Swept::All);
        }
        let applications: BTreeSet<_> = late.into_iter().collect();
        let policy = Arc::clone(&application.policy);
        application
            .journal
            .submit(RemindApplications { applications, policy }, RequestKey::none("RemindApplications"))
            .await?;
        Ok(Swept::Part)
    }

    async fn next(&self, _: &Application, now: Instant) -> Result<Option<Instant>, ServiceError> {
        Ok(shanghai_date(now).tomorrow().ok().map(start_of_day_shanghai))
    }
}
