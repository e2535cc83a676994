use std::collections::BTreeMap;

use contract::date::from_month;
use contract::subsidies::v1;
use kernel::{Division, Month, Tier};
use platform::error::ServiceError;

use crate::app::{Application, answer};
use crate::domain::run::Run;
use crate::store::payment::{PaymentFilter, StateNumber};
use crate::store::{payment, run};

/// What one run pays for one county and tier.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum {
    /// Children paid for.
    pub children: u64,
    /// Fen that were approved, without what was given free or written off.
    pub committed: i64,
    /// Fen of it that the bank has paid.
    pub settled: i64,
}

impl Application {
    /// What the runs of a year paid, by month and tier.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn year_totals(&self, year: i32) -> Result<v1::GetYearTotalsResponse, ServiceError> {
        let mut answer = v1::GetYearTotalsResponse::default();
        for run in run::all_runs(self.database.reader()).await? {
            if i32::from(run.month.year()) != year || run.approved.is_none() {
                continue;
            }
            let mut by_tier: BTreeMap<Tier, Sum> = BTreeMap::new();
            for ((_, tier), sum) in self.sums(&run).await? {
                let tier = by_tier.entry(tier).or_default();
                tier.children += sum.children;
                tier.committed += sum.committed;
                tier.settled += sum.settled;
            }
            for (tier, sum) in by_tier {
                answer.committed_fen += sum.committed;
                answer.settled_fen += sum.settled;
                answer.totals.push(total(run.month, tier, sum));
            }
        }
        Ok(answer)
    }

    /// What was approved, less what came back or has no answer yet.
    pub(in crate::app) async fn sums(&self, run: &Run) -> Result<BTreeMap<(Division, Tier), Sum>, ServiceError> {
        let mut sums: BTreeMap<(Division, Tier), Sum> = BTreeMap::new();
        for (key, total) in &run.totals {
            let sum = sums.entry(*key).or_default();
            sum.children += total.children;
            sum.committed += total.current + total.arrears;
            sum.settled += total.current + total.arrears;
        }
        for state in [StateNumber::Instructed, StateNumber::Returned, StateNumber::Released, StateNumber::WrittenOff] {
            let is_committed = matches!(state, StateNumber::Instructed | StateNumber::Returned);
            let filter = PaymentFilter { run: Some(run.id), state: Some(state), ..PaymentFilter::default() };
            payment::each(self.database.reader(), &filter, |payment| {
                for line in &payment.lines {
                    let sum = sums.entry((line.county, line.tier)).or_default();
                    sum.settled -= line.amount.as_fen();
                    if !is_committed {
                        sum.committed -= line.amount.as_fen();
                    }
                }
            })
            .await?;
        }
        sums.retain(|_, sum| sum.children > 0 || sum.committed != 0 || sum.settled != 0);
        Ok(sums)
    }
}

fn total(month: Month, tier: Tier, sum: Sum) -> v1::MonthTotal {
    v1::MonthTotal {
        month: Some(from_month(month)),
        tier: tier.number(),
        children: answer::count(sum.children),
        committed_fen: sum.committed,
        settled_fen: sum.settled,
    }
}
