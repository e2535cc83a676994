//! Where a child was, through departures, returns, moves and corrections, against a calendar that is written by hand.

use kernel::time::start_of_day_shanghai;
use kernel::{Date, Division, Id, Instant, ManualClock, Sex};
use proptest::prelude::*;
use registry::domain::migrant::amending::Amendment;
use registry::domain::migrant::reporting::Report;
use registry::domain::migrant::{
    Guardian, Identity, IdentityParts, MigrantEntry, MigrantRules, Source, Stay, UrbanDistricts, Whereabouts,
};

const DAYS: i16 = 60;

#[derive(Clone, Copy, Debug)]
enum Step {
    Depart(i16),
    Return(i16),
    Move(i16, u8),
    Arrival(i16),
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..DAYS).prop_map(Step::Depart),
        (0..DAYS).prop_map(Step::Return),
        (0..DAYS, 0..3_u8).prop_map(|(day, place)| Step::Move(day, place)),
        (0..DAYS).prop_map(Step::Arrival),
    ]
}

fn day(number: i16) -> Date {
    let first = Date::constant(2024, 1, 1);
    (0..number).fold(first, |day, _| day.tomorrow().unwrap())
}

fn place(place: u8) -> Division {
    ["371621101", "371602001", "371681001"][usize::from(place)].parse().unwrap()
}

fn report(arrived: i16) -> Report {
    let born = Date::constant(2015, 6, 10);
    let parts = IdentityParts { full_name: "童".to_owned(), citizen_id: None, birth_date: born, sex: Sex::Male };
    Report {
        identity: Identity::new(parts, Date::MAX).unwrap(),
        guardian: Guardian::default(),
        stay: Stay {
            registration: "370102".parse().unwrap(),
            residence: place(0),
            away_since: None,
            school: String::new(),
        },
        arrived_on: day(arrived),
        special: None,
        child: None,
        sources: vec![Source::Village],
        surveyed_on: day(DAYS),
    }
}

/// A day of the calendar: before the ledger knew the child, in a place, or away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    Unknown,
    At(u8),
    Away,
}

type Calendar = Vec<Page>;

fn here(page: Page) -> bool {
    matches!(page, Page::At(_))
}

/// The stays without a break, as first day and first day after.
fn runs(calendar: &Calendar) -> Vec<(usize, Option<usize>)> {
    let mut runs: Vec<(usize, Option<usize>)> = Vec::new();
    for at in 0..calendar.len() {
        let before = at.checked_sub(1).is_some_and(|eve| here(calendar[eve]));
        match (before, here(calendar[at])) {
            (false, true) => runs.push((at, None)),
            (true, false) => runs.last_mut().unwrap().1 = Some(at),
            _ => {}
        }
    }
    runs
}

/// What the step makes of the calendar, `None` if it is refused. The last page stands for all days to come.
fn by_hand(calendar: &Calendar, step: Step) -> Option<Calendar> {
    let mut pages = calendar.clone();
    let index = |day: i16| usize::try_from(day).unwrap();
    let runs = runs(calendar);
    match step {
        Step::Depart(on) => {
            let on = index(on);
            let at = runs.iter().rposition(|(from, _)| *from < on)?;
            let (_, left) = runs[at];
            let back = runs.get(at + 1).map_or(pages.len(), |(from, _)| *from);
            if back <= on {
                return None;
            }
            if let Some(left) = left.filter(|left| *left < on) {
                let last = pages[left - 1];
                pages[left..on].fill(last);
            }
            pages[on..back].fill(Page::Away);
        }
        Step::Return(on) => {
            let (_, left) = runs.last().copied()?;
            if index(on) < left? {
                return None;
            }
            pages[index(on)..].fill(Page::At(0));
        }
        Step::Move(on, place) => {
            for page in &mut pages[index(on)..] {
                if here(*page) {
                    *page = Page::At(place);
                }
            }
        }
        Step::Arrival(on) => {
            let on = index(on);
            let (from, until) = runs.last().copied()?;
            let before = runs.len().checked_sub(2).and_then(|at| runs[at].1);
            if until.is_some_and(|until| on >= until) || before.is_some_and(|left| on < left) {
                return None;
            }
            let first = pages[from];
            if on < from {
                pages[on..from].fill(first);
            } else {
                pages[from..on].fill(if before.is_some() { Page::Away } else { Page::Unknown });
            }
        }
    }
    Some(pages)
}

fn carry_out(entry: &MigrantEntry, step: Step, rules: &MigrantRules, now: Instant) -> Option<MigrantEntry> {
    let today = day(DAYS);
    let change = match step {
        Step::Depart(on) => entry.depart(day(on), None, now, today).ok()?,
        Step::Return(on) => entry.reported(&report(on), rules, now, today).ok()?.0,
        Step::Move(on, to) => {
            let amendment = Amendment { residence: Some(place(to)), valid_from: Some(day(on)), ..Amendment::default() };
            entry.amend(&amendment, now, today).ok()?
        }
        Step::Arrival(on) => {
            entry.amend(&Amendment { arrived_on: Some(day(on)), ..Amendment::default() }, now, today).ok()?
        }
    };
    Some(change.entry)
}

fn page(value: Option<&Whereabouts>) -> Page {
    match value {
        None => Page::Unknown,
        Some(Whereabouts::Away(_)) => Page::Away,
        Some(Whereabouts::Here(stay)) => Page::At((0..3).find(|number| place(*number) == stay.residence).unwrap()),
    }
}

fn read(entry: &MigrantEntry, instant: Instant) -> Calendar {
    (0..=DAYS).map(|number| page(entry.whereabouts.as_of(day(number), instant))).collect()
}

proptest! {
    #[test]
    fn every_reading_agrees_with_the_calendar_of_its_time(
        arrived in 0..DAYS,
        steps in prop::collection::vec(steps(), 0..16),
    ) {
        let rules = MigrantRules::with(UrbanDistricts::default());
        let start = start_of_day_shanghai(day(DAYS));
        let at = |number: usize| Instant::from_micros(start.as_micros() + i64::try_from(number).unwrap());
        let id = Id::generate(&ManualClock::new(start));
        let mut entry = MigrantEntry::open(id, &report(arrived), &rules, at(0), day(DAYS)).unwrap().entry;
        let mut calendar: Calendar =
            (0..=DAYS).map(|number| if number < arrived { Page::Unknown } else { Page::At(0) }).collect();
        let mut history = vec![calendar.clone()];
        for (number, step) in steps.into_iter().enumerate() {
            // A survey that finds the child where it is said to be confirms; only the return is judged here.
            let returns = matches!(step, Step::Return(_));
            let expected = if returns && here(*calendar.last().unwrap()) { None } else { by_hand(&calendar, step) };
            let skip = returns && here(*calendar.last().unwrap());
            let done = if skip { None } else { carry_out(&entry, step, &rules, at(number + 1)) };
            prop_assert_eq!(done.is_some(), expected.is_some(), "{:?} on {:?}", step, &calendar);
            entry = done.unwrap_or(entry);
            calendar = expected.unwrap_or(calendar);
            history.push(calendar.clone());
        }
        for (number, then) in history.iter().enumerate() {
            prop_assert_eq!(&read(&entry, at(number)), then, "as known after step {}", number);
        }
        let current = entry.whereabouts.current();
        for pair in current.windows(2) {
            prop_assert_eq!(pair[0].period.until(), Some(pair[1].period.from()), "no gap, no overlap");
        }
        let restored = kernel::Timeline::restore(entry.whereabouts.versions().to_vec());
        prop_assert_eq!(restored.as_ref(), Ok(&entry.whereabouts));
    }
}
