use kernel::time::start_of_day_shanghai;
use kernel::{Id, ManualClock};
use proptest::prelude::*;

use super::*;
use crate::domain::samples::{day, month, noon};

fn record(confirmed_on: Date) -> CategoryRecord {
    let now = start_of_day_shanghai(confirmed_on);
    CategoryRecord::confirmed(Id::generate(&ManualClock::new(now)), Category::KeyDifficulty, confirmed_on, now)
}

#[test]
fn it_counts_from_the_month_after_its_confirmation_until_the_month_after_its_end() {
    let record = record(day("2024-01-05")).ended(day("2025-08-10"), noon("2025-08-12"));
    let counted = Month::range(month("2024-01"), month("2025-12")).filter(|month| record.counts_in(*month));
    assert!(counted.eq(Month::range(month("2024-02"), month("2025-08"))));
}

#[test]
fn ended_before_it_was_confirmed_it_never_counted() {
    let record = record(day("2024-11-03")).ended(day("2024-10-20"), noon("2024-11-10"));
    assert_eq!((record.from, record.until), (month("2024-12"), Some(month("2024-12"))));
}

#[test]
fn what_was_known_before_the_end_stays_known() {
    let record = record(day("2024-01-05")).ended(day("2025-08-10"), noon("2025-08-12"));
    assert_eq!(record.known_at(noon("2024-01-04")), None);
    assert_eq!(record.known_at(noon("2025-08-11")).unwrap().until, None);
    assert_eq!(record.known_at(noon("2025-08-12")).unwrap().until, Some(month("2025-09")));
}

proptest! {
    /// Against a list of what was said when.
    #[test]
    fn every_reading_agrees_with_a_naive_replay(said in prop::collection::vec((0..24_i32, prop::option::of(0..24_i32)), 0..6)) {
        let first = month("2024-01");
        let mut known = record(day("2023-12-05"));
        let mut naive = vec![(known.recorded, known.from, known.until)];
        for (step, (from, length)) in (1..).zip(said) {
            let now = known.recorded.saturating_add(std::time::Duration::from_hours(step));
            let from = first.plus(from);
            let until = length.map(|length| from.plus(length));
            known = known.spanning(from, until, now);
            naive.push((now, from, until));
        }
        for (index, (recorded, from, until)) in naive.iter().enumerate() {
            let next = naive.get(index + 1).map(|next| next.0);
            for instant in [Some(*recorded), next.map(|next| next.saturating_sub(std::time::Duration::from_micros(1)))] {
                let Some(instant) = instant else { continue };
                let read = known.known_at(instant).unwrap();
                prop_assert_eq!((read.from, read.until, read.recorded), (*from, *until, *recorded));
            }
        }
    }
}
