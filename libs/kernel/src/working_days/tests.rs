use proptest::prelude::*;

use super::*;

/// What comes with Hutong.
const CHINA: &str = include_str!("../../../../deploy/holidays/china.csv");

fn china() -> HolidayCalendar {
    HolidayCalendar::from_csv(CHINA).unwrap()
}

fn day(text: &str) -> Date {
    parse_iso(text).unwrap()
}

#[test]
fn the_table_that_comes_with_hutong_covers_its_three_years_and_no_other() {
    let covered: Vec<i16> = (2000..2100).filter(|year| china().covers(*year)).collect();
    assert_eq!(covered, [2024, 2025, 2026]);
}

#[test]
fn a_year_has_its_weekdays_less_the_statutory_holidays() {
    // A make-up day replaces each day moved, so that the weekdays less the statutory holidays remain: 262 - 11 in 2024,
    // 261 - 13 since.
    for (year, days) in [(2024, 251), (2025, 248), (2026, 248)] {
        let (from, to) = (Date::new(year - 1, 12, 31).unwrap(), Date::new(year, 12, 31).unwrap());
        let naive = std::iter::successors(from.tomorrow().ok(), |day| day.tomorrow().ok())
            .take_while(|day| *day <= to)
            .filter(|day| china().is_working_day(*day))
            .count();
        assert_eq!(naive, days, "{year}");
        assert_eq!(china().working_days_between(from, to).days, u32::try_from(days).unwrap(), "{year}");
    }
}

#[test]
fn a_limit_passes_over_holidays_and_counts_the_weekends_that_are_worked() {
    let check = |from: &str, n, last_day: &str| {
        let deadline = china().add_working_days(day(from), n);
        assert_eq!(deadline, Deadline { last_day: day(last_day), provisional: false }, "{from} + {n}");
    };
    check("2025-03-03", 15, "2025-03-24");
    // Sunday the 26th is worked, the festival takes the 28th to the 4th, Saturday the 8th is worked.
    check("2025-01-24", 1, "2025-01-26");
    check("2025-01-24", 2, "2025-01-27");
    check("2025-01-24", 3, "2025-02-05");
    check("2025-01-24", 6, "2025-02-08");
    // An event on a holiday, or on a weekend.
    check("2025-10-03", 1, "2025-10-09");
    check("2025-10-03", 3, "2025-10-11");
    check("2024-06-08", 10, "2024-06-24");
    check("2025-12-30", 2, "2026-01-04");
    check("2025-10-03", 0, "2025-10-03");
}

#[test]
fn a_deadline_ends_at_midnight_in_shanghai() {
    let deadline = china().add_working_days(day("2025-09-29"), 2);
    assert_eq!(deadline.last_day, day("2025-10-09"));
    assert_eq!(deadline.due_at().to_string(), "2025-10-09T16:00:00.000000Z");
}

#[test]
fn what_is_counted_through_an_unpublished_year_is_provisional() {
    let calendar = china();
    assert_eq!(
        calendar.add_working_days(day("2026-12-30"), 1),
        Deadline { last_day: day("2026-12-31"), provisional: false }
    );
    // 1 January 2027 is a Friday: until its notice appears it counts.
    assert_eq!(
        calendar.add_working_days(day("2026-12-30"), 2),
        Deadline { last_day: day("2027-01-01"), provisional: true }
    );
    assert!(!calendar.working_days_between(day("2023-12-31"), day("2026-12-31")).provisional);
    assert!(calendar.working_days_between(day("2023-12-30"), day("2026-12-31")).provisional);
    assert!(calendar.working_days_between(day("2026-12-31"), day("2027-01-01")).provisional);
    assert!(HolidayCalendar::default().add_working_days(day("2025-01-01"), 1).provisional);
}

#[test]
fn a_december_day_of_the_next_years_notice_does_not_publish_its_year() {
    let table =
        "date,kind,name\n2018-12-29,work,元旦调休\n2018-12-31,off,元旦\n2019-01-01,off,元旦\n2019-10-01,off,国庆节\n";
    let calendar = HolidayCalendar::from_csv(table).unwrap();
    assert!(!calendar.covers(2018) && calendar.covers(2019));
    assert!(calendar.is_working_day(day("2018-12-29")) && !calendar.is_working_day(day("2018-12-31")));
}

#[test]
fn the_ends_of_the_calendar_hold() {
    let calendar = china();
    assert_eq!(calendar.add_working_days(Date::MAX, 5), Deadline { last_day: Date::MAX, provisional: true });
    assert_eq!(Deadline { last_day: Date::MAX, provisional: true }.due_at(), Instant::MAX);
    assert_eq!(calendar.working_days_between(Date::MAX, Date::MAX).days, 0);
    assert!(calendar.working_days_between(Date::MIN, Date::MAX).days > 5_000_000);
}

#[test]
fn a_wrong_table_is_refused_with_its_line() {
    let check = |rows: &str, error| {
        assert_eq!(HolidayCalendar::from_csv(&format!("date,kind,name\n{rows}")).unwrap_err(), error, "{rows}");
    };
    check("2025-01-01,off\n", HolidayError::Fields { line: 2 });
    check("# a notice\n\n2025-01-01,off,\n", HolidayError::Fields { line: 4 });
    check("2025-01-01,off,\"元旦\"\n", HolidayError::Fields { line: 2 });
    check("2025-1-1,off,元旦\n", HolidayError::Date { line: 2, source: DateError::Form });
    check("2025-02-29,off,元旦\n", HolidayError::Date { line: 2, source: DateError::NoSuchDay });
    check("2025-01-01,Off,元旦\n", HolidayError::Kind { line: 2 });
    check("2025-01-01,off,元旦\n2025-01-27,work,春节调休\n", HolidayError::Weekday { line: 3 });
    check("2025-01-01,off,元旦\n2025-01-01,off,元旦\n", HolidayError::Repeated { line: 3 });
    assert_eq!(HolidayCalendar::from_csv("").unwrap_err(), HolidayError::Header);
    assert_eq!(HolidayCalendar::from_csv("day,kind,name\n").unwrap_err(), HolidayError::Header);
    let windows = format!("\u{feff}{}", CHINA.replace('\n', "\r\n"));
    assert!(HolidayCalendar::from_csv(&windows).unwrap().covers(2025));
}

/// The days off and the days worked of a table of any dates from 2023 to 2027, and the table.
fn any_table() -> impl Strategy<Value = (Vec<Date>, Vec<Date>, String)> {
    let days = prop::collection::btree_map(0_i32..1_826, any::<bool>(), 0..200);
    (days, prop::collection::vec(2023_i16..=2027, 0..5)).prop_map(|(days, published)| {
        let first = Date::new(2023, 1, 1).unwrap();
        let (mut off, mut work, mut table) = (Vec::new(), Vec::new(), "date,kind,name\n".to_owned());
        for (days, worked) in days {
            let date = first.checked_add(jiff::Span::new().days(days)).unwrap();
            let new_year = date.month() == 1 && date.day() == 1 || date.month() == 10 && date.day() == 1;
            if new_year {
                continue;
            }
            let worked = worked && is_weekend(date);
            table += &format!("{date},{},日\n", if worked { "work" } else { "off" });
            if worked { &mut work } else { &mut off }.push(date);
        }
        for year in std::collections::BTreeSet::from_iter(published) {
            for date in [Date::new(year, 1, 1).unwrap(), Date::new(year, 10, 1).unwrap()] {
                table += &format!("{date},off,节\n");
                off.push(date);
            }
        }
        (off, work, table)
    })
}

/// The naive rule, from the lists and not from the calendar.
fn is_worked(date: Date, off: &[Date], work: &[Date]) -> bool {
    let weekday = !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    work.contains(&date) || weekday && !off.contains(&date)
}

fn is_published(year: i16, off: &[Date]) -> bool {
    [1, 10].iter().all(|month| off.contains(&Date::new(year, *month, 1).unwrap()))
}

proptest! {
    #[test]
    fn limits_are_those_of_counting_day_by_day(
        (off, work, table) in any_table(),
        start in 0_i32..1_900,
        n in 0_u16..80,
    ) {
        let calendar = HolidayCalendar::from_csv(&table).unwrap();
        let from = Date::new(2022, 12, 1).unwrap().checked_add(jiff::Span::new().days(start)).unwrap();
        let (mut last_day, mut counted, mut provisional) = (from, 0, false);
        while counted < n {
            last_day = last_day.tomorrow().unwrap();
            counted += u16::from(is_worked(last_day, &off, &work));
            provisional |= !is_published(last_day.year(), &off);
        }
        prop_assert_eq!(calendar.add_working_days(from, n), Deadline { last_day, provisional });
        let between = calendar.working_days_between(from, last_day);
        prop_assert_eq!(between, WorkingDays { days: u32::from(n), provisional });
    }

    #[test]
    fn the_days_between_are_those_met_on_the_way(
        (off, work, table) in any_table(),
        start in 0_i32..1_900,
        length in -10_i32..800,
    ) {
        let calendar = HolidayCalendar::from_csv(&table).unwrap();
        let from = Date::new(2022, 12, 1).unwrap().checked_add(jiff::Span::new().days(start)).unwrap();
        let to = from.checked_add(jiff::Span::new().days(length)).unwrap();
        let (mut today, mut met) = (from, 0);
        while today < to {
            today = today.tomorrow().unwrap();
            met += u32::from(is_worked(today, &off, &work));
        }
        prop_assert_eq!(calendar.working_days_between(from, to).days, met);
    }

    #[test]
    fn no_text_makes_the_table_panic(text in "(date,kind,name\n)?[0-9a-z,\"# \n-]{0,80}") {
        let _ = HolidayCalendar::from_csv(&text);
    }
}
