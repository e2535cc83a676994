//! One category of one child, from a month to a month.

use kernel::{CategoryRecordId, Date, Month};

use super::category::{Category, Tier};

/// A confirmed category with its validity. It counts from the month after its confirmation, and until the month after
/// the event that ended it (domain, "Confirmation").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CategoryRecord {
    /// The record's identifier.
    pub id: CategoryRecordId,
    /// The category in detail.
    pub category: Category,
    /// The day on which the county confirmed it.
    pub confirmed_on: Date,
    /// The first month in which it counts.
    pub from: Month,
    /// The first month in which it no longer counts, `None` while it stands. Never before `from`: a category that
    /// ended in the month of its confirmation never counted.
    pub until: Option<Month>,
}

/// The month from which a fact of `day` has effect: the one after.
#[must_use]
pub fn month_after(day: Date) -> Month {
    Month::of(day).next()
}

impl CategoryRecord {
    /// A category that the county confirmed on a day.
    #[must_use]
    pub fn confirmed(id: CategoryRecordId, category: Category, confirmed_on: Date) -> Self {
        Self { id, category, confirmed_on, from: month_after(confirmed_on), until: None }
    }

    /// The tier that follows from the category.
    #[must_use]
    pub fn tier(&self) -> Option<Tier> {
        self.category.tier()
    }

    /// Whether nothing has ended it yet. It may not have begun to count.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.until.is_none()
    }

    /// Whether it counts in `month`.
    #[must_use]
    pub fn counts_in(&self, month: Month) -> bool {
        self.from <= month && self.until.is_none_or(|until| month < until)
    }

    /// The same record, ended by an event of `day`. An event before the confirmation, such as a death that became
    /// known late, leaves no month in which it counted.
    #[must_use]
    pub fn ended(self, day: Date) -> Self {
        Self { until: Some(month_after(day).max(self.from)), ..self }
    }

    /// Whether an open record of the same category from `from` on would count twice with this one.
    #[must_use]
    pub fn overlaps(&self, from: Month) -> bool {
        self.until.is_none_or(|until| self.from < until && from < until)
    }
}

#[cfg(test)]
mod tests;
