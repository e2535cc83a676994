//! The rules of the domain against naive oracles.

use kernel::time::{date, start_of_day_shanghai};
use kernel::{Clock as _, Date, Id, ManualClock, Month};
use proptest::prelude::*;
use registry::domain::{Category, CategoryRecord};

fn days() -> impl Strategy<Value = Date> {
    (2000..2060_i32, 1..=12_i32, 1..=28_i32)
        .prop_map(|(year, month, day)| date(year, month, day).expect("every month has 28 days"))
}

fn record(confirmed_on: Date) -> CategoryRecord {
    let clock = ManualClock::on(confirmed_on);
    CategoryRecord::confirmed(Id::generate(&clock), Category::KeyDifficulty, confirmed_on, clock.now())
}

/// The rule as a clerk applies it, in whole months since year 0: paid in `month` if it was confirmed in an earlier
/// month and no event of an earlier month ended it.
fn paid(confirmed_on: Date, ended_on: Option<Date>, month: (i32, i32)) -> bool {
    let index = |year: i32, month: i32| year * 12 + month;
    let of = |day: Date| index(i32::from(day.year()), i32::from(day.month()));
    let month = index(month.0, month.1);
    of(confirmed_on) < month && ended_on.is_none_or(|day| month <= of(day))
}

proptest! {
    #[test]
    fn counts_from_the_month_after_confirmation_until_the_month_after_the_event(
        confirmed_on in days(),
        ended_on in proptest::option::of(days()),
        year in 1999..2062_i32,
        month in 1..=12_i32,
    ) {
        let standing = record(confirmed_on);
        let record = ended_on.map_or_else(|| standing.clone(), |day| standing.ended(day, start_of_day_shanghai(day)));
        let counts = record.counts_in(Month::new(year, month).expect("a month of the calendar"));
        prop_assert_eq!(counts, paid(confirmed_on, ended_on, (year, month)));
        prop_assert!(record.until.is_none_or(|until| record.from <= until));
        prop_assert_eq!(record.stands(), ended_on.is_none());
    }

    #[test]
    fn overlap_means_a_month_that_counts_twice(
        confirmed_on in days(),
        ended_on in proptest::option::of(days()),
        again in days(),
    ) {
        let standing = record(confirmed_on);
        let first = ended_on.map_or_else(|| standing.clone(), |day| standing.ended(day, start_of_day_shanghai(day)));
        let second = record(again);
        let last = Month::new(2070, 1).expect("a month of the calendar");
        let twice = Month::range(second.from, last).any(|month| first.counts_in(month));
        prop_assert_eq!(first.overlaps(second.from), twice);
    }
}
