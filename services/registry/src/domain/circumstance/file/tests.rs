use kernel::{Id, ManualClock};
use proptest::prelude::*;

use super::*;
use crate::domain::circumstance::{CareSetting, LeftBehind, Remark};
use crate::domain::samples::{day as calendar, noon};
use crate::domain::tests::{Table, after, any_day, any_period, at, day, days, lasts, write};

fn county() -> Division {
    "371621".parse().unwrap()
}

fn child() -> ChildId {
    Id::generate(&ManualClock::new(noon("2024-02-01")))
}

/// Three aspects with two values each.
fn thing(aspect: u8, value: u8) -> Circumstance {
    match aspect {
        0 => Circumstance::LeftBehind(LeftBehind {
            father_whereabouts: value.to_string(),
            mother_whereabouts: String::new(),
            carer: None,
        }),
        1 => Circumstance::CareSetting([CareSetting::Institution, CareSetting::Community][usize::from(value)]),
        _ => Circumstance::Hiv(Remark { text: value.to_string(), evidence: Vec::new() }),
    }
}

#[derive(Clone, Debug)]
enum Step {
    Record(u8, u8, Period),
    End(u8, Date),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..3_u8, 0..2_u8, any_period()).prop_map(|(aspect, value, period)| Step::Record(aspect, value, period)),
        1 => (0..3_u8, any_day()).prop_map(|(aspect, day)| Step::End(aspect, day)),
    ]
}

proptest! {
    #[test]
    fn circumstances_agree_with_a_naive_replay_and_only_other_left_behind_days_are_news(
        steps in prop::collection::vec(any_step(), 0..12),
    ) {
        let mut file = Circumstances::of(child());
        let mut table: Table<u8, u8> = Table::new();
        let mut known = vec![table.clone()];
        for (number, step) in steps.iter().enumerate() {
            let before = file.clone();
            let days_before = left_behind(&table);
            match *step {
                Step::Record(aspect, value, period) => {
                    file = file.record(thing(aspect, value), period, day(0), at(number)).unwrap();
                    write(&mut table, aspect, period, Some(value));
                }
                Step::End(aspect, day) => {
                    let expected = if lasts(&table, &aspect, day) { Ok(()) } else { Err(CircumstanceError::Ended) };
                    let result = file.end(thing(aspect, 0).aspect(), day, at(number));
                    prop_assert_eq!(result.as_ref().map(|_| ()).map_err(|error| *error), expected);
                    if let Ok(changed) = result {
                        file = changed;
                        write(&mut table, aspect, Period::since(day), None);
                    }
                }
            }
            let news = file.left_behind_changed(&before, county());
            prop_assert_eq!(news.is_some(), left_behind(&table) != days_before);
            known.push(table.clone());
        }
        for (step, table) in known.iter().enumerate() {
            for (index, number) in days().enumerate() {
                for aspect in 0..3 {
                    let read = file.get(thing(aspect, 0).aspect(), after(step, number)).cloned();
                    let expected = table.get(&aspect).and_then(|row| row[index]).map(|value| thing(aspect, value));
                    prop_assert_eq!(read, expected, "aspect {} on day {} after {}", aspect, number, step);
                }
            }
        }
    }
}

fn left_behind(table: &Table<u8, u8>) -> Vec<bool> {
    table.get(&0).map_or_else(|| vec![false; days().count()], |row| row.iter().map(Option::is_some).collect())
}

#[test]
fn a_left_behind_situation_is_told_with_its_days_and_nothing_else() {
    let nothing = Circumstances::of(child());
    let now = noon("2024-12-12");
    let since = Period::since(calendar("2024-03-01"));
    let born = calendar("2014-03-02");
    let away = nothing.record(thing(0, 0), since, born, now).unwrap();
    let news = |before: &Circumstances, after: &Circumstances| {
        after.left_behind_changed(before, county()).map(|news| (news.from, news.until))
    };
    assert_eq!(news(&nothing, &away), Some((Some(calendar("2024-03-01")), None)));
    let moved = away.record(thing(0, 1), Period::since(calendar("2024-06-01")), born, now).unwrap();
    assert_eq!(news(&away, &moved), None, "that the father moved is told to nobody");
    let ended = moved.end(Aspect::LeftBehind, calendar("2024-10-01"), now).unwrap();
    assert_eq!(news(&moved, &ended), Some((Some(calendar("2024-03-01")), Some(calendar("2024-10-01")))));
    let withdrawn = ended.end(Aspect::LeftBehind, calendar("2024-03-01"), now).unwrap();
    assert_eq!(news(&ended, &withdrawn), Some((None, Some(calendar("2024-03-01")))));
    let ill = nothing.record(thing(2, 0), since, born, now).unwrap();
    assert_eq!(news(&nothing, &ill), None);
}

#[test]
fn it_shows_no_aspect() {
    let shown = format!("{:?} {:?} {:?}", Aspect::Hiv, thing(2, 0), Circumstances::of(child()));
    assert!(!shown.to_lowercase().contains("hiv"), "{shown}");
}
