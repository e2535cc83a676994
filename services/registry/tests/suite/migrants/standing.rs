//! Who counts as a migrant child on a day, against a clerk who turns the pages of a calendar.

use kernel::time::{date, parse_iso};
use kernel::{Date, Division, Id, Instant, ManualClock, Period, Sex, Timeline};
use proptest::prelude::*;
use registry::domain::migrant::{
    Identity, IdentityParts, MigrantEntry, MigrantRules, NotMigrant, Source, Stay, Survey, SurveyWatch, UrbanDistricts,
    Whereabouts,
};

fn rules() -> MigrantRules {
    MigrantRules::with(UrbanDistricts::from_csv("code,name\n371602,滨城区\n371603,沾化区\n").unwrap())
}

fn day(text: &str) -> Date {
    parse_iso(text).unwrap()
}

fn division(code: &str) -> Division {
    code.parse().unwrap()
}

fn stay(registration: &str, residence: &str) -> Stay {
    Stay {
        registration: division(registration),
        residence: division(residence),
        away_since: None,
        school: String::new(),
    }
}

/// An entry of a child born on a day who was there, one after the other, until the days named.
fn entry(born: Date, whereabouts: &[(Date, Option<Date>, Whereabouts)]) -> MigrantEntry {
    let now = Instant::EPOCH;
    let parts = IdentityParts { full_name: "童".to_owned(), citizen_id: None, birth_date: born, sex: Sex::Male };
    let mut timeline = Timeline::default();
    for (from, until, value) in whereabouts {
        timeline.record(Period::new(*from, *until).unwrap(), value.clone(), now);
    }
    MigrantEntry {
        id: Id::generate(&ManualClock::new(now)),
        version: 1,
        identity: Timeline::beginning(Period::always(), Identity::new(parts, Date::MAX).unwrap(), now),
        guardian: Timeline::default(),
        whereabouts: timeline,
        special: Timeline::default(),
        surveys: vec![Survey { on: day("2024-03-31"), source: Source::School, recorded: now }],
        survey_watch: SurveyWatch::default(),
        child: None,
        opened_at: now,
        changed_at: now,
    }
}

fn reasons(entry: &MigrantEntry, on: &str) -> Vec<NotMigrant> {
    entry.view().standing(&rules(), day(on)).reasons
}

#[test]
fn six_months_are_over_on_the_day_of_the_same_number() {
    let from_jinan = |arrived: &str| {
        let here = Whereabouts::Here(stay("370102", "371621101"));
        entry(day("2015-06-10"), &[(day(arrived), None, here)])
    };
    let child = from_jinan("2024-03-01");
    assert_eq!(reasons(&child, "2024-02-29"), [NotMigrant::NotStaying]);
    assert_eq!(reasons(&child, "2024-08-31"), [NotMigrant::UnderSixMonths]);
    assert_eq!(reasons(&child, "2024-09-01"), []);
    assert_eq!(child.view().standing(&rules(), day("2024-03-01")).counts_from, Some(day("2024-09-01")));
    let child = from_jinan("2024-08-31");
    assert_eq!(reasons(&child, "2025-02-28"), [NotMigrant::UnderSixMonths], "there is no 31 February");
    assert_eq!(reasons(&child, "2025-03-01"), []);
}

#[test]
fn turning_sixteen_ends_it_on_the_birthday() {
    let here = Whereabouts::Here(stay("370102", "371621101"));
    let child = entry(day("2008-02-29"), &[(day("2020-01-01"), None, here.clone())]);
    assert_eq!(reasons(&child, "2024-02-28"), []);
    assert_eq!(reasons(&child, "2024-02-29"), [NotMigrant::Age]);
    let late = entry(day("2008-06-10"), &[(day("2024-01-10"), None, here)]);
    assert_eq!(reasons(&late, "2024-07-10"), [NotMigrant::Age]);
    assert_eq!(late.view().standing(&rules(), day("2024-02-01")).counts_from, None, "it turns 16 before");
    assert_eq!(late.review_due_on(&rules()), None);
}

#[test]
fn moves_between_urban_districts_of_the_city_make_no_migrant_child() {
    let of = |registration: &str, residence: &str| {
        let here = Whereabouts::Here(stay(registration, residence));
        reasons(&entry(day("2015-06-10"), &[(day("2020-01-01"), None, here)]), "2024-12-12")
    };
    assert_eq!(of("371602", "371603001"), [NotMigrant::UrbanDistricts]);
    assert_eq!(of("371603", "371602001001"), [NotMigrant::UrbanDistricts]);
    assert_eq!(of("371602", "371602001"), [NotMigrant::SameCounty]);
    assert_eq!(of("371602", "371681001"), [], "a city at county level is no urban district");
    assert_eq!(of("371621", "371602001"), [], "a county is none either");
    assert_eq!(of("370102", "371602001"), [], "another city's urban district is another city");
}

#[test]
fn who_was_away_from_home_before_is_counted_from_then() {
    let here = Whereabouts::Here(Stay { away_since: Some(day("2020-05-05")), ..stay("370102", "371621101") });
    let child = entry(day("2015-06-10"), &[(day("2024-12-01"), None, here)]);
    assert_eq!(reasons(&child, "2024-12-01"), []);
    assert_eq!(child.view().standing(&rules(), day("2024-12-12")).counts_from, Some(day("2024-12-01")));
}

#[test]
fn an_entry_is_confirmed_again_a_year_after_its_last_survey() {
    let here = Whereabouts::Here(stay("370102", "371621101"));
    let child = entry(day("2015-06-10"), &[(day("2023-01-01"), None, here.clone())]);
    assert_eq!(child.review_due_on(&rules()), Some(day("2025-03-31")));
    let left = entry(
        day("2015-06-10"),
        &[(day("2023-01-01"), Some(day("2024-06-01")), here), (day("2024-06-01"), None, Whereabouts::Away(None))],
    );
    assert_eq!(left.review_due_on(&rules()), None);
}

const FIRST: &str = "2022-01-01";
const DAYS: usize = 600;

fn values() -> impl Strategy<Value = Whereabouts> {
    let registrations = prop::sample::select(vec!["371602", "371603", "371621", "370102", "410102"]);
    let residences = prop::sample::select(vec!["371602001", "371603001001", "371621", "371681001"]);
    let away_since = prop::option::weighted(0.2, (2019..2022_i32, 1..=12_i32, 1..=28_i32));
    let here = (registrations, residences, away_since).prop_map(|(registration, residence, away)| {
        let away_since = away.map(|(year, month, day)| date(year, month, day).unwrap());
        Whereabouts::Here(Stay { away_since, ..stay(registration, residence) })
    });
    prop_oneof![5 => here, 1 => Just(Whereabouts::Away(None))]
}

/// Year and month as one number, and the day: what "six months later" and "16 years later" are compared by.
fn pages(day: Date) -> (i32, i8) {
    (i32::from(day.year()) * 12 + i32::from(day.month()), day.day())
}

fn outside(value: &Whereabouts) -> Option<&Stay> {
    let stay = value.stay()?;
    let (registration, residence) = (stay.registration.to_string(), stay.residence.to_string()[..6].to_owned());
    let urban = ["371602", "371603"];
    let excluded = urban.contains(&registration.as_str()) && urban.contains(&residence.as_str());
    (registration != residence && !excluded).then_some(stay)
}

/// The rule as a clerk applies it: from the day back and on, page by page, as long as the child is in the city and away from
/// home.
fn counts(born: Date, calendar: &[(Date, Whereabouts)], at: usize) -> bool {
    let today = calendar[at].0;
    let (months, number) = pages(born);
    if pages(today) >= (months + 16 * 12, number) {
        return false;
    }
    if outside(&calendar[at].1).is_none() {
        return false;
    }
    let mut since = None;
    let back = calendar[..=at].iter().rev().take_while(|(_, value)| outside(value).is_some());
    let on = calendar[at..].iter().take_while(|(_, value)| outside(value).is_some());
    for (day, value) in back.chain(on) {
        let stay = outside(value).unwrap();
        let known = stay.away_since.map_or(*day, |away| away.min(*day));
        since = Some(since.map_or(known, |later: Date| later.min(known)));
    }
    since.is_some_and(|since| {
        let (months, number) = pages(since);
        pages(today) >= (months + 6, number)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whoever_counts_by_the_rule_counts_by_the_calendar(
        segments in prop::collection::vec((1..260_usize, values()), 1..8),
        born in (2004..2022_i32, 1..=12_i32, 1..=28_i32),
    ) {
        let born = date(born.0, born.1, born.2).unwrap();
        let mut calendar: Vec<(Date, Whereabouts)> = Vec::new();
        let mut next = day(FIRST);
        for (length, value) in segments.iter().cycle().take(segments.len() + 4) {
            for _ in 0..*length {
                calendar.push((next, value.clone()));
                next = next.tomorrow().unwrap();
            }
        }
        calendar.truncate(DAYS);
        let mut stretches: Vec<(Date, Option<Date>, Whereabouts)> = Vec::new();
        for (day, value) in &calendar {
            match stretches.last_mut() {
                Some((_, _, known)) if known == value => {}
                Some((_, until, _)) => {
                    *until = Some(*day);
                    stretches.push((*day, None, value.clone()));
                }
                None => stretches.push((*day, None, value.clone())),
            }
        }
        let child = entry(born, &stretches);
        let rules = rules();
        let view = child.view();
        let mut first: Option<Date> = None;
        for at in 0..calendar.len() {
            let today = calendar[at].0;
            let standing = view.standing(&rules, today);
            prop_assert_eq!(standing.counts(), counts(born, &calendar, at), "on {}", today);
            if standing.counts() {
                first = first.or(Some(today));
                let known = standing.counts_from;
                prop_assert_eq!(known, first, "what is foretold is what comes");
            } else {
                first = None;
            }
        }
        let eve = day(FIRST).yesterday().unwrap();
        prop_assert!(view.standing(&rules, eve).reasons.contains(&NotMigrant::NotStaying));
    }
}
