use proptest::prelude::*;

use super::*;
use crate::time::parse_iso;

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn any_month() -> impl Strategy<Value = Month> {
    (1..=9999, 1..=12).prop_map(|(year, month)| Month::new(year, month).unwrap())
}

fn any_date() -> impl Strategy<Value = Date> {
    (-9999_i16..=9999, 1_i8..=12, 1_i8..=31).prop_filter_map("no such day", |(y, m, d)| Date::new(y, m, d).ok())
}

#[test]
fn months_are_written_as_year_and_month() {
    assert_eq!(month("2025-06").to_string(), "2025-06");
    assert_eq!(format!("{:?}", month("0001-01")), "0001-01");
    assert_eq!(Month::MIN.to_string(), "-009999-01");
    for text in
        ["", "2025", "2025-6", "25-06", "2025/06", "2025-06-01", " 2025-06", "+025-06", "2025-+6", "２０２５-06"]
    {
        assert_eq!(text.parse::<Month>(), Err(MonthError::Form), "{text:?}");
    }
    for text in ["2025-00", "2025-13", "0000-06"] {
        assert_eq!(text.parse::<Month>(), Err(MonthError::NoSuchMonth), "{text:?}");
    }
}

#[test]
fn years_end_and_february_leaps() {
    assert_eq!(month("2024-12").next(), month("2025-01"));
    assert_eq!(month("2025-01").previous(), month("2024-12"));
    assert_eq!(month("2024-02").last_day(), parse_iso("2024-02-29").unwrap());
    assert_eq!(month("1900-02").last_day(), parse_iso("1900-02-28").unwrap());
}

#[test]
fn the_ends_of_the_calendar_hold() {
    assert_eq!(Month::of(Date::MIN), Month::MIN);
    assert_eq!(Month::of(Date::MAX), Month::MAX);
    assert_eq!((Month::MIN.first_day(), Month::MAX.last_day()), (Date::MIN, Date::MAX));
    assert_eq!((Month::MIN.previous(), Month::MAX.next()), (Month::MIN, Month::MAX));
    assert_eq!((Month::MAX.plus(i32::MIN), Month::MIN.plus(i32::MAX)), (Month::MIN, Month::MAX));
}

#[test]
fn a_short_month_has_its_last_day_in_place_of_one_that_it_lacks() {
    let day = |text: &str, number| month(text).day_or_last(number).to_string();
    assert_eq!(day("2025-02", 29), "2025-02-28");
    assert_eq!(day("2024-02", 29), "2024-02-29");
    assert_eq!(day("2025-04", 31), "2025-04-30");
    assert_eq!([day("2025-12", 31), day("2025-12", 1), day("2025-12", 0)], ["2025-12-31", "2025-12-01", "2025-12-01"]);
}

#[test]
fn a_range_has_both_its_ends() {
    let year: Vec<String> = Month::range(month("2024-11"), month("2025-02")).map(|month| month.to_string()).collect();
    assert_eq!(year, ["2024-11", "2024-12", "2025-01", "2025-02"]);
    assert_eq!(Month::range(month("2025-02"), month("2025-02")).count(), 1);
    assert_eq!(Month::range(month("2025-02"), month("2024-11")).len(), 0);
}

proptest! {
    #[test]
    fn walking_day_by_day_meets_the_same_months(start in any_date(), days in 0_usize..800) {
        prop_assume!(start.year() < 9990);
        let mut crossed = 0;
        let mut day = start;
        for _ in 0..days {
            let tomorrow = day.tomorrow().unwrap();
            if tomorrow.month() != day.month() {
                crossed += 1;
                prop_assert_eq!(Month::of(day).last_day(), day);
                prop_assert_eq!(Month::of(tomorrow).first_day(), tomorrow);
                prop_assert_eq!(Month::of(day).next(), Month::of(tomorrow));
                prop_assert_eq!(Month::of(tomorrow).previous(), Month::of(day));
            }
            day = tomorrow;
        }
        let (from, to) = (Month::of(start), Month::of(day));
        prop_assert_eq!(from.plus(crossed), to);
        prop_assert_eq!(to.plus(-crossed), from);
        prop_assert_eq!(Month::months_between(from, to), crossed);
        prop_assert_eq!(Month::months_between(to, from), -crossed);
        prop_assert_eq!(i32::try_from(Month::range(from, to).len()), Ok(crossed + 1));
    }

    #[test]
    fn every_date_lies_in_its_month_alone(date in any_date()) {
        let month = Month::of(date);
        prop_assert!(month.first_day() <= date && date <= month.last_day());
        prop_assert!(month.contains(date));
        prop_assert!(month == Month::MAX || !month.next().contains(date));
    }

    #[test]
    fn months_sort_as_their_texts_and_their_days(one in any_month(), other in any_month()) {
        prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
        prop_assert_eq!(one.cmp(&other), one.first_day().cmp(&other.first_day()));
        prop_assert_eq!(one.cmp(&other), 0.cmp(&Month::months_between(one, other)));
        prop_assert_eq!(one.to_string().parse(), Ok(one));
    }
}
