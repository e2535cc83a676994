use kernel::{Id, ManualClock};

use super::*;
use crate::domain::samples::{child, day, ended, month, noon, parts, profile};

#[test]
fn given_a_profile_with_a_confirmed_category_then_the_file_opens_and_both_are_told() {
    let clock = ManualClock::new(noon("2024-12-12"));
    let confirmed = Confirmed { record: Id::generate(&clock), category: Category::HivAffected, on: day("2024-10-31") };
    let id = Id::generate(&clock);
    let Change { child, events } = Child::register(id, profile(parts()), &[confirmed], noon("2024-12-12"));
    assert_eq!(child.version, 1);
    let facts: Vec<_> = events.into_iter().map(|event| event.fact).collect();
    assert_eq!(
        facts,
        [
            Fact::Registered { birth_month: month("2007-06"), registered_on: day("2024-12-12") },
            Fact::CategoryConfirmed {
                record: confirmed.record,
                tier: Some(crate::domain::Tier::B),
                from: month("2024-11")
            }
        ]
    );
}

fn phone(number: &str) -> ProfilePatch {
    ProfilePatch { phone: Some(number.to_owned()), ..ProfilePatch::default() }
}

#[test]
fn given_a_file_when_the_profile_changes_then_the_paths_are_told_and_never_the_values() {
    let child = child("371621");
    let change = child.update(&phone("19900000000"), None, noon("2025-01-01")).unwrap();
    assert_eq!(change.events[0].fact, Fact::Updated { changed: vec!["phone"] });
    assert_eq!(change.child.household(), child.household());
    assert_eq!(change.child.changed_at, noon("2025-01-01"));
    assert_eq!(change.child.opened_at, child.opened_at);
}

#[test]
fn given_equal_values_then_nothing_changes() {
    let child = child("371621");
    let change = child.update(&phone(&child.profile().phone), None, noon("2025-01-01")).unwrap();
    assert_eq!((change.child, change.events), (child, vec![]));
}

#[test]
fn how_the_child_lives_changes_from_a_day_on_and_who_it_is_was_always_so() {
    let child = child("371621");
    let patch = ProfilePatch { full_name: Some("王晓明".to_owned()), ..phone("19900000000") };
    let changed = child.update(&patch, None, noon("2025-03-01")).unwrap().child;
    let on = |text: &str| &changed.record.on(day(text)).unwrap().profile;
    assert_eq!((on("2025-02-28").full_name.as_str(), on("2025-02-28").phone.as_str()), ("王晓明", "19900008431"));
    assert_eq!((on("2025-03-01").full_name.as_str(), on("2025-03-01").phone.as_str()), ("王晓明", "19900000000"));
    let before = changed.record.as_of(day("2025-03-01"), noon("2025-02-28")).unwrap();
    assert_eq!((before.profile.full_name.as_str(), before.profile.phone.as_str()), ("王小明", "19900008431"));

    let late = changed.update(&phone("19911111111"), Some(day("2025-01-10")), noon("2025-04-01")).unwrap();
    assert_eq!(late.child.record.on(day("2025-01-10")).unwrap().profile.phone, "19911111111");
    assert_eq!(late.child.record.on(day("2025-01-09")).unwrap().profile.phone, "19900008431");
    let known = late.child.record.as_of(day("2025-01-10"), noon("2025-03-31")).unwrap();
    assert_eq!(known.profile.phone, "19900008431");
}

#[test]
fn changes_that_cannot_be_are_refused() {
    let child = child("371621");
    let refused =
        |child: &Child, patch: &ProfilePatch, from| child.update(patch, from, noon("2025-07-01")).unwrap_err();
    assert_eq!(refused(&child, &phone("1"), Some(day("2025-07-02"))), UpdateError::ImpossibleDay);
    let nameless = ProfilePatch { full_name: Some(String::new()), ..ProfilePatch::default() };
    assert_eq!(refused(&child, &nameless, None), UpdateError::Profile(ProfileError::NameMissing));
    assert_eq!(refused(&ended(), &phone("1"), None), UpdateError::NotActive(NotActive));
}
