use proptest::prelude::*;

use super::*;

fn day(text: &str) -> Date {
    parse_iso(text).unwrap()
}

fn any_instant() -> impl Strategy<Value = Instant> {
    (Instant::MIN.as_micros()..=Instant::MAX.as_micros()).prop_map(Instant::from_micros)
}

fn any_day() -> impl Strategy<Value = Date> {
    (1..=9999, 1..=12, 1..=31).prop_filter_map("no such day", |(year, month, day)| date(year, month, day).ok())
}

#[test]
fn instants_are_written_in_utc_with_microseconds() {
    let check = |micros, text: &str| {
        assert_eq!(Instant::from_micros(micros).to_string(), text);
        assert_eq!(text.parse(), Ok(Instant::from_micros(micros)));
    };
    check(0, "1970-01-01T00:00:00.000000Z");
    check(1_759_247_999_000_000, "2025-09-30T15:59:59.000000Z");
    check(1_759_248_000_000_001, "2025-09-30T16:00:00.000001Z");
    check(-1, "1969-12-31T23:59:59.999999Z");
    check(Instant::MIN.as_micros(), "0001-01-01T00:00:00.000000Z");
    check(Instant::MAX.as_micros(), "9999-12-30T22:00:00.000000Z");
}

#[test]
fn any_rfc_3339_instant_is_read_and_nothing_else() {
    let same = "2025-09-30T16:00:00.000001Z".parse::<Instant>();
    for text in ["2025-10-01T00:00:00.000001+08:00", "2025-09-30T11:30:00.0000019-04:30"] {
        assert_eq!(text.parse(), same, "{text}");
    }
    // Decimals are cut towards the past, before 1970 as after.
    assert_eq!("1969-12-31T23:59:59.9999999Z".parse(), Ok(Instant::from_micros(-1)));
    for text in [
        "",
        "2025-09-30",
        "2025-09-30T16:00:00",
        "2025-09-30 16:00:00Z",
        "2025-09-30t16:00:00Z",
        "2025-09-30T16:00:00z",
        "2025-09-30T16:00Z",
        "2025-09-30T16:00:00.Z",
        "2025-09-30T16:00:00,5Z",
        "2025-09-30T16:00:00+08",
        "2025-09-30T16:00:00+0800",
        "2025-09-30T16:00:00Z[UTC]",
        "2025-02-29T16:00:00Z",
        "2025-09-30T24:00:00Z",
        "0000-12-31T23:59:59Z",
        "9999-12-31T23:59:59Z",
        "２025-09-30T16:00:00Z",
    ] {
        assert_eq!(text.parse::<Instant>(), Err(InstantError), "{text:?}");
    }
}

#[test]
fn a_day_begins_in_shanghai_while_it_is_yesterday_in_utc() {
    let before: Instant = "2025-09-30T15:59:59Z".parse().unwrap();
    let after: Instant = "2025-09-30T16:00:00Z".parse().unwrap();
    assert_eq!((shanghai_date(before), shanghai_date(after)), (day("2025-09-30"), day("2025-10-01")));
    assert_eq!(start_of_day_shanghai(day("2025-10-01")), after);
}

#[test]
fn instants_keep_within_the_calendar() {
    assert_eq!(Instant::from_micros(i64::MIN), Instant::MIN);
    assert_eq!(Instant::from_micros(i64::MAX), Instant::MAX);
    assert_eq!(shanghai_date(Instant::MAX), Date::MAX);
    assert_eq!(shanghai_date(Instant::MIN), day("0001-01-01"));
    assert_eq!(shanghai_date(start_of_day_shanghai(Date::MAX)), Date::MAX);
    assert_eq!(start_of_day_shanghai(Date::MIN), Instant::MIN);
    assert_eq!(start_of_day_shanghai(Date::MAX).saturating_add(Duration::from_hours(25)), Instant::MAX);
    assert_eq!(Instant::MIN.saturating_sub(Duration::MAX), Instant::MIN);
    assert_eq!(Instant::MIN.saturating_duration_since(Instant::MAX), Duration::ZERO);
}

#[test]
fn dates_have_one_spelling() {
    assert_eq!(day("2024-02-29").to_string(), "2024-02-29");
    for text in
        ["", "2024-2-9", "2024/02/09", "20240209", "2024-02-09 ", "2024-02-09T00:00", "-024-02-09", "２024-02-09"]
    {
        assert_eq!(parse_iso(text), Err(DateError::Form), "{text:?}");
    }
    for text in ["2025-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-04-31", "0000-01-01"] {
        assert_eq!(parse_iso(text), Err(DateError::NoSuchDay), "{text:?}");
    }
    for (year, month, number) in [(10_000, 1, 1), (-1, 1, 1), (2024, 256 + 1, 1), (2024, 1, 256 + 1), (i32::MAX, 1, 1)]
    {
        assert_eq!(date(year, month, number), Err(DateError::NoSuchDay));
    }
}

#[test]
fn a_leap_day_child_turns_a_year_older_on_the_first_of_march() {
    let birth = day("2008-02-29");
    assert_eq!(age_on(birth, day("2026-02-28")), 17);
    assert_eq!(age_on(birth, day("2026-03-01")), 18);
    assert_eq!(age_on(birth, day("2028-02-28")), 19);
    assert_eq!(age_on(birth, day("2028-02-29")), 20);
    assert_eq!(birthday(birth, 18), Some(day("2026-03-01")));
    assert_eq!(birthday(birth, 20), Some(day("2028-02-29")));
}

#[test]
fn a_child_is_of_age_on_the_birthday() {
    let birth = day("2007-06-10");
    assert_eq!(age_on(birth, day("2025-06-09")), 17);
    assert_eq!(age_on(birth, day("2025-06-10")), 18);
    assert_eq!(age_on(birth, birth), 0);
    assert_eq!(age_on(birth, day("2007-06-09")), -1);
    assert_eq!(birthday(birth, i32::MAX), None);
    assert_eq!(birthday(birth, 8000), None);
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_and_sorts_alike(one in any_instant(), other in any_instant()) {
        prop_assert_eq!(one.to_string().parse(), Ok(one));
        prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
    }

    #[test]
    fn a_day_in_shanghai_is_24_hours_from_its_start(date in any_day(), within in 0_u64..86_400_000_000) {
        prop_assume!(date > day("0001-01-01") && date < Date::MAX);
        let start = start_of_day_shanghai(date);
        prop_assert_eq!(shanghai_date(start.saturating_add(Duration::from_micros(within))), date);
        prop_assert_eq!(shanghai_date(start.saturating_sub(Duration::from_micros(1))), date.yesterday().unwrap());
        prop_assert_eq!(start.to_string(), format!("{}T16:00:00.000000Z", date.yesterday().unwrap()));
    }

    #[test]
    fn durations_are_those_of_the_microseconds(start in any_instant(), by in 0_u64..1_000_000_000_000) {
        prop_assume!(start.as_micros() < Instant::MAX.as_micros() - 1_000_000_000_000);
        let later = start.saturating_add(Duration::from_micros(by));
        prop_assert_eq!(later.saturating_duration_since(start), Duration::from_micros(by));
        prop_assert_eq!(later.saturating_sub(Duration::from_micros(by)), start);
    }

    #[test]
    fn no_text_makes_an_instant_panic(text in "[0-9TZ:.+ -]{0,40}") {
        if let Ok(instant) = text.parse::<Instant>() {
            prop_assert_eq!(instant.to_string().parse(), Ok(instant));
        }
    }

    #[test]
    fn dates_are_read_back(date in any_day()) {
        prop_assert_eq!(parse_iso(&date.to_string()), Ok(date));
    }

    #[test]
    fn the_day_before_a_birthday_is_a_year_younger(birth in any_day(), years in 0..150) {
        prop_assume!(birth > day("0001-01-01") && i32::from(birth.year()) + years < 9999);
        let birthday = birthday(birth, years).unwrap();
        prop_assert_eq!(age_on(birth, birthday), years);
        prop_assert_eq!(age_on(birth, birthday.yesterday().unwrap()), years - 1);
    }
}

proptest! {
    // Each case walks some ten thousand days.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn ages_are_the_birthdays_counted_one_by_one(
        birth in prop_oneof![(1980..2020, 1..=12, 1..=28), Just((2008, 2, 29))],
        days in 0..12_000,
    ) {
        let birth = date(birth.0, birth.1, birth.2).unwrap();
        let (mut today, mut birthdays) = (birth, 0);
        for _ in 0..days {
            today = today.tomorrow().unwrap();
            let same_day = (today.month(), today.day()) == (birth.month(), birth.day());
            let leap_day = (birth.month(), birth.day()) == (2, 29);
            let instead = leap_day && !today.in_leap_year() && (today.month(), today.day()) == (3, 1);
            birthdays += i32::from(same_day || instead);
        }
        prop_assert_eq!(age_on(birth, today), birthdays);
    }
}
