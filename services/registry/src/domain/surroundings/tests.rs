use std::collections::BTreeMap;

use kernel::{Date, Division, HouseholdId, Id, ManualClock, Month, PersonId, Timeline, WorkerId};
use proptest::prelude::*;

use super::*;
use crate::domain::circumstance::{Aspect, CareSetting, Circumstance, Remark};
use crate::domain::guardianship::{GuardianBasis, Role, RoleKind};
use crate::domain::household::Membership;
use crate::domain::samples::noon;
use crate::domain::tests::{any_day, any_period, at, day, days};
use crate::domain::visit::Seen;

const KINDS: [RoleKind; 3] = [RoleKind::Father, RoleKind::Mother, RoleKind::Guardian(GuardianBasis::Law)];

/// What happens to one of two files before they are merged, or to the one that stays afterwards.
#[derive(Clone, Debug)]
enum Step {
    Circumstance(bool, u8, Period),
    EndCircumstance(bool, Date),
    Role(usize, usize, Period),
    EndRole(usize, Date),
    Join(usize, Period),
    Leave(usize, Date),
    Assign(usize, Period),
    Visit(u8),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (any::<bool>(), 0..2_u8, any_period())
            .prop_map(|(aspect, value, days)| Step::Circumstance(aspect, value, days)),
        (any::<bool>(), any_day()).prop_map(|(aspect, day)| Step::EndCircumstance(aspect, day)),
        (0..3_usize, 0..3_usize, any_period()).prop_map(|(who, kind, days)| Step::Role(who, kind, days)),
        (0..4_usize, any_day()).prop_map(|(which, day)| Step::EndRole(which, day)),
        (0..2_usize, any_period()).prop_map(|(home, days)| Step::Join(home, days)),
        (0..2_usize, any_day()).prop_map(|(home, day)| Step::Leave(home, day)),
        (0..2_usize, any_period()).prop_map(|(worker, days)| Step::Assign(worker, days)),
        (1..28_u8).prop_map(Step::Visit),
    ]
}

struct Desk {
    clock: ManualClock,
    persons: Vec<PersonId>,
    workers: Vec<WorkerId>,
    both: Both,
}

impl Desk {
    fn new() -> Self {
        let clock = ManualClock::new(noon("2024-01-01"));
        let around = || {
            let child: ChildId = Id::generate(&clock);
            Surroundings {
                guardianship: Guardianship::of(child),
                circumstances: Circumstances::of(child),
                assignment: Assignment::none(child),
                special_migrant: false,
                month: VisitMonth::none(child, month()),
            }
        };
        let homes: Vec<HouseholdId> = (0..2).map(|_| Id::generate(&clock)).collect();
        let both = Both {
            stays: around(),
            other: around(),
            households: homes.into_iter().map(Household::open).collect(),
            entries: Vec::new(),
        };
        let persons = (0..3).map(|_| Id::generate(&clock)).collect();
        let workers = (0..2).map(|_| Id::generate(&clock)).collect();
        Self { persons, workers, both, clock }
    }

    /// Steps that the domain refuses change nothing.
    fn act(&mut self, stays: bool, step: &Step, now: Instant) {
        let born = day(0);
        let both = &mut self.both;
        let around = if stays { &mut both.stays } else { &mut both.other };
        let member = Member::Child(around.guardianship.child());
        match *step {
            Step::Circumstance(aspect, value, days) => {
                around.circumstances = around.circumstances.record(thing(aspect, value), days, born, now).unwrap();
            }
            Step::EndCircumstance(aspect, day) => {
                let ended = around.circumstances.end(thing(aspect, 0).aspect(), day, now);
                around.circumstances = ended.unwrap_or_else(|_| around.circumstances.clone());
            }
            Step::Role(who, kind, days) => {
                let role = Role { person: self.persons[who], kind: KINDS[kind], evidence: Vec::new() };
                let assigned = around.guardianship.assign(Id::generate(&self.clock), role, days, born, now);
                around.guardianship = assigned.unwrap_or_else(|_| around.guardianship.clone());
            }
            Step::EndRole(which, day) => {
                let id = around.guardianship.roles().timelines().nth(which).map(|(id, _)| id);
                let ended = id.and_then(|id| around.guardianship.end(id, day, now).ok());
                around.guardianship = ended.unwrap_or_else(|| around.guardianship.clone());
            }
            Step::Join(home, days) => {
                let membership = Membership { relation: home.to_string() };
                both.households[home] = both.households[home].join(member, membership, days, now).unwrap();
            }
            Step::Leave(home, day) => {
                let left = both.households[home].leave(member, day, now);
                both.households[home] = left.unwrap_or_else(|_| both.households[home].clone());
            }
            Step::Assign(worker, days) => {
                around.assignment = around.assignment.assigned(Some(self.workers[worker]), days, now);
            }
            Step::Visit(on) => {
                let on = kernel::time::date(2024, 2, on.into()).unwrap();
                let seen = Seen { visits: 1, last_on: on, needs_attention: on.day() % 2 == 0 };
                around.month.seen = Some(around.month.seen.map_or(seen, |before| before.with(seen)));
            }
        }
    }

    fn merge(&mut self, now: Instant) -> Taken {
        self.clock.set(now);
        let Self { both, clock, .. } = self;
        both.take_over(|| Id::generate(clock), now)
    }
}

fn month() -> Month {
    "2024-02".parse().unwrap()
}

fn thing(aspect: bool, value: u8) -> Circumstance {
    if aspect {
        Circumstance::CareSetting([CareSetting::Institution, CareSetting::Community][usize::from(value)])
    } else {
        Circumstance::KeyDifficulty(Remark { text: value.to_string(), evidence: Vec::new() })
    }
}

/// What an office reads of one file on a day, as known at an instant; nothing of identifiers of roles.
type Reading = (Vec<(i32, Circumstance)>, Vec<(i32, PersonId)>, Vec<(HouseholdId, String)>, Option<WorkerId>);

fn reading(both: &Both, stays: bool, on: Date, known: Instant) -> Reading {
    let around = if stays { &both.stays } else { &both.other };
    let as_of = crate::domain::AsOf { day: on, known };
    let things = around.circumstances.aspects().as_of(as_of);
    let mut roles: Vec<_> = around
        .guardianship
        .roles()
        .as_of(as_of)
        .map(|(_, version)| (version.value.kind.number(), version.value.person))
        .collect();
    roles.sort();
    let member = Member::Child(around.guardianship.child());
    let homes = both.households.iter().filter_map(|home| {
        let membership = home.members().timeline(member).and_then(|timeline| timeline.as_of(on, known))?;
        Some((home.id(), membership.relation.clone()))
    });
    (
        things.map(|(aspect, version)| (aspect.number(), version.value.clone())).collect(),
        roles,
        homes.collect(),
        around.assignment.workers.as_of(on, known).copied(),
    )
}

fn all(both: &Both, known: Instant) -> Vec<[Reading; 2]> {
    let ours =
        days().map(day).chain([kernel::time::date(2024, 2, 1).unwrap(), kernel::time::date(2024, 3, 1).unwrap()]);
    ours.map(|on| [reading(both, true, on, known), reading(both, false, on, known)]).collect()
}

/// What a clerk expects of the file that stays: its own word, and where it has none the other's.
fn expected([own, other]: &[Reading; 2], present: bool) -> Reading {
    let mut things: BTreeMap<i32, Circumstance> = other.0.iter().cloned().collect();
    things.extend(own.0.iter().cloned());
    let mut roles = own.1.clone();
    let taken = |(kind, person): &(i32, PersonId)| {
        own.1.iter().any(|(ours, who)| ours == kind && (*kind <= 2 || who == person))
    };
    roles.extend(other.1.iter().filter(|role| !taken(role)));
    roles.sort();
    let homes = if own.2.is_empty() { other.2.clone() } else { own.2.clone() };
    (things.into_iter().collect(), roles, homes, own.3.or(other.3.filter(|_| present)))
}

proptest! {
    #[test]
    fn a_merge_takes_over_what_is_lacking_and_undone_leaves_every_day_as_it_was(
        steps in prop::collection::vec((any::<bool>(), any_step()), 0..14),
        special: [bool; 2],
    ) {
        let mut desk = Desk::new();
        (desk.both.stays.special_migrant, desk.both.other.special_migrant) = (special[0], special[1]);
        for (number, (stays, step)) in steps.iter().enumerate() {
            desk.act(*stays, step, at(number));
        }
        let merged_at = at(steps.len());
        let before = desk.both.clone();
        let then = all(&before, merged_at);

        let taken = desk.merge(merged_at);
        for (index, was) in then.iter().enumerate() {
            let on = if index < 10 { day(i32::try_from(index).unwrap()) } else { kernel::time::date(2024, if index == 10 { 2 } else { 3 }, 1).unwrap() };
            prop_assert_eq!(reading(&desk.both, true, on, merged_at), expected(was, index >= 10), "day {}", on);
            let now = reading(&desk.both, false, on, merged_at);
            prop_assert_eq!(&now.1, &was[1].1, "the file that closed keeps its history");
            prop_assert_eq!(&now.0, &was[1].0);
            prop_assert!(index < 10 || now.2.is_empty(), "it has left its households");
        }
        let seen = |around: &Surroundings| around.month.seen.map_or(0, |seen| seen.visits);
        prop_assert_eq!(seen(&desk.both.stays), seen(&before.stays) + seen(&before.other));
        prop_assert_eq!(desk.both.stays.special_migrant, special[0] || special[1]);

        let joined = desk.both.clone();
        let parted_at = at(steps.len() + 1);
        desk.both.give_back(&taken, parted_at);
        prop_assert_eq!(all(&desk.both, parted_at), then);
        prop_assert_eq!(all(&desk.both, merged_at), all(&joined, merged_at), "what was believed stays readable");
        prop_assert_eq!(desk.both.stays.month, before.stays.month);
        prop_assert_eq!(desk.both.stays.special_migrant, special[0]);
    }

    #[test]
    fn what_is_learnt_of_days_that_were_taken_over_goes_back_with_them(
        steps in prop::collection::vec((any::<bool>(), any_step()), 0..8),
        since in prop::collection::vec(any_step(), 0..5),
    ) {
        let mut desk = Desk::new();
        for (number, (stays, step)) in steps.iter().enumerate() {
            desk.act(*stays, step, at(number));
        }
        let before = all(&desk.both, at(steps.len()));
        let taken = desk.merge(at(steps.len()));
        for (number, step) in since.iter().enumerate() {
            desk.act(true, step, at(steps.len() + 1 + number));
        }
        let joined = desk.both.clone();
        let parted_at = at(steps.len() + since.len() + 1);
        desk.both.give_back(&taken, parted_at);

        let within = |periods: &[Period], on: Date| periods.iter().any(|period| period.contains(on));
        for (index, was) in before.iter().enumerate().take(10) {
            let on = day(i32::try_from(index).unwrap());
            for aspect in [Aspect::CareSetting, Aspect::KeyDifficulty] {
                let of = |circumstances: &Circumstances| {
                    circumstances.aspects().timeline(aspect).and_then(|timeline| timeline.on(on)).cloned()
                };
                let periods: Vec<Period> =
                    taken.circumstances.iter().filter(|(it, _)| *it == aspect).map(|(_, period)| *period).collect();
                let (stays, restored) = (of(&desk.both.stays.circumstances), of(&desk.both.other.circumstances));
                if within(&periods, on) {
                    prop_assert_eq!(stays, None);
                    prop_assert_eq!(restored, of(&joined.stays.circumstances));
                } else {
                    prop_assert_eq!(stays, of(&joined.stays.circumstances));
                    let known = was[1].0.iter().find(|(number, _)| *number == aspect.number());
                    prop_assert_eq!(restored, known.map(|(_, value)| value.clone()));
                }
            }
        }
        for kind in [RoleKind::Father, RoleKind::Mother] {
            for around in [&desk.both.stays, &desk.both.other] {
                for on in days().map(day) {
                    let parents = around.guardianship.roles().as_of(crate::domain::AsOf { day: on, known: parted_at });
                    prop_assert!(parents.filter(|(_, it)| it.value.kind == kind).count() <= 1);
                }
            }
        }
    }
}

#[test]
fn given_visits_of_both_files_and_one_since_then_the_survivor_keeps_its_own() {
    let seen = |visits, on: &str| Seen { visits, last_on: crate::domain::samples::day(on), needs_attention: false };
    let visits = TakenVisits { month: month(), seen: seen(2, "2024-02-09"), before: Some(seen(1, "2024-02-03")) };
    assert_eq!(visits.without(Some(seen(3, "2024-02-09"))), visits.before);
    assert_eq!(visits.without(Some(seen(4, "2024-02-20"))), Some(seen(2, "2024-02-20")));
    let none = TakenVisits { before: None, ..visits };
    assert_eq!(none.without(Some(seen(2, "2024-02-09"))), None);
    assert_eq!(none.without(None), None);
}

#[test]
fn days_that_are_free_are_those_between() {
    let period = |from, until| Period::new(day(from), Some(day(until))).unwrap();
    let free = days::free(period(0, 9), &[period(2, 4), period(6, 7), period(4, 5)]);
    assert_eq!(free, [period(0, 2), period(5, 6), period(7, 9)]);
    assert_eq!(days::free(period(1, 3), &[period(0, 9)]), []);
    let empty: Timeline<Division> = Timeline::default();
    assert_eq!(days::periods(&empty), []);
}
