use kernel::HolidayCalendar;
use proptest::prelude::*;

use super::*;
use crate::domain::category::Category;
use crate::domain::samples::{child, day, noon, with_category};

fn calendar() -> HolidayCalendar {
    HolidayCalendar::from_csv(include_str!("../../../../../deploy/holidays/china.csv")).unwrap()
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
