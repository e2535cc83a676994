use kernel::{Id, ManualClock};

use super::*;
use crate::domain::profile::ProfileParts;
use crate::domain::samples::{child, day, ended, household, month, noon, parts, profile};

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

#[test]
fn given_a_file_when_the_profile_changes_then_the_paths_are_told_and_never_the_values() {
    let child = child("371621");
    let changed = profile(ProfileParts {
        phone: "19900000000".to_owned(),
        household: household("371681"),
        ..child.profile.clone().into_parts()
    });
    let change = child.update(&changed, noon("2025-01-01")).unwrap();
    assert_eq!(change.events[0].fact, Fact::Updated { changed: vec!["phone"] });
    assert_eq!(change.child.household(), child.household());
    assert_eq!(change.child.changed_at, noon("2025-01-01"));
    assert_eq!(change.child.opened_at, child.opened_at);
}

#[test]
fn given_an_equal_profile_then_nothing_changes() {
    let child = child("371621");
    let change = child.update(&child.profile, noon("2025-01-01")).unwrap();
    assert_eq!((change.child, change.events), (child, vec![]));
}

#[test]
fn given_an_ended_file_then_it_changes_no_more() {
    let ended = ended();
    assert_eq!(ended.update(&ended.profile, noon("2025-07-01")).unwrap_err(), NotActive);
}
