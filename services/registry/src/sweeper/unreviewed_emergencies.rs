use kernel::Instant;
use messaging::emergency::Emergencies;
use platform::error::ServiceError;

use super::{Sweep, Swept};
use crate::app::Application;

/// Calls in an emergency that nobody reviewed in time: told every day until somebody does.
#[derive(Clone, Debug)]
pub struct UnreviewedEmergencies(pub Emergencies);

#[async_trait::async_trait]
impl Sweep for UnreviewedEmergencies {
    fn name(&self) -> &'static str {
        "unreviewed emergencies"
    }

    async fn sweep(&self, _: &Application, now: Instant) -> Result<Swept, ServiceError> {
        self.0.remind(now).await?;
        Ok(Swept::All)
    }

    async fn next(&self, _: &Application, now: Instant) -> Result<Option<Instant>, ServiceError> {
        self.0.next_due(now).await
    }
}
