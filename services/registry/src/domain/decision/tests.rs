use kernel::{Id, ManualClock};

use super::*;
use crate::domain::Tier;
use crate::domain::samples::{child, day, ended, month, noon, with_category};

fn id() -> CategoryRecordId {
    Id::generate(&ManualClock::new(noon("2025-06-01")))
}

fn confirm(child: &Child, category: Category, on: &str) -> Result<Change, DecisionError> {
    child.confirm(id(), category, day(on), noon("2025-06-01"))
}

#[test]
fn given_a_child_when_a_category_is_confirmed_then_it_counts_from_the_next_month() {
    let change = confirm(&child("371621"), Category::ScatteredOrphan, "2025-01-31").unwrap();
    let record = &change.child.categories[0];
    assert_eq!(record.from, month("2025-02"));
    assert_eq!(
        change.events[0].fact,
        Fact::CategoryConfirmed { record: record.id, tier: Some(Tier::B), from: month("2025-02") }
    );
}

#[test]
fn given_tier_c_when_reclassified_on_17_may_then_tier_b_follows_in_june() {
    let before = with_category(&child("371621"), Category::KeyDifficulty, "2024-05-05");
    let previous = before.categories[0].id;
    let new = id();
    let change =
        before.reclassify(previous, new, Category::DeFactoUnattended, day("2025-05-17"), noon("2025-06-01")).unwrap();
    assert_eq!(
        change.events[0].fact,
        Fact::CategoryReclassified {
            record: new,
            tier: Some(Tier::B),
            previous_record: previous,
            previous_tier: Some(Tier::C),
            from: month("2025-06")
        }
    );
    let [old, new] = &change.child.categories[..] else { panic!("two records") };
    assert!(old.counts_in(month("2025-05")) && !old.counts_in(month("2025-06")));
    assert!(new.counts_in(month("2025-06")) && !new.counts_in(month("2025-05")));
}

#[test]
fn a_category_stands_once() {
    let child = with_category(&child("371621"), Category::Migrant, "2022-05-05");
    assert_eq!(confirm(&child, Category::Migrant, "2023-05-05").unwrap_err(), DecisionError::AlreadyConfirmed);
    let record = child.categories[0].id;
    let ended = child.end_category(record, day("2022-10-10"), noon("2025-06-01")).unwrap().child;
    assert_eq!(
        confirm(&ended, Category::Migrant, "2022-09-30").unwrap_err(),
        DecisionError::AlreadyConfirmed,
        "October would count twice"
    );
    confirm(&ended, Category::Migrant, "2022-10-11").unwrap();
}

#[test]
fn who_is_too_old_on_the_day_is_refused() {
    // The sample is born on 2007-06-10.
    let child = child("371621");
    confirm(&child, Category::LeftBehind, "2023-06-09").unwrap();
    assert_eq!(confirm(&child, Category::LeftBehind, "2023-06-10").unwrap_err(), DecisionError::AgeLimit);
    confirm(&child, Category::KeyDifficulty, "2025-06-01").unwrap();
    let adult = child.confirm(id(), Category::KeyDifficulty, day("2025-06-10"), noon("2025-06-10"));
    assert_eq!(adult.unwrap_err(), DecisionError::AgeLimit);
}

#[test]
fn decisions_that_cannot_be_are_refused() {
    let base = child("371621");
    assert_eq!(confirm(&base, Category::Disabled, "2025-06-02").unwrap_err(), DecisionError::ImpossibleDay);
    assert_eq!(confirm(&base, Category::Disabled, "2007-06-09").unwrap_err(), DecisionError::ImpossibleDay);
    assert_eq!(confirm(&ended(), Category::Disabled, "2025-01-01").unwrap_err(), DecisionError::NotActive(NotActive));

    let child = with_category(&base, Category::Disabled, "2024-05-05");
    let record = child.categories[0].id;
    let end = |child: &Child, record, on: &str| child.end_category(record, day(on), noon("2025-06-01"));
    assert_eq!(end(&child, id(), "2025-01-01").unwrap_err(), DecisionError::NoSuchRecord);
    assert_eq!(end(&child, record, "2024-05-04").unwrap_err(), DecisionError::BeforeStart);
    let without = end(&child, record, "2025-01-01").unwrap().child;
    assert_eq!(end(&without, record, "2025-01-02").unwrap_err(), DecisionError::AlreadyEnded);
    let same = child.reclassify(record, id(), Category::Disabled, day("2025-01-01"), noon("2025-06-01"));
    assert_eq!(same.unwrap_err(), DecisionError::AlreadyConfirmed);
}
