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
        let month = Month::of(on).plus(i32::from(self.every_months));
        let last = month.last_day();
        Date::new(last.year(), last.month(), on.day().min(last.day())).expect("the day is none after the month's last")
    }

    /// The latest day of a look that is due again on `today`: all before it are due too.
    #[must_use]
    pub fn looked_at_until(&self, today: Date) -> Date {
        let month = Month::of(today).plus(-i32::from(self.every_months));
        let last = month.last_day();
        // The month's last day stands for all the days that a shorter month lacks.
        if today == Month::of(today).last_day() {
            return last;
        }
        Date::new(last.year(), last.month(), today.day().min(last.day()))
            .expect("the day is none after the month's last")
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
mod tests {
    use kernel::HolidayCalendar;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::category::Category;
    use crate::domain::samples::{child, day, noon, with_category};

    fn calendar() -> HolidayCalendar {
        HolidayCalendar::from_csv(include_str!("../../../../deploy/holidays/china.csv")).unwrap()
    }

    fn rule(calendar: &HolidayCalendar) -> ReviewRule<'_> {
        ReviewRule { every_months: 12, working_days: 15, calendar }
    }

    #[test]
    fn a_review_is_due_after_a_year_and_told_again_when_it_waits() {
        let calendar = calendar();
        let child = with_category(&child("371621"), Category::KeyDifficulty, "2024-03-05");
        assert_eq!(child.remind_of_reviews(&rule(&calendar), noon("2025-03-04")), None);
        let (told, events) = child.remind_of_reviews(&rule(&calendar), noon("2025-03-05")).unwrap();
        let record = child.categories[0].id;
        assert_eq!(events[0].fact, Fact::ReviewDue { record, due_on: day("2025-03-05"), late: false });
        assert_eq!(told.remind_of_reviews(&rule(&calendar), noon("2025-03-26")), None);
        let (told, events) = told.remind_of_reviews(&rule(&calendar), noon("2025-03-27")).unwrap();
        assert_eq!(events[0].fact, Fact::ReviewDue { record, due_on: day("2025-03-05"), late: true });
        let (reviewed, _) = told.review(record, day("2025-03-27"), noon("2025-03-28")).unwrap();
        assert_eq!(reviewed.remind_of_reviews(&rule(&calendar), noon("2026-03-26")), None);
        assert!(reviewed.remind_of_reviews(&rule(&calendar), noon("2026-03-27")).is_some());
    }

    #[test]
    fn reviews_that_cannot_be_are_refused() {
        let child = with_category(&child("371621"), Category::KeyDifficulty, "2024-03-05");
        let record = child.categories[0].id;
        let refused = |child: &Child, on: &str| child.review(record, day(on), noon("2025-03-05")).unwrap_err();
        assert_eq!(refused(&child, "2024-03-04"), ReviewError::ImpossibleDay);
        assert_eq!(refused(&child, "2025-03-06"), ReviewError::ImpossibleDay);
        let ended = child.end_category(record, day("2024-06-01"), noon("2024-06-02")).unwrap().child;
        assert_eq!(refused(&ended, "2025-03-05"), ReviewError::Ended);
        let calendar = calendar();
        assert_eq!(ended.remind_of_reviews(&rule(&calendar), noon("2026-01-01")), None);
    }

    proptest! {
        /// What the sweeper asks the database for is exactly what is due.
        #[test]
        fn a_look_is_due_again_if_it_was_not_after_the_last_that_is(on in 0..4_000_i64, later in 0..2_000_i64, months in 1..30_u16) {
            let calendar = HolidayCalendar::default();
            let rule = ReviewRule { every_months: months, ..rule(&calendar) };
            let add = |day: Date, days: i64| day.checked_add(kernel::time::days(days)).unwrap();
            let on = add(day("2020-01-01"), on);
            let today = add(on, later);
            prop_assert_eq!(rule.due(on) <= today, on <= rule.looked_at_until(today));
        }
    }
}
