use kernel::time::date;
use kernel::{Id, ManualClock};

use super::*;

fn record(confirmed_on: Date) -> CategoryRecord {
    let clock = ManualClock::on(confirmed_on);
    CategoryRecord::confirmed(Id::generate(&clock), Category::KeyDifficulty, confirmed_on)
}

#[test]
fn reclassified_on_17_may_the_old_counts_in_may_and_the_new_from_june() {
    let day = date(2025, 5, 17).unwrap();
    let old = record(date(2024, 11, 3).unwrap()).ended(day);
    let new = record(day);
    let month = |month| Month::new(2025, month).unwrap();
    assert_eq!((1..=12).filter(|number| old.counts_in(month(*number))).count(), 5);
    assert_eq!((1..=12).filter(|number| new.counts_in(month(*number))).count(), 7);
}

#[test]
fn a_death_on_10_august_leaves_august_and_takes_september() {
    let record = record(date(2024, 1, 5).unwrap()).ended(date(2025, 8, 10).unwrap());
    assert!(record.counts_in(Month::new(2025, 8).unwrap()));
    assert!(!record.counts_in(Month::new(2025, 9).unwrap()));
}
