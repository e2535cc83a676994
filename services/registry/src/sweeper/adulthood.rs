use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::time::{days, shanghai_date, start_of_day_shanghai};
use kernel::{Date, Instant, Month};
use messaging::journal::RequestKey;
use platform::error::ServiceError;
use platform::sweeper::{Sweep, Swept};

use crate::app::Application;
use crate::app::adulthood::announce_adulthood::AnnounceAdulthood;
use crate::app::adulthood::come_of_age::ComeOfAge;
use crate::store::adulthood;

/// Children in one step.
const PART: u64 = 200;

/// Children who turn 18.
#[derive(Clone, Copy, Debug)]
pub struct Adulthood;

#[async_trait::async_trait]
impl Sweep<Application> for Adulthood {
    fn name(&self) -> &'static str {
        "adulthood"
    }

    async fn sweep(&self, application: &Application, now: Instant) -> Result<Swept, ServiceError> {
        let (reader, policy) = (application.database.reader(), &application.policy);
        let today = shanghai_date(now);
        let soon = today.saturating_add(days(policy.adulthood_notice_days.into()));
        let announce = adulthood::unannounced(reader, born_until(soon), PART).await?;
        if !announce.is_empty() {
            let children: BTreeSet<_> = announce.into_iter().collect();
            let use_case = AnnounceAdulthood { children, policy: Arc::clone(policy) };
            application.journal.submit(use_case, RequestKey::none("AnnounceAdulthood")).await?;
            return Ok(Swept::Part);
        }
        let look_at = adulthood::to_look_at(reader, born_until(today), today, PART).await?;
        if !look_at.is_empty() {
            let children: BTreeSet<_> = look_at.into_iter().collect();
            let use_case = ComeOfAge { children, policy: Arc::clone(policy) };
            application.journal.submit(use_case, RequestKey::none("ComeOfAge")).await?;
            return Ok(Swept::Part);
        }
        Ok(Swept::All)
    }

    async fn next(&self, _: &Application, now: Instant) -> Result<Option<Instant>, ServiceError> {
        Ok(shanghai_date(now).tomorrow().ok().map(start_of_day_shanghai))
    }
}

/// The last day of birth of those who are 18 on a day. Who was born on 29 February is 18 on 1 March, a common year's 28th
/// is too early.
fn born_until(day: Date) -> Date {
    Month::of(day).plus(-18 * 12).day_or_last(day.day())
}
