use kernel::Instant;
use platform::error::ServiceError;
use platform::sweeper::{Sweep, Swept};

use super::Emergencies;

/// Calls in an emergency that nobody reviewed in time: told every day until somebody does.
#[derive(Clone, Debug)]
pub struct UnreviewedEmergencies(pub Emergencies);

#[async_trait::async_trait]
impl<A: Sync> Sweep<A> for UnreviewedEmergencies {
    fn name(&self) -> &'static str {
        "unreviewed emergencies"
    }

    async fn sweep(&self, _: &A, now: Instant) -> Result<Swept, ServiceError> {
        self.0.remind(now).await?;
        Ok(Swept::All)
    }

    async fn next(&self, _: &A, now: Instant) -> Result<Option<Instant>, ServiceError> {
        self.0.next_due(now).await
    }
}
