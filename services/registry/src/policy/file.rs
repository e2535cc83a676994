use std::sync::Arc;

use contract::registry::v1;
use kernel::HolidayCalendar;
use serde::Deserialize;

use super::{CategoryRules, Policy, PolicyError, migrants};
use crate::domain::Category;
use crate::domain::limits::{Limits, StepLimits};
use crate::domain::matching::Weights;

/// `policy.toml` as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyFile {
    limits: LimitsTable,
    review: ReviewTable,
    adulthood: AdulthoodTable,
    #[serde(default)]
    migrants: MigrantsTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsTable {
    check: u16,
    decision: u16,
    #[serde(default)]
    category: Vec<CategoryLimits>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoryLimits {
    name: String,
    check: u16,
    decision: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewTable {
    every_months: u16,
    working_days: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdulthoodTable {
    notice_days: u16,
    continue_at_school: Vec<String>,
}

/// A city's file of before it had this table goes on with these.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct MigrantsTable {
    survey_every_months: u16,
    reconciliation_days: u16,
}

impl Default for MigrantsTable {
    fn default() -> Self {
        Self { survey_every_months: 12, reconciliation_days: 30 }
    }
}

impl PolicyFile {
    pub(super) fn parse(text: &str) -> Result<Self, PolicyError> {
        Ok(toml::from_str(text)?)
    }

    pub(super) fn policy(
        self,
        calendar: HolidayCalendar,
        matching: Weights,
        categories: CategoryRules,
    ) -> Result<Policy, PolicyError> {
        let limits = |check, decision| {
            let check = within("check", check, 1, 250)?;
            Ok::<_, PolicyError>(StepLimits { check, decision: within("decision", decision, 1, 250)? })
        };
        let own = |own: &CategoryLimits| Ok((category(&own.name)?, limits(own.check, own.decision)?));
        let names = self.adulthood.continue_at_school.iter();
        let months = self.migrants.survey_every_months;
        Ok(Policy {
            limits: Limits {
                default: limits(self.limits.check, self.limits.decision)?,
                own: self.limits.category.iter().map(own).collect::<Result<_, PolicyError>>()?,
            },
            review_every_months: within("every_months", self.review.every_months, 1, 120)?,
            review_working_days: within("working_days", self.review.working_days, 1, 250)?,
            adulthood_notice_days: within("notice_days", self.adulthood.notice_days, 0, 1_000)?,
            continue_at_school: names.map(|name| category(name)).collect::<Result<_, _>>()?,
            migrant_rules: Arc::new(migrants::rules(within("survey_every_months", months, 1, 120)?)?),
            reconciliation_days: within("reconciliation_days", self.migrants.reconciliation_days, 1, 1_000)?,
            matching,
            calendar,
            categories,
        })
    }
}

fn within(key: &'static str, value: u16, from: u16, to: u16) -> Result<u16, PolicyError> {
    if (from..=to).contains(&value) { Ok(value) } else { Err(PolicyError::OutOfRange { key, from, to }) }
}

/// A category by its name in the contract, without the prefix that all of them have.
pub(super) fn category(name: &str) -> Result<Category, PolicyError> {
    v1::Category::from_str_name(&format!("CATEGORY_{name}"))
        .and_then(|category| Category::from_number(category.into()))
        .ok_or_else(|| PolicyError::UnknownCategory { name: name.to_owned() })
}
