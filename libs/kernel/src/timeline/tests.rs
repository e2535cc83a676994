use proptest::prelude::*;

use super::*;
use crate::time::date;

fn day(number: i32) -> Date {
    date(2024, 1, 1 + number).unwrap()
}

fn period(from: i32, until: Option<i32>) -> Period {
    Period::new(day(from), until.map(day)).unwrap()
}

fn at(number: i64) -> Instant {
    Instant::from_micros(number)
}

/// Days that the naive replay looks at; the last stands for all after it.
const DAYS: i32 = 12;

#[derive(Clone, Debug)]
enum Step {
    Record(Period, u8),
    Add(Period, u8),
    Clear(Period),
}

fn any_period() -> impl Strategy<Value = Period> {
    (0..DAYS - 1, prop::option::of(1..DAYS))
        .prop_map(|(from, length)| period(from, length.map(|length| (from + length).min(DAYS - 1).max(from + 1))))
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (any_period(), 0..4_u8).prop_map(|(period, value)| Step::Record(period, value)),
        (any_period(), 0..3_u8).prop_map(|(period, value)| Step::Add(period, value)),
        any_period().prop_map(Step::Clear),
    ]
}

/// What a plain table of days says after each step.
fn replay(steps: &[Step]) -> Vec<Vec<Option<u8>>> {
    let mut table = vec![None; usize::try_from(DAYS).unwrap()];
    let mut known = vec![table.clone()];
    for step in steps {
        for (number, value) in (0..DAYS).zip(&mut table) {
            match step {
                Step::Record(period, new) if period.contains(day(number)) => *value = Some(*new),
                Step::Add(period, more) if period.contains(day(number)) => *value = value.map(|value| value + more),
                Step::Clear(period) if period.contains(day(number)) => *value = None,
                _ => {}
            }
        }
        known.push(table.clone());
    }
    known
}

fn carry_out(steps: &[Step]) -> Timeline<u8> {
    let mut timeline = Timeline::default();
    for (step, now) in steps.iter().zip(1..) {
        match step {
            Step::Record(period, value) => timeline.record(*period, *value, at(now)),
            Step::Add(period, more) => timeline.amend(*period, at(now), |value| value + more),
            Step::Clear(period) => timeline.clear(*period, at(now)),
        }
    }
    timeline
}

proptest! {
    #[test]
    fn every_reading_agrees_with_a_naive_replay(steps in prop::collection::vec(any_step(), 0..12)) {
        let timeline = carry_out(&steps);
        for (table, now) in replay(&steps).into_iter().zip(0..) {
            for (number, expected) in (0..DAYS).zip(table) {
                prop_assert_eq!(timeline.as_of(day(number), at(now)).copied(), expected, "day {} at {}", number, now);
            }
        }
    }

    #[test]
    fn nothing_overlaps_at_any_instant(steps in prop::collection::vec(any_step(), 0..12)) {
        let timeline = carry_out(&steps);
        for now in 0..=i64::try_from(steps.len()).unwrap() {
            let known = timeline.known_at(at(now));
            prop_assert!(known.windows(2).all(|pair| pair[0].period.intersection(pair[1].period).is_none()));
        }
    }

    #[test]
    fn what_was_recorded_stays(steps in prop::collection::vec(any_step(), 1..12)) {
        let before = carry_out(&steps[..steps.len() - 1]);
        let after = carry_out(&steps);
        for (old, new) in before.versions().iter().zip(after.versions()) {
            let superseded = new.superseded;
            prop_assert!(old.superseded == superseded || old.superseded.is_none());
            prop_assert_eq!(Version { superseded, ..*old }, *new);
        }
    }

    #[test]
    fn what_was_stored_is_restored(steps in prop::collection::vec(any_step(), 0..12)) {
        let timeline = carry_out(&steps);
        let mut versions = timeline.versions().to_vec();
        versions.reverse();
        prop_assert_eq!(Timeline::restore(versions).unwrap(), timeline);
    }

    #[test]
    fn a_period_without_another_has_its_other_days(one in any_period(), other in any_period()) {
        let rest = one.without(other);
        for number in 0..DAYS + 3 {
            let in_rest = rest.iter().flatten().filter(|rest| rest.contains(day(number))).count();
            let expected = one.contains(day(number)) && !other.contains(day(number));
            prop_assert_eq!(in_rest, usize::from(expected), "day {}", number);
        }
    }
}

#[test]
fn the_same_value_again_is_no_change() {
    let mut timeline = Timeline::beginning(Period::always(), 1, at(1));
    timeline.record(period(3, Some(5)), 1, at(2));
    timeline.amend(Period::always(), at(3), |value| *value);
    assert_eq!(timeline.versions().len(), 1);
}

#[test]
fn a_late_fact_leaves_what_was_known_before() {
    let mut timeline = Timeline::beginning(Period::always(), "Huimin", at(1));
    timeline.record(Period::since(day(5)), "Zouping", at(9));
    assert_eq!(timeline.as_of(day(7), at(8)), Some(&"Huimin"));
    assert_eq!(timeline.as_of(day(7), at(9)), Some(&"Zouping"));
    assert_eq!(timeline.as_of(day(4), at(9)), Some(&"Huimin"));
    assert_eq!(timeline.open().map(|version| version.value), Some("Zouping"));
}

#[test]
fn versions_that_cannot_stand_together_are_refused() {
    let version = |number, period| Version { number, value: 1, period, recorded: at(1), superseded: None };
    let overlapping = vec![version(0, period(0, Some(3))), version(1, Period::since(day(2)))];
    assert_eq!(Timeline::restore(overlapping), Err(TimelineError::Overlap));
    let twice = vec![version(0, period(0, Some(3))), version(0, Period::since(day(3)))];
    assert_eq!(Timeline::restore(twice), Err(TimelineError::NumberTwice));
}

#[test]
fn an_empty_period_is_none() {
    assert_eq!(Period::new(day(3), Some(day(3))), Err(EmptyPeriod));
    assert_eq!(Period::new(day(3), Some(day(2))), Err(EmptyPeriod));
}
