//! Counts a month's duty.

use kernel::{Division, Month};
use platform::error::ServiceError;

use crate::app::Application;
use crate::store::visit::summary::{self, TownshipCounts};

impl Application {
    /// The counts of the townships of a division, and all of them together.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn summarise_visits(
        &self,
        month: Month,
        division: Option<Division>,
    ) -> Result<(Vec<TownshipCounts>, TownshipCounts), ServiceError> {
        let townships = summary::by_township(self.database.reader(), month, division).await?;
        let division = division.map_or_else(String::new, |division| division.to_string());
        let total =
            townships.iter().fold(TownshipCounts { division, ..Default::default() }, |sum, one| TownshipCounts {
                division: sum.division,
                due: sum.due + one.due,
                done: sum.done + one.done,
                done_late: sum.done_late + one.done_late,
                overdue: sum.overdue + one.overdue,
                open: sum.open + one.open,
                at_risk: sum.at_risk + one.at_risk,
            });
        Ok((townships, total))
    }
}
