//! Each standing category is looked at once a year [P]: whether it still holds (定期核查).

use kernel::time::shanghai_date;
use kernel::{CategoryRecordId, Date, Instant, Month};

use super::category_record::{CategoryRecord, Review};
use super::child::{Child, NotActive};
use super::event::{Event, Fact};

/// How often a category is reviewed, and how long a review that is due may wait.
#[derive(Clone, Copy, Debug)]
pub struct ReviewRule<'a> {
    /// Months from the confirmation or the last review to the next.
    pub every_months: u16,
    /// Working days for which one that is due may wait before it is told again.
    pub working_days: u16,
    /// Which days are working days.
    pub calendar: &'a kernel::HolidayCalendar,
}

/// Why a review is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReviewError {
    /// The file changes no more.
    #[error(transparent)]
    NotActive(#[from] NotActive),
    /// The child has no such record.
    #[error("no such category record")]
    NoSuchRecord,
    /// The record has ended: there is nothing to look at.
    #[error("the category has ended")]
    Ended,
    /// The day is before the last review, or in the future.
    #[error("the day is before the last review or in the future")]
    ImpossibleDay,
}

impl ReviewRule<'_> {
    /// The day on which a category looked at on `on` is due again: the same day of the month, or the month's last.
    #[must_use]
    pub fn due(&self, on: Date) -> Date {
        Month::of(on).plus(i32::from(self.every_months)).day_or_last(on.day())
    }

    /// The latest day of a look that is due again on `today`: all before it are due too.
    #[must_use]
    pub fn looked_at_until(&self, today: Date) -> Date {
        let month = Month::of(today).plus(-i32::from(self.every_months));
        // The month's last day stands for all the days that a shorter month lacks.
        if today == Month::of(today).last_day() { month.last_day() } else { month.day_or_last(today.day()) }
    }

    /// Whether it is time to tell, for the first time or again.
    fn is_told_on(&self, review: Review, today: Date) -> bool {
        self.due(review.on) <= today
            && review.told.is_none_or(|told| self.calendar.add_working_days(told, self.working_days).last_day < today)
    }
}

impl Child {
    /// Somebody looked on a day, and the category holds.
    ///
    /// # Errors
    /// [`ReviewError`].
    pub fn review(&self, record: CategoryRecordId, on: Date, now: Instant) -> Result<(Self, Event), ReviewError> {
        self.active()?;
        let index = self.categories.iter().position(|other| other.id == record).ok_or(ReviewError::NoSuchRecord)?;
        let standing = &self.categories[index];
        if !standing.stands() {
            return Err(ReviewError::Ended);
        }
        if on < standing.review.on || on > shanghai_date(now) {
            return Err(ReviewError::ImpossibleDay);
        }
        let mut child = self.changed(now);
        child.categories[index].review = Review { on, told: None };
        let event = child.event(Fact::CategoryReviewed { record, on });
        Ok((child, event))
    }

    /// Tells of the reviews that are due; nothing where none is, or it was told lately.
    #[must_use]
    pub fn remind_of_reviews(&self, rule: &ReviewRule<'_>, now: Instant) -> Option<(Self, Vec<Event>)> {
        let today = shanghai_date(now);
        self.active().ok()?;
        let due = |record: &CategoryRecord| record.stands() && rule.is_told_on(record.review, today);
        if !self.categories.iter().any(due) {
            return None;
        }
        // A reminder is no change of the file: its etag stays.
        let mut child = self.clone();
        let mut events = Vec::new();
        for record in child.categories.iter_mut().filter(|record| due(record)) {
            let fact = Fact::ReviewDue {
                record: record.id,
                due_on: rule.due(record.review.on),
                late: record.review.told.is_some(),
            };
            record.review.told = Some(today);
            events.push(self.event(fact));
        }
        Some((child, events))
    }
}

#[cfg(test)]
mod tests;
