use kernel::{Id, ManualClock, Sex};
use proptest::prelude::*;

use super::*;
use crate::domain::person::IdentityParts;
use crate::domain::samples::{day as calendar, noon};
use crate::domain::tests::{Table, after, any_day, any_period, at, days, lasts, overlaps, write};

fn identity(name: &str) -> Identity {
    let parts = IdentityParts {
        full_name: name.to_owned(),
        citizen_id: None,
        birth_date: Some(calendar("1990-05-01")),
        sex: Sex::Male,
    };
    Identity::new(parts, calendar("2024-12-12")).unwrap()
}

fn someone() -> Person {
    let clock = ManualClock::new(noon("2023-12-01"));
    Person::register(Id::generate(&clock), identity("王大明"), None, Instant::EPOCH)
}

fn situation(condition: Condition) -> Situation {
    Situation { condition, note: String::new(), evidence: Vec::new() }
}

/// Three conditions, so that some meet.
fn of_kind(kind: u8) -> Situation {
    situation([Condition::SeriousIllness, Condition::Deported, Condition::UnableToGuard][usize::from(kind)].clone())
}

fn kind_of(situation: &Situation) -> u8 {
    (0..3).find(|kind| of_kind(*kind) == *situation).unwrap()
}

#[derive(Clone, Debug)]
enum Step {
    Record(Period, u8),
    End(usize, Date),
    Correct(usize, Period, u8),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (any_period(), 0..3_u8).prop_map(|(period, kind)| Step::Record(period, kind)),
        (0..6_usize, any_day()).prop_map(|(which, day)| Step::End(which, day)),
        (0..6_usize, any_period(), 0..3_u8).prop_map(|(which, period, kind)| Step::Correct(which, period, kind)),
    ]
}

proptest! {
    #[test]
    fn situations_agree_with_a_naive_replay_of_all_commands(steps in prop::collection::vec(any_step(), 0..12)) {
        let clock = ManualClock::new(noon("2024-02-01"));
        let ids: Vec<SituationId> = (0..steps.len().max(6)).map(|_| Id::generate(&clock)).collect();
        let mut person = someone();
        let mut table: Table<SituationId, u8> = Table::new();
        let mut known = vec![table.clone()];
        for (number, step) in steps.iter().enumerate() {
            let now = at(number);
            let taken = |id, period, kind: u8| overlaps(&table, period, &id, |other| *other == kind);
            let (result, expected, wrote) = match *step {
                Step::Record(period, kind) => {
                    let id = ids[table.len()];
                    let expected = if taken(id, period, kind) { Err(PersonError::SituationOverlaps) } else { Ok(()) };
                    (person.record_situation(id, of_kind(kind), period, now), expected, (id, period, Some(kind)))
                }
                Step::End(which, day) => {
                    let id = ids[which];
                    let expected = match table.contains_key(&id) {
                        false => Err(PersonError::NoSuchSituation),
                        true if lasts(&table, &id, day) => Ok(()),
                        true => Err(PersonError::SituationEnded),
                    };
                    (person.end_situation(id, day, now), expected, (id, Period::since(day), None))
                }
                Step::Correct(which, period, kind) => {
                    let id = ids[which];
                    let expected = match table.contains_key(&id) {
                        false => Err(PersonError::NoSuchSituation),
                        true if taken(id, period, kind) => Err(PersonError::SituationOverlaps),
                        true => Ok(()),
                    };
                    (person.correct_situation(id, of_kind(kind), period, now), expected, (id, period, Some(kind)))
                }
            };
            prop_assert_eq!(result.as_ref().map(|_| ()).map_err(|error| *error), expected);
            if let Ok(changed) = result {
                person = changed;
                let (id, period, kind) = wrote;
                if matches!(step, Step::Correct(..)) {
                    write(&mut table, id, Period::always(), None);
                }
                write(&mut table, id, period, kind);
            }
            known.push(table.clone());
        }
        for (step, table) in known.iter().enumerate() {
            for (index, number) in days().enumerate() {
                let read = person.situations().as_of(after(step, number));
                let read: Vec<_> = read.map(|(id, version)| (id, kind_of(&version.value))).collect();
                let expected: Vec<_> = table.iter().filter_map(|(id, row)| Some((*id, row[index]?))).collect();
                let mut kinds: Vec<u8> = read.iter().map(|(_, kind)| *kind).collect();
                prop_assert_eq!(read, expected, "day {} after step {}", number, step);
                kinds.sort_unstable();
                prop_assert!(kinds.windows(2).all(|pair| pair[0] != pair[1]), "a condition holds twice on a day");
            }
        }
    }
}

#[test]
fn a_changed_name_counts_from_its_day_and_a_wrong_one_never_counted() {
    let person = someone();
    let married = person.update(identity("王明"), Some(calendar("2024-03-01")), noon("2024-04-01")).unwrap();
    let name = |person: &Person, day: &str, known: &str| {
        let as_of = AsOf { day: calendar(day), known: noon(known) };
        as_of.of(person.identity()).unwrap().value.full_name.clone()
    };
    assert_eq!(name(&married, "2024-02-29", "2024-04-02"), "王大明");
    assert_eq!(name(&married, "2024-03-01", "2024-04-02"), "王明");
    assert_eq!(name(&married, "2024-03-01", "2024-03-31"), "王大明", "it was not known then");
    let corrected = married.update(identity("王小"), None, noon("2024-05-01")).unwrap();
    assert_eq!(name(&corrected, "2024-02-29", "2024-05-02"), "王小");
    assert_eq!(name(&corrected, "2024-02-29", "2024-04-02"), "王大明");
    assert_eq!(corrected.latest().full_name, "王小");
}

#[test]
fn days_that_cannot_be_are_refused() {
    let person = someone();
    let now = noon("2024-06-01");
    let id = Id::generate(&ManualClock::new(now));
    let since = |day: &str| Period::since(calendar(day));
    let check = |condition: Condition, from: &str| {
        person.record_situation(id, situation(condition), since(from), now).map(|_| ())
    };
    assert_eq!(check(Condition::Dead, "2024-06-01"), Ok(()));
    assert_eq!(check(Condition::Dead, "2024-06-02"), Err(PersonError::ImpossibleDay));
    assert_eq!(check(Condition::Dead, "1990-04-30"), Err(PersonError::ImpossibleDay));
    let lost = |day: &str| Condition::OutOfContact { police_accepted_on: Some(calendar(day)) };
    assert_eq!(check(lost("2024-06-02"), "2024-01-01"), Err(PersonError::ImpossibleDay));
    assert_eq!(check(lost("2024-05-02"), "2024-01-01"), Ok(()));
    let contact = person.reach(Contact::default(), since("2024-06-02"), now);
    assert_eq!(contact.map(|_| ()), Err(PersonError::ImpossibleDay));
}

#[test]
fn nothing_of_a_person_shows() {
    let now = noon("2024-06-01");
    let id = Id::generate(&ManualClock::new(now));
    let jailed = situation(Condition::Custody { term_ends_on: Some(calendar("2026-03-01")) });
    let person = someone().record_situation(id, jailed.clone(), Period::since(calendar("2024-01-01")), now).unwrap();
    let shown = format!("{person:?} {jailed:?} {:?} {:?}", jailed.condition, person.latest());
    for secret in ["王", "2026", "2024", "Custody", "1990"] {
        assert!(!shown.contains(secret), "{secret} shows in {shown}");
    }
}
