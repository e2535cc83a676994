//! Which categories put a child on the duty.

use crate::domain::category::Category;

/// The categories under which a child must be seen every month: data of the city [P], by default all but the plain
/// migrant's [S].
#[derive(Clone, PartialEq, Eq)]
pub struct DutyRule {
    /// One bit for each category, at its number.
    categories: i64,
}

impl DutyRule {
    /// The rule of these categories.
    #[must_use]
    pub fn of(categories: impl IntoIterator<Item = Category>) -> Self {
        Self { categories: categories.into_iter().fold(0, |bits, category| bits | bit(category)) }
    }

    /// A number that is another for another rule, never 0 or less, by which a duty that was derived by an earlier rule is
    /// known.
    #[must_use]
    pub fn number(&self) -> i64 {
        self.categories | 1
    }

    /// Whether a child who carries the category is on the duty.
    #[must_use]
    pub fn covers(&self, category: Category) -> bool {
        self.categories & bit(category) != 0
    }
}

fn bit(category: Category) -> i64 {
    1 << category.number()
}

/// Says only that it is one: a rule of one category would name it.
impl std::fmt::Debug for DutyRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DutyRule")
    }
}
