use std::time::Duration;

use kernel::time::shanghai_date;
use kernel::{CategoryRecordId, Clock as _, Date, Id, ManualClock, Month, Tier};
use proptest::prelude::*;

use super::*;
use crate::domain::category::Category;
use crate::domain::child::EndReason;
use crate::domain::merge::{Merge, merge};
use crate::domain::merger::Mergers;
use crate::domain::samples::{child, day, household, identified, month, noon, with_category};

/// Two files, the merges into the first, and a clock.
struct Desk {
    survivor: Child,
    merged: Child,
    mergers: Mergers,
    clock: ManualClock,
}

impl Desk {
    fn of(survivor: Child, merged: Child, today: &str) -> Self {
        let mergers = Mergers::none(survivor.id);
        Self { survivor, merged, mergers, clock: ManualClock::new(noon(today)) }
    }

    fn next_record(&self) -> CategoryRecordId {
        Id::generate(&self.clock)
    }

    fn merge(&mut self) -> Vec<Event> {
        let now = self.clock.now();
        let done = merge(&self.survivor, &self.merged, || self.next_record(), now).unwrap();
        let Merge { survivor, merged, takeover, events } = done;
        self.mergers = self.mergers.with(merged.id, takeover, now);
        (self.survivor, self.merged) = (survivor, merged);
        events
    }

    fn unmerge(&mut self) -> Result<Vec<Event>, UnmergeError> {
        let holder = [&self.survivor, &self.merged]
            .into_iter()
            .find(|file| {
                file.unique_citizen_id().is_some() && file.unique_citizen_id() == self.merged.profile().citizen_id
            })
            .map(|file| file.id);
        let reason = "两个孩子".to_owned();
        let done = unmerge(&self.survivor, &self.merged, &self.mergers, holder, reason, self.clock.now())?;
        (self.survivor, self.merged, self.mergers) = (done.survivor, done.restored, done.mergers);
        Ok(done.events)
    }
}

#[test]
fn given_a_merge_that_took_an_id_and_a_category_when_it_is_undone_then_both_go_back() {
    let survivor = child("371621");
    let other = with_category(&identified("371681", "371699201205170039"), Category::HivAffected, "2024-03-15");
    let mut desk = Desk::of(survivor.clone(), other.clone(), "2025-06-10");
    desk.merge();
    desk.clock.set(noon("2025-09-03"));
    let events = desk.unmerge().unwrap();

    assert_eq!(desk.survivor.profile(), survivor.profile());
    assert_eq!(desk.merged.profile(), other.profile());
    assert_eq!(desk.merged.state(), ChildState::Active);
    assert_eq!(desk.merged.categories, other.categories);
    assert_eq!(desk.survivor.standing().count(), 0);
    assert_eq!(desk.merged.unique_citizen_id(), other.profile().citizen_id);
    let facts: Vec<_> = events.iter().map(|event| (event.child, &event.fact)).collect();
    let [
        (one, Fact::Unmerged { restored_child }),
        (two, Fact::CategoryEnded { until, .. }),
        (three, Fact::CategoryConfirmed { record, from, .. }),
    ] = facts[..]
    else {
        panic!("undone, taken back, counted again, not {facts:?}")
    };
    assert_eq!((one, two, three, *restored_child), (survivor.id, survivor.id, other.id, other.id));
    assert_eq!((*until, *from, *record), (month("2025-07"), month("2024-04"), other.categories[0].id));
    let between = noon("2025-08-01");
    assert_eq!(desk.survivor.support(month("2025-08"), between).unwrap().tier, Tier::B);
    assert_eq!(desk.merged.support(month("2025-08"), between), None, "what was believed stays readable");
}

#[test]
fn given_a_category_that_the_county_ended_meanwhile_then_its_end_goes_back_with_it() {
    let other = with_category(&child("371681"), Category::KeyDifficulty, "2024-03-15");
    let mut desk = Desk::of(child("371621"), other, "2025-06-10");
    desk.merge();
    let moved = desk.survivor.categories[0].id;
    desk.survivor = desk.survivor.end_category(moved, day("2025-08-10"), noon("2025-08-12")).unwrap().child;
    desk.clock.set(noon("2025-09-03"));
    desk.unmerge().unwrap();
    assert_eq!(desk.merged.categories[0].until, Some(month("2025-09")));
    assert!(desk.merged.support(month("2025-08"), desk.clock.now()).is_some());
    assert_eq!(desk.survivor.support(month("2025-08"), desk.clock.now()), None);
}

#[test]
fn given_a_survivor_that_died_then_the_other_child_lives_on() {
    let other = with_category(&child("371681"), Category::KeyDifficulty, "2024-03-15");
    let mut desk = Desk::of(child("371621"), other.clone(), "2025-06-10");
    desk.merge();
    desk.survivor = desk.survivor.end(EndReason::Death, day("2025-08-10"), noon("2025-08-12")).unwrap().child;
    desk.clock.set(noon("2025-09-03"));
    desk.unmerge().unwrap();
    assert_eq!(desk.merged.categories, other.categories);
    assert_eq!(desk.merged.state(), ChildState::Active);
    assert!(matches!(desk.survivor.state(), ChildState::Ended { .. }));
}

#[test]
fn given_an_id_that_the_survivor_was_given_since_then_it_keeps_it() {
    let other = identified("371681", "371699201205170039");
    let mut desk = Desk::of(child("371621"), other.clone(), "2025-06-10");
    desk.merge();
    let corrected = identified("371621", "371699201205170055").profile().clone();
    let patch = crate::domain::profile::ProfilePatch {
        citizen_id: Some(corrected.citizen_id),
        sex: Some(corrected.sex),
        ..Default::default()
    };
    desk.survivor = desk.survivor.update(&patch, None, noon("2025-07-01")).unwrap().child;
    desk.clock.set(noon("2025-09-03"));
    desk.unmerge().unwrap();
    assert_eq!(desk.survivor.profile().citizen_id, corrected.citizen_id);
    assert_eq!(desk.merged.profile().citizen_id, other.profile().citizen_id);
}

#[test]
fn what_cannot_be_undone_is_refused() {
    let (one, two) = (child("371621"), identified("371681", "371699201205170039"));
    let mut desk = Desk::of(one.clone(), two.clone(), "2025-06-10");
    assert_eq!(desk.unmerge().unwrap_err(), UnmergeError::NotMerged);
    desk.merge();
    let undo = |survivor: &Child, mergers: &Mergers, holder| {
        unmerge(survivor, &desk.merged, mergers, holder, String::new(), noon("2025-09-03")).map(|_| ())
    };
    let none = Mergers::none(one.id);
    let third = child("371621");
    assert_eq!(undo(&desk.survivor, &none, None), Err(UnmergeError::NotRemembered));
    assert_eq!(undo(&third, &desk.mergers, None), Err(UnmergeError::NotMerged));
    assert_eq!(undo(&desk.survivor, &desk.mergers, Some(third.id)), Err(UnmergeError::CitizenIdTaken));
    let now = noon("2025-07-01");
    let closed = merge(&third, &desk.survivor, || Id::generate(&desk.clock), now).unwrap().merged;
    assert_eq!(undo(&closed, &desk.mergers, None), Err(UnmergeError::SurvivorMerged));
    let again = merge(&desk.survivor, &third, || Id::generate(&desk.clock), now).unwrap();
    let mergers = desk.mergers.with(third.id, again.takeover, now);
    assert_eq!(undo(&again.survivor, &mergers, None), Err(UnmergeError::LaterMerge));
    let mergers = mergers.without(third.id, String::new(), now);
    assert_eq!(undo(&again.survivor, &mergers, Some(one.id)), Ok(()));
    desk.clock.set(noon("2025-09-03"));
    desk.unmerge().unwrap();
    assert_eq!(desk.unmerge().unwrap_err(), UnmergeError::NotMerged, "once is enough");
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Confirm(usize),
    End(usize),
    Move(usize),
}

fn steps() -> impl Strategy<Value = Vec<(Step, u16)>> {
    let step = prop_oneof![
        (0..4_usize).prop_map(Step::Confirm),
        (0..4_usize).prop_map(Step::End),
        (0..3_usize).prop_map(Step::Move)
    ];
    // Days since the beginning of 2024, before the merge at the end of 2025.
    proptest::collection::vec((step, 0..700_u16), 0..8)
}

fn after(days: u16) -> Date {
    shanghai_date(noon("2024-01-01").saturating_add(Duration::from_hours(24 * u64::from(days))))
}

/// A file after what happened to it; steps that are refused change nothing.
fn lived(child: Child, mut steps: Vec<(Step, u16)>) -> Child {
    steps.sort_by_key(|(_, days)| *days);
    let categories =
        [Category::KeyDifficulty, Category::ScatteredOrphan, Category::InDifficulty, Category::HivAffected];
    steps.into_iter().fold(child, |child, (step, days)| {
        let on = after(days);
        let now = noon(&on.to_string());
        let changed = match step {
            Step::Confirm(which) => child
                .confirm(Id::generate(&ManualClock::new(now)), categories[which], on, now)
                .map(|change| change.child)
                .ok(),
            Step::End(which) => child
                .standing()
                .find(|record| record.category == categories[which])
                .and_then(|record| child.end_category(record.id, on, now).map(|change| change.child).ok()),
            Step::Move(which) => {
                let to = household(["371621", "371681", "371602"][which]);
                child.transfer(to, on, now).map(|change| change.child).ok()
            }
        };
        changed.unwrap_or(child)
    })
}

fn months() -> impl Iterator<Item = Month> {
    Month::range(month("2023-12"), month("2026-12"))
}

/// The tiers that count in a month, over both files.
fn due(files: [&Child; 2], month: Month, known: Instant) -> Option<Tier> {
    files.into_iter().filter_map(|file| file.support(month, known)).map(|support| support.tier).min()
}

/// In how many files a category counts in a month, as the survivor's own records and the merged file's continue one
/// another.
fn counted(record: &CategoryRecord, file: &Child, month: Month) -> bool {
    let open = file.record.on(month.first_day()).is_some_and(|it| !matches!(it.state, ChildState::Merged { .. }));
    open && record.counts_in(month)
}

proptest! {
    #[test]
    fn a_merge_that_is_undone_leaves_every_month_and_day_as_it_was(
        one in steps(),
        other in steps(),
        has_id in any::<bool>(),
        merged_on in 701..800_u16,
        later in 0..120_u16,
    ) {
        let survivor = lived(child("371621"), one);
        let other_file = if has_id { identified("371681", "371699200706100026") } else { child("371681") };
        let merged = lived(other_file, other);
        let before = (survivor.clone(), merged.clone());
        let mut desk = Desk::of(survivor, merged, &after(merged_on).to_string());
        desk.merge();
        let joined = (desk.survivor.clone(), desk.merged.clone());
        let between = desk.clock.now();

        for month in months() {
            prop_assert_eq!(
                due([&joined.0, &joined.1], month, between),
                due([&before.0, &before.1], month, between),
                "{} is lost or invented by the merge", month
            );
            for MovedRecord { from, to } in &desk.mergers.standing(joined.1.id).unwrap().records {
                let old = joined.1.categories.iter().find(|record| record.id == *from).unwrap();
                let new = joined.0.categories.iter().find(|record| record.id == *to).unwrap();
                prop_assert!(!(counted(old, &joined.1, month) && counted(new, &joined.0, month)), "{} twice", month);
            }
        }

        desk.clock.set(noon(&after(merged_on + later).to_string()).saturating_add(Duration::from_mins(1)));
        desk.unmerge().unwrap();
        let now = desk.clock.now();
        for (was, is) in [(&before.0, &desk.survivor), (&before.1, &desk.merged)] {
            for month in months() {
                prop_assert_eq!(is.support(month, now), was.support(month, now), "{}", month);
            }
            // A move and the way back on one day leave two periods on which the file stands alike.
            let days = |file: &Child| {
                let mut spans: Vec<(Date, Standing)> = Vec::new();
                for it in file.record.current() {
                    if spans.last().is_none_or(|(_, value)| *value != it.value) {
                        spans.push((it.period.from(), it.value.clone()));
                    }
                }
                spans
            };
            prop_assert_eq!(days(is), days(was));
            let spans = |file: &Child| -> Vec<_> {
                let counting = file.categories.iter().filter(|it| it.until != Some(it.from));
                counting.map(|it| (it.id, it.category, it.from, it.until)).collect()
            };
            prop_assert_eq!(spans(is), spans(was));
        }
        for (was, is) in [(&joined.0, &desk.survivor), (&joined.1, &desk.merged)] {
            for month in months() {
                prop_assert_eq!(is.support(month, between), was.support(month, between), "{} as it was known", month);
            }
        }
        prop_assert_eq!(&desk.merged.record.as_of(after(merged_on), between).unwrap().state,
            &ChildState::Merged { into: desk.survivor.id });
    }
}
