//! Visits that were not made by the last day of the month, 24:00 Shanghai time, are told on the 1st.

use std::collections::HashSet;
use std::sync::Mutex;

use kernel::time::shanghai_date;
use kernel::{ChildId, Division, Instant, Month};
use messaging::journal::RequestKey;
use platform::error::ServiceError;
use platform::sweeper::{Sweep, Swept};

use crate::app::Application;
use crate::app::visit::close_month::{AwaitMonthsEnd, CloseMonth};
use crate::app::visit::tell_overdue::TellOverdue;
use crate::domain::visit::month::overdue_from;
use crate::store::visit::{deadlines, reading};

/// Children looked at in one step.
const STEP: u64 = 256;

/// Tells of overdue visits, month by month.
#[derive(Debug, Default)]
pub struct OverdueVisits {
    /// How far the month under way is told. It only spares looking again at children who were passed.
    passed: Mutex<Option<(Month, Option<ChildId>)>>,
}

impl OverdueVisits {
    fn passed(&self, month: Month) -> Option<Option<ChildId>> {
        let passed = self.passed.lock().expect("nobody panics while they hold it");
        passed.filter(|passed| passed.0 == month).map(|passed| passed.1)
    }

    fn pass(&self, month: Month, child: Option<ChildId>) {
        *self.passed.lock().expect("nobody panics while they hold it") = Some((month, child));
    }
}

#[async_trait::async_trait]
impl Sweep<Application> for OverdueVisits {
    fn name(&self) -> &'static str {
        "overdue visits"
    }

    async fn sweep(&self, application: &Application, now: Instant) -> Result<Swept, ServiceError> {
        let reader = application.database.reader();
        let month = match deadlines::last_closed(reader).await? {
            Some(closed) => closed.next(),
            None => match deadlines::first_duty(reader).await? {
                Some(first) => first,
                None => return Ok(Swept::All),
            },
        };
        if now < overdue_from(month) {
            return Ok(Swept::All);
        }
        let journal = &application.journal;
        let after = match self.passed(month) {
            Some(after) => after,
            None => {
                journal.submit(AwaitMonthsEnd, RequestKey::none("AwaitMonthsEnd")).await?;
                None
            }
        };
        let children = deadlines::on_duty(reader, month, after, STEP).await?;
        let Some((last, _)) = children.last().copied() else {
            journal.submit(CloseMonth { month }, RequestKey::none("CloseMonth")).await?;
            return Ok(Swept::Part);
        };
        let children = unseen(application, month, children, now).await?;
        if !children.is_empty() {
            journal.submit(TellOverdue { month, children }, RequestKey::none("TellOverdue")).await?;
        }
        self.pass(month, Some(last));
        Ok(Swept::Part)
    }

    async fn next(&self, _: &Application, now: Instant) -> Result<Option<Instant>, ServiceError> {
        Ok(Some(overdue_from(Month::of(shanghai_date(now)))))
    }
}

/// Those of the children of whom there is something to tell.
async fn unseen(
    application: &Application,
    month: Month,
    children: Vec<(ChildId, Option<Division>)>,
    now: Instant,
) -> Result<Vec<(ChildId, Division)>, ServiceError> {
    let wanted = children.iter().map(|(child, _)| (*child, month)).collect();
    let known = reading::months(application.database.reader(), &wanted).await?;
    let done: HashSet<ChildId> =
        known.into_iter().filter(|month| month.told(now).is_none()).map(|month| month.child).collect();
    let unseen = children.into_iter().filter(|(child, _)| !done.contains(child));
    Ok(unseen.filter_map(|(child, division)| Some((child, division?))).collect())
}
