use kernel::{Id, ManualClock};
use proptest::prelude::*;

use super::*;
use crate::domain::samples::noon;
use crate::domain::tests::{Table, after, any_day, any_period, at, days, lasts, write};

#[derive(Clone, Debug)]
enum Step {
    Join(usize, Period, u8),
    Leave(usize, Date),
    Means(Period, bool),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..3_usize, any_period(), 0..2_u8).prop_map(|(who, period, relation)| Step::Join(who, period, relation)),
        (0..3_usize, any_day()).prop_map(|(who, day)| Step::Leave(who, day)),
        (any_period(), any::<bool>()).prop_map(|(period, poor)| Step::Means(period, poor)),
    ]
}

fn means(poor: bool) -> FamilyMeans {
    FamilyMeans { in_poverty: false, minimum_living_grant: poor, evidence: Vec::new() }
}

proptest! {
    #[test]
    fn members_and_means_agree_with_a_naive_replay(steps in prop::collection::vec(any_step(), 0..12)) {
        let clock = ManualClock::new(noon("2024-02-01"));
        let members = [
            Member::Child(Id::generate(&clock)),
            Member::Person(Id::generate(&clock)),
            Member::Person(Id::generate(&clock)),
        ];
        let mut household = Household::open(Id::generate(&clock));
        let mut table: Table<Member, u8> = Table::new();
        let mut poor: Table<(), bool> = Table::new();
        let mut known = vec![(table.clone(), poor.clone())];
        for (number, step) in steps.iter().enumerate() {
            let now = at(number);
            match *step {
                Step::Join(who, period, relation) => {
                    let membership = Membership { relation: relation.to_string() };
                    household = household.join(members[who], membership, period, now).unwrap();
                    write(&mut table, members[who], period, Some(relation));
                }
                Step::Leave(who, day) => {
                    let expected = match table.contains_key(&members[who]) {
                        false => Err(HouseholdError::NoSuchMember),
                        true if lasts(&table, &members[who], day) => Ok(()),
                        true => Err(HouseholdError::MemberLeft),
                    };
                    let result = household.leave(members[who], day, now);
                    prop_assert_eq!(result.as_ref().map(|_| ()).map_err(|error| *error), expected);
                    if let Ok(changed) = result {
                        household = changed;
                        write(&mut table, members[who], Period::since(day), None);
                    }
                }
                Step::Means(period, is_poor) => {
                    household = household.value(means(is_poor), period, now).unwrap();
                    write(&mut poor, (), period, Some(is_poor));
                }
            }
            known.push((table.clone(), poor.clone()));
        }
        for (step, (table, poor)) in known.iter().enumerate() {
            for (index, number) in days().enumerate() {
                let as_of = after(step, number);
                let read = household.members().as_of(as_of).map(|(who, it)| (who, it.value.relation.clone()));
                let expected = table.iter().filter_map(|(who, row)| Some((*who, row[index]?.to_string())));
                prop_assert_eq!(read.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
                let read = as_of.of(household.means()).map(|it| it.value.is_poor());
                prop_assert_eq!(read, poor.get(&()).and_then(|row| row[index]));
            }
        }
    }
}
