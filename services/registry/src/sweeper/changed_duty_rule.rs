//! Duties that were derived by an earlier rule are derived anew.

use kernel::Instant;
use messaging::journal::RequestKey;
use platform::error::ServiceError;
use platform::sweeper::{Sweep, Swept};

use crate::app::Application;
use crate::app::visit::revise_duties::ReviseDuties;
use crate::domain::visit::DutyRule;
use crate::store::visit::deadlines;

/// Duties derived in one step.
const STEP: u64 = 256;

/// Brings duties to the present rule, after the setting changed and for children who were registered before there was one.
#[derive(Debug)]
pub struct ChangedDutyRule {
    /// The present rule.
    pub rule: std::sync::Arc<DutyRule>,
}

#[async_trait::async_trait]
impl Sweep<Application> for ChangedDutyRule {
    fn name(&self) -> &'static str {
        "changed duty rule"
    }

    async fn sweep(&self, application: &Application, _: Instant) -> Result<Swept, ServiceError> {
        let reader = application.database.reader();
        let children = deadlines::of_other_rules(reader, self.rule.number(), STEP).await?;
        if children.is_empty() {
            return Ok(Swept::All);
        }
        application.journal.submit(ReviseDuties { children }, RequestKey::none("ReviseDuties")).await?;
        Ok(Swept::Part)
    }

    async fn next(&self, _: &Application, _: Instant) -> Result<Option<Instant>, ServiceError> {
        Ok(None)
    }
}
