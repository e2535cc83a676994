//! How long a step of a category's path may take. A city sets it; these types only hold it.

use super::application::Step;
use super::category::Category;

/// Working days for each step: 15 and 15, for orphans 10 and 10 [L], as far as the city does not set them otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Where the category has no limits of its own.
    pub default: StepLimits,
    /// The categories that have.
    pub own: Vec<(Category, StepLimits)>,
}

/// Working days for both steps of a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepLimits {
    /// For the township's check, from the day after the application came in.
    pub check: u16,
    /// For the county's decision, from the day after the check.
    pub decision: u16,
}

impl Limits {
    /// The limit of a step.
    #[must_use]
    pub fn working_days(&self, category: Category, step: Step) -> u16 {
        let own = self.own.iter().find(|(other, _)| *other == category).map(|(_, limits)| *limits);
        let StepLimits { check, decision } = own.unwrap_or(self.default);
        match step {
            Step::Check => check,
            Step::Decision => decision,
        }
    }
}
