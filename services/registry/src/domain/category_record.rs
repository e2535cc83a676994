//! One category of one child, from a month to a month.

use kernel::{CategoryRecordId, Date, Instant, Month, Tier};

use super::category::Category;

/// A confirmed category with its validity. It counts from the month after its confirmation, and until the month after
/// the event that ended it (domain, "Confirmation").
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// When somebody last looked whether it still holds.
    pub review: Review,
    /// Since when its months are known.
    pub recorded: Instant,
    /// What was believed of its months before, in the order of recording. A decision needs all of it, a reading of the
    /// present none.
    pub earlier: Vec<EarlierSpan>,
}

/// When a standing category was last looked at, and whether it was told that it is time again (定期核查).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Review {
    /// The day of the confirmation or of the last review.
    pub on: Date,
    /// The day on which it was last told that a review is due, `None` while none is.
    pub told: Option<Date>,
}

/// The months of a category as they were once believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlierSpan {
    /// The first month in which it was to count.
    pub from: Month,
    /// The first in which it no longer was.
    pub until: Option<Month>,
    /// Since when that was believed.
    pub recorded: Instant,
    /// Until when.
    pub superseded: Instant,
}

/// The month from which a fact of `day` has effect: the one after.
#[must_use]
pub fn month_after(day: Date) -> Month {
    Month::of(day).next()
}

impl CategoryRecord {
    /// A category that the county confirmed on a day.
    #[must_use]
    pub fn confirmed(id: CategoryRecordId, category: Category, confirmed_on: Date, now: Instant) -> Self {
        let from = month_after(confirmed_on);
        let review = Review { on: confirmed_on, told: None };
        Self { id, category, confirmed_on, from, until: None, review, recorded: now, earlier: Vec::new() }
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
    pub fn ended(&self, day: Date, now: Instant) -> Self {
        self.spanning(self.from, Some(month_after(day).max(self.from)), now)
    }

    /// The same record with other months; what was believed of them stays beside them.
    #[must_use]
    pub fn spanning(&self, from: Month, until: Option<Month>, now: Instant) -> Self {
        let mut earlier = self.earlier.clone();
        earlier.push(EarlierSpan { from: self.from, until: self.until, recorded: self.recorded, superseded: now });
        Self { from, until, recorded: now, earlier, ..self.clone() }
    }

    /// The record as it was known at an instant, `None` if it was not yet.
    #[must_use]
    pub fn known_at(&self, instant: Instant) -> Option<Self> {
        if self.recorded <= instant {
            return Some(self.clone());
        }
        let index = self.earlier.iter().position(|span| span.recorded <= instant && instant < span.superseded)?;
        let EarlierSpan { from, until, recorded, .. } = self.earlier[index];
        Some(Self { from, until, recorded, earlier: self.earlier[..index].to_vec(), ..self.clone() })
    }

    /// Whether an open record of the same category from `from` on would count twice with this one.
    #[must_use]
    pub fn overlaps(&self, from: Month) -> bool {
        self.until.is_none_or(|until| self.from < until && from < until)
    }
}

#[cfg(test)]
mod tests;
