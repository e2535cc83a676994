use proptest::prelude::*;

use super::*;
use crate::domain::tests::{Table, after, any_day, any_period, at, days, lasts, write};

#[derive(Clone, Debug)]
enum Step {
    Record(u8, Period, u8),
    End(u8, Date),
    Correct(u8, Period, u8),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..3_u8, any_period(), 0..3_u8).prop_map(|(key, period, value)| Step::Record(key, period, value)),
        (0..3_u8, any_day()).prop_map(|(key, day)| Step::End(key, day)),
        (0..3_u8, any_period(), 0..3_u8).prop_map(|(key, period, value)| Step::Correct(key, period, value)),
    ]
}

proptest! {
    #[test]
    fn every_reading_agrees_with_a_naive_replay(steps in prop::collection::vec(any_step(), 0..12)) {
        let mut entries = Entries::default();
        let mut table: Table<u8, u8> = Table::new();
        let mut known = vec![table.clone()];
        for (number, step) in steps.iter().enumerate() {
            match *step {
                Step::Record(key, period, value) => {
                    entries.record(key, period, value, at(number));
                    write(&mut table, key, period, Some(value));
                }
                Step::End(key, day) => {
                    let expected = match table.contains_key(&key) {
                        false => Err(EntryError::NoSuchEntry),
                        true if lasts(&table, &key, day) => Ok(()),
                        true => Err(EntryError::Ended),
                    };
                    prop_assert_eq!(entries.end(key, day, at(number)), expected);
                    if expected.is_ok() {
                        write(&mut table, key, Period::since(day), None);
                    }
                }
                Step::Correct(key, period, value) => {
                    let exists = table.contains_key(&key);
                    let expected = if exists { Ok(()) } else { Err(EntryError::NoSuchEntry) };
                    prop_assert_eq!(entries.correct(key, period, value, at(number)), expected);
                    if exists {
                        write(&mut table, key, Period::always(), None);
                        write(&mut table, key, period, Some(value));
                    }
                }
            }
            known.push(table.clone());
        }
        for (step, table) in known.iter().enumerate() {
            for (index, number) in days().enumerate() {
                let read: Vec<_> = entries.as_of(after(step, number)).map(|(key, it)| (key, it.value)).collect();
                let expected: Vec<_> = table.iter().filter_map(|(key, row)| Some((*key, row[index]?))).collect();
                prop_assert_eq!(read, expected, "day {} after step {}", number, step);
            }
        }
    }

    #[test]
    fn the_revision_grows_with_every_change_and_only_then(steps in prop::collection::vec(any_step(), 0..12)) {
        let mut entries = Entries::default();
        for (number, step) in steps.iter().enumerate() {
            let before = entries.clone();
            // A refused step is no change either.
            let _ = match *step {
                Step::Record(key, period, value) => { entries.record(key, period, value, at(number)); Ok(()) }
                Step::End(key, day) => entries.end(key, day, at(number)),
                Step::Correct(key, period, value) => entries.correct(key, period, value, at(number)),
            };
            if entries == before {
                prop_assert_eq!(entries.revision(), before.revision());
            } else {
                prop_assert!(entries.revision() > before.revision());
            }
        }
    }
}
