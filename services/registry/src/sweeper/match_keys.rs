use kernel::Instant;
use messaging::journal::RequestKey;
use platform::error::ServiceError;
use platform::sweeper::{Sweep, Swept};

use crate::app::Application;
use crate::app::matching::renew_keys::RenewKeys;
use crate::store::listing::{self, Filter};
use crate::store::matching::{self, Backfill};

/// Files in one step.
const PART: u64 = 500;

/// Files of before the keys by which files of one child are found.
#[derive(Clone, Copy, Debug)]
pub struct MatchKeys;

#[async_trait::async_trait]
impl Sweep<Application> for MatchKeys {
    fn name(&self) -> &'static str {
        "match keys"
    }

    async fn sweep(&self, application: &Application, _: Instant) -> Result<Swept, ServiceError> {
        let reader = application.database.reader();
        let Some(left) = matching::backfill(reader).await? else {
            return Ok(Swept::All);
        };
        let children = listing::page(reader, &Filter::default(), left.after, PART).await?;
        let children: Vec<_> = children.into_iter().filter(|child| *child <= left.last).collect();
        let after = if (children.len() as u64) < PART { Some(left.last) } else { children.last().copied() };
        let reached = Backfill { after, last: left.last };
        application.journal.submit(RenewKeys { children, reached }, RequestKey::none("RenewKeys")).await?;
        Ok(Swept::Part)
    }

    async fn next(&self, _: &Application, _: Instant) -> Result<Option<Instant>, ServiceError> {
        Ok(None)
    }
}
