//! What a city sets for its registry, as data: limits, holidays, and the rules by which categories follow from facts.
//!
//! It comes with Hutong (`deploy/rules`, `deploy/holidays`); a city brings its own by `registry.policy_directory`. All of it
//! is read and checked before a port binds.

mod error;
mod file;
mod proposing;
mod vocabulary;

use std::path::Path;

pub use error::PolicyError;
use file::PolicyFile;
use kernel::{Date, HolidayCalendar};
pub use proposing::CategoryRules;

use crate::domain::Category;
use crate::domain::adulthood::AdulthoodRule;
use crate::domain::application::Terms;
use crate::domain::limits::Limits;
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
    /// Which days are working days.
    pub calendar: HolidayCalendar,
    /// Which category follows from which facts.
    pub categories: CategoryRules,
}

impl Policy {
    /// The one that comes with Hutong.
    ///
    /// # Errors
    /// [`PolicyError`] if this binary was built with a wrong one.
    pub fn built_in() -> Result<Self, PolicyError> {
        let policy = include_str!("../../../../deploy/rules/policy.toml");
        let holidays = include_str!("../../../../deploy/holidays/china.csv");
        let categories = include_str!("../../../../deploy/rules/categories/2024-01.toml");
        Self::of(policy, holidays, [("categories/2024-01.toml", categories)])
    }

    /// A city's own: `policy.toml`, `holidays.csv` and the files of `categories/` in a directory.
    ///
    /// # Errors
    /// [`PolicyError`] with file and line.
    pub fn read(directory: &Path) -> Result<Self, PolicyError> {
        let categories = rule_files(&directory.join("categories"))?;
        let categories = categories.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        Self::of(&text_of(&directory.join("policy.toml"))?, &text_of(&directory.join("holidays.csv"))?, categories)
    }

    fn of<'a>(
        policy: &str,
        holidays: &str,
        categories: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, PolicyError> {
        let file = PolicyFile::parse(policy)?;
        let calendar = HolidayCalendar::from_csv(holidays)?;
        file.policy(calendar, CategoryRules::of(categories)?)
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

    /// What happens at 18.
    #[must_use]
    pub fn adulthood(&self) -> AdulthoodRule<'_> {
        AdulthoodRule { notice_days: self.adulthood_notice_days, continue_at_school: &self.continue_at_school }
    }

    /// The limits and the days on which they run.
    #[must_use]
    pub fn terms(&self) -> Terms<'_> {
        Terms { limits: &self.limits, calendar: &self.calendar }
    }
}

fn text_of(file: &Path) -> Result<String, PolicyError> {
    std::fs::read_to_string(file).map_err(|source| PolicyError::Unreadable { file: file.to_owned(), source })
}

/// The rule sets in a directory with the names of their files, in the order of their names.
fn rule_files(directory: &Path) -> Result<Vec<(String, String)>, PolicyError> {
    let unreadable = |source| PolicyError::Unreadable { file: directory.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((format!("categories/{name}"), text_of(&path)?));
        }
    }
    files.sort();
    if files.is_empty() { Err(PolicyError::NoRules { directory: directory.to_owned() }) } else { Ok(files) }
}

#[cfg(test)]
mod tests;
