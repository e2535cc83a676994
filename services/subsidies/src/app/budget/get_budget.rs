use std::collections::{BTreeMap, BTreeSet};

use contract::date::from_month;
use contract::subsidies::v1;
use kernel::{Division, Fen, Month, Tier};
use platform::error::ServiceError;

use crate::app::Application;
use crate::domain::{Budget, Run};
use crate::store::{funds, run};

/// Funds that run out within so many months after a run are told to finance.
pub const ALERT_MONTHS: i32 = 2;

/// What was received and committed for one county and tier.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    /// Fen received; `None` if nobody recorded funds.
    pub received: Option<i64>,
    /// Fen committed.
    pub committed: i64,
    /// Fen paid.
    pub paid: i64,
}

impl Application {
    /// How counties stand in a year, by its approved runs.
    pub(in crate::app) async fn standings(
        &self,
        year: i32,
    ) -> Result<(BTreeMap<(Division, Tier), Standing>, Option<Run>), ServiceError> {
        let reader = self.database.reader();
        let mut standings: BTreeMap<_, Standing> = BTreeMap::new();
        for (key, received) in funds::received(&funds::of_year(reader, year).await?) {
            standings.entry(key).or_default().received = Some(received);
        }
        let mut last: Option<Run> = None;
        for run in run::all_runs(reader).await? {
            if i32::from(run.month.year()) != year || run.approved.is_none() {
                continue;
            }
            for (key, sum) in self.sums(&run).await? {
                let standing = standings.entry(key).or_default();
                standing.committed += sum.committed;
                standing.paid += sum.settled;
            }
            if last.as_ref().is_none_or(|last| last.month < run.month) {
                last = Some(run);
            }
        }
        Ok((standings, last))
    }

    /// How counties stand with their funds in a year.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get_budget(&self, year: i32, county: Option<Division>) -> Result<Vec<v1::BudgetLine>, ServiceError> {
        let (standings, last) = self.standings(year).await?;
        let month = match &last {
            Some(run) => run.month,
            None => Month::new(year - 1, 12).map_err(ServiceError::internal)?,
        };
        let wanted: BTreeSet<_> =
            standings.keys().filter(|(of, _)| county.is_none_or(|county| *of == county)).copied().collect();
        let lines = wanted.into_iter().map(|key| {
            let standing = standings[&key];
            let monthly = last.as_ref().and_then(|run| run.totals.get(&key)).map_or(0, |total| total.current);
            let received = Fen::new(standing.received.unwrap_or_default());
            let budget = if last.is_some() {
                Budget::after(month, received, Fen::new(standing.committed), Fen::new(monthly))
            } else {
                Budget { received, committed: Fen::ZERO, forecast: Fen::ZERO, short_from: None }
            };
            v1::BudgetLine {
                county: key.0.to_string(),
                tier: key.1.number(),
                received_fen: received.as_fen(),
                committed_fen: standing.committed,
                paid_fen: standing.paid,
                forecast_fen: budget.forecast.as_fen(),
                short_from_month: budget.short_from.filter(|_| standing.received.is_some()).map(from_month),
            }
        });
        Ok(lines.collect())
    }
}
