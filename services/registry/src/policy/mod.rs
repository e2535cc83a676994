//! What a city sets for its registry, as data: limits, holidays, how files of one child are found, and the rules by which
//! categories follow from facts.
//!
//! It comes with Hutong (`deploy/rules`, `deploy/holidays`); a city brings its own by `registry.policy_directory`. All of it
//! is read and checked before a port binds.

mod error;
mod file;
pub mod matching;
mod migrants;
mod proposing;
mod vocabulary;

use std::path::Path;
use std::sync::Arc;

pub use error::PolicyError;
use file::PolicyFile;
use kernel::{Date, HolidayCalendar};
pub use proposing::CategoryRules;

use crate::domain::Category;
use crate::domain::adulthood::AdulthoodRule;
use crate::domain::application::Terms;
use crate::domain::limits::Limits;
use crate::domain::matching::Weights;
use crate::domain::migrant::MigrantRules;
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
    /// Who counts as a migrant child, and how often a survey must confirm an entry.
    pub migrant_rules: Arc<MigrantRules>,
    /// Days for which a comparison of the ledger with another list may stay open.
    pub reconciliation_days: u16,
    /// How files of one child are found.
    pub matching: Weights,
    /// Which days are working days.
    pub calendar: HolidayCalendar,
    /// Which category follows from which facts.
    pub categories: CategoryRules,
}

/// The files of a policy, as they were read.
#[derive(Clone, Debug)]
struct PolicyTexts {
    policy: String,
    holidays: String,
    matching: String,
    /// Each with its name within the policy's directory.
    categories: Vec<(String, String)>,
}

impl Policy {
    /// The one that comes with Hutong.
    ///
    /// # Errors
    /// [`PolicyError`] if this binary was built with a wrong one.
    pub fn built_in() -> Result<Self, PolicyError> {
        Self::of(&PolicyTexts {
            policy: include_str!("../../../../deploy/rules/policy.toml").to_owned(),
            holidays: include_str!("../../../../deploy/holidays/china.csv").to_owned(),
            matching: include_str!("../../../../deploy/rules/matching.toml").to_owned(),
            categories: vec![(
                "categories/2024-01.toml".to_owned(),
                include_str!("../../../../deploy/rules/categories/2024-01.toml").to_owned(),
            )],
        })
    }

    /// A city's own: `policy.toml`, `holidays.csv`, `matching.toml` and the files of `categories/` in a directory.
    ///
    /// # Errors
    /// [`PolicyError`] with file and line.
    pub fn read(directory: &Path) -> Result<Self, PolicyError> {
        Self::of(&PolicyTexts {
            categories: rule_files(&directory.join("categories"))?,
            policy: text_of(&directory.join("policy.toml"))?,
            holidays: text_of(&directory.join("holidays.csv"))?,
            matching: text_of(&directory.join("matching.toml"))?,
        })
    }

    fn of(texts: &PolicyTexts) -> Result<Self, PolicyError> {
        let file = PolicyFile::parse(&texts.policy)?;
        let calendar = HolidayCalendar::from_csv(&texts.holidays)?;
        let categories = texts.categories.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        file.policy(calendar, matching::parse(&texts.matching)?, CategoryRules::of(categories)?)
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
