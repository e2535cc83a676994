//! What a city sets for its registry, as data: limits, holidays, how files of one child are found, and the rules by which
//! categories follow from facts.
//!
//! It comes with Hutong (`deploy/rules`, `deploy/holidays`); a city brings its own by `registry.policy_directory`. All of it
//! is read and checked before a port binds.

mod error;
mod file;
pub mod matching;

use std::path::Path;

pub use error::PolicyError;
use file::PolicyFile;
use kernel::HolidayCalendar;

use crate::domain::Category;
use crate::domain::application::Terms;
use crate::domain::limits::Limits;
use crate::domain::matching::Weights;
use crate::domain::review::ReviewRule;

/// What a city sets.
#[derive(Debug)]
pub struct Policy {
    /// How long a step may take.
    pub limits: Limits,
    /// Months from a category's confirmation, or its last review, to the next review.
    pub review_every_months: u16,
    /// Working days for which a review that is due may wait.
    pub review_working_days: u16,
    /// Days before the 18th birthday on which it is announced.
    pub adulthood_notice_days: u16,
    /// The categories that go on after 18 while the child is at school.
    pub continue_at_school: Vec<Category>,
    /// How files of one child are found.
    pub matching: Weights,
    /// Which days are working days.
    pub calendar: HolidayCalendar,
}

impl Policy {
    /// The one that comes with Hutong.
    ///
    /// # Errors
    /// [`PolicyError`] if this binary was built with a wrong one.
    pub fn built_in() -> Result<Self, PolicyError> {
        let policy = include_str!("../../../../deploy/rules/policy.toml");
        let holidays = include_str!("../../../../deploy/holidays/china.csv");
        let matching = include_str!("../../../../deploy/rules/matching.toml");
        Self::of(policy, holidays, matching)
    }

    /// A city's own, from `policy.toml`, `holidays.csv` and `matching.toml` in a directory.
    ///
    /// # Errors
    /// [`PolicyError`] with file and line.
    pub fn read(directory: &Path) -> Result<Self, PolicyError> {
        let read = |name: &str| {
            let file = directory.join(name);
            std::fs::read_to_string(&file).map_err(|source| PolicyError::Unreadable { file, source })
        };
        Self::of(&read("policy.toml")?, &read("holidays.csv")?, &read("matching.toml")?)
    }

    fn of(policy: &str, holidays: &str, matching: &str) -> Result<Self, PolicyError> {
        let file = PolicyFile::parse(policy)?;
        let calendar = HolidayCalendar::from_csv(holidays)?;
        file.policy(calendar, matching::parse(matching)?)
    }

    /// When categories are to be looked at.
    #[must_use]
    pub fn review(&self) -> ReviewRule<'_> {
        ReviewRule {
            every_months: self.review_every_months,
            working_days: self.review_working_days,
            calendar: &self.calendar,
        }
    }

    /// The limits and the days on which they run.
    #[must_use]
    pub fn terms(&self) -> Terms<'_> {
        Terms { limits: &self.limits, calendar: &self.calendar }
    }
}

#[cfg(test)]
mod tests;
