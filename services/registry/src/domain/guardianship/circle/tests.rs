use kernel::{Id, ManualClock};
use proptest::prelude::*;

use super::*;
use crate::domain::guardianship::GuardianBasis;
use crate::domain::samples::{day as calendar, noon};
use crate::domain::tests::{Table, after, any_day, any_period, at, day, days, lasts, overlaps, write};

const KINDS: [RoleKind; 4] =
    [RoleKind::Father, RoleKind::Mother, RoleKind::Guardian(GuardianBasis::Law), RoleKind::Grandparent];

#[derive(Clone, Debug)]
enum Step {
    Assign(usize, usize, Period),
    End(usize, Date),
    Correct(usize, usize, usize, Period),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..3_usize, 0..4_usize, any_period()).prop_map(|(who, kind, period)| Step::Assign(who, kind, period)),
        1 => (0..6_usize, any_day()).prop_map(|(which, day)| Step::End(which, day)),
        1 => (0..6_usize, 0..3_usize, 0..4_usize, any_period())
            .prop_map(|(which, who, kind, period)| Step::Correct(which, who, kind, period)),
    ]
}

fn ids<K>(count: usize) -> Vec<Id<K>> {
    let clock = ManualClock::new(noon("2024-02-01"));
    (0..count).map(|_| Id::generate(&clock)).collect()
}

fn role(person: PersonId, kind: RoleKind) -> Role {
    Role { person, kind, evidence: Vec::new() }
}

/// The rule as a clerk applies it.
fn verdict(
    table: &Table<RoleId, (usize, usize)>,
    id: RoleId,
    (who, kind): (usize, usize),
    period: Period,
) -> Result<(), GuardianshipError> {
    if overlaps(table, period, &id, |other| *other == (who, kind)) {
        Err(GuardianshipError::RoleOverlaps)
    } else if kind < 2 && overlaps(table, period, &id, |other| other.1 == kind) {
        Err(GuardianshipError::ParentTaken)
    } else {
        Ok(())
    }
}

proptest! {
    #[test]
    fn roles_agree_with_a_naive_replay_of_all_commands(steps in prop::collection::vec(any_step(), 0..12)) {
        let (people, roles): (Vec<PersonId>, Vec<RoleId>) = (ids(3), ids(18));
        let born = day(0);
        let mut circle = Guardianship::of(ids(1)[0]);
        let mut table: Table<RoleId, (usize, usize)> = Table::new();
        let mut owners: BTreeMap<RoleId, usize> = BTreeMap::new();
        let mut known = vec![table.clone()];
        for (number, step) in steps.iter().enumerate() {
            let now = at(number);
            let (result, expected, wrote) = match *step {
                Step::Assign(who, kind, period) => {
                    let id = roles[table.len()];
                    let expected = verdict(&table, id, (who, kind), period);
                    let result = circle.assign(id, role(people[who], KINDS[kind]), period, born, now);
                    (result, expected, (id, period, Some((who, kind))))
                }
                Step::End(which, day) => {
                    let id = roles[which];
                    let expected = match table.contains_key(&id) {
                        false => Err(GuardianshipError::NoSuchRole),
                        true if lasts(&table, &id, day) => Ok(()),
                        true => Err(GuardianshipError::RoleEnded),
                    };
                    (circle.end(id, day, now), expected, (id, Period::since(day), None))
                }
                Step::Correct(which, who, kind, period) => {
                    let id = roles[which];
                    let expected = match owners.get(&id) {
                        None => Err(GuardianshipError::NoSuchRole),
                        Some(owner) if *owner != who => Err(GuardianshipError::OtherPerson),
                        Some(_) => verdict(&table, id, (who, kind), period),
                    };
                    let result = circle.correct(id, role(people[who], KINDS[kind]), period, born, now);
                    (result, expected, (id, period, Some((who, kind))))
                }
            };
            prop_assert_eq!(result.as_ref().map(|_| ()).map_err(|error| *error), expected, "step {}", number);
            if let Ok(changed) = result {
                prop_assert!(changed == circle || changed.revision() > circle.revision());
                circle = changed;
                let (id, period, value) = wrote;
                if matches!(step, Step::Correct(..)) {
                    write(&mut table, id, Period::always(), None);
                }
                owners.extend(value.map(|(who, _)| (id, who)));
                write(&mut table, id, period, value);
            }
            known.push(table.clone());
        }
        for (step, table) in known.iter().enumerate() {
            for (index, number) in days().enumerate() {
                let as_of = after(step, number);
                let read = circle.roles().as_of(as_of).map(|(id, it)| (id, it.value.person, it.value.kind));
                let expected = table.iter().filter_map(|(id, row)| {
                    let (who, kind) = row[index]?;
                    Some((*id, people[who], KINDS[kind]))
                });
                prop_assert_eq!(read.collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "day {} after {}", number, step);
                for kind in [RoleKind::Father, RoleKind::Mother] {
                    let parents = circle.roles().as_of(as_of).filter(|(_, it)| it.value.kind == kind);
                    prop_assert!(parents.count() <= 1, "two parents of one kind on a day");
                }
            }
        }
    }
}

#[test]
fn a_role_begins_not_before_the_child_nor_tomorrow() {
    let circle = Guardianship::of(ids(1)[0]);
    let father = || role(ids(1)[0], RoleKind::Father);
    let check = |from: &str| {
        let period = Period::since(calendar(from));
        circle.assign(ids(1)[0], father(), period, calendar("2014-03-02"), noon("2024-12-12")).map(|_| ())
    };
    assert_eq!(check("2014-03-02"), Ok(()));
    assert_eq!(check("2014-03-01"), Err(GuardianshipError::ImpossibleDay));
    assert_eq!(check("2024-12-12"), Ok(()));
    assert_eq!(check("2024-12-13"), Err(GuardianshipError::ImpossibleDay));
}

#[test]
fn a_basis_belongs_to_guardians_alone() {
    for kind in 0..=9 {
        for basis in 0..=4 {
            let role = RoleKind::from_numbers(kind, basis);
            let sound =
                if kind == 5 { (1..=3).contains(&basis) } else { (1..=8).contains(&kind) && !(1..=3).contains(&basis) };
            assert_eq!(role.is_some(), sound, "{kind} {basis}");
            if let Some(role) = role {
                assert_eq!(role.number(), kind);
            }
        }
    }
}
