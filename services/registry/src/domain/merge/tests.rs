use kernel::{Id, ManualClock};

use super::*;
use crate::domain::category::Category;
use crate::domain::samples::{child, day, ended, identified, month, noon, with_category};

fn join(survivor: &Child, merged: &Child) -> Result<Merge, MergeError> {
    let clock = ManualClock::new(noon("2025-06-01"));
    merge(survivor, merged, || Id::generate(&clock), noon("2025-06-01"))
}

#[test]
fn given_a_foundlings_file_and_the_registered_one_then_the_survivor_gets_id_and_categories() {
    let survivor = with_category(&child("371621"), Category::InDifficulty, "2024-02-01");
    let other = identified("371681", "371699201205170039");
    let other = with_category(&other, Category::InDifficulty, "2024-01-01");
    let other = with_category(&other, Category::HivAffected, "2024-03-15");

    let Merge { survivor: stays, merged: closed, events, .. } = join(&survivor, &other).unwrap();

    assert_eq!(stays.profile().citizen_id, other.profile().citizen_id);
    assert_eq!(stays.profile().birth_date, day("2012-05-17"));
    assert_eq!(stays.household(), survivor.household());
    assert_eq!(closed.state(), ChildState::Merged { into: stays.id });
    assert_eq!(closed.categories, other.categories);
    let facts: Vec<_> = events.iter().map(|event| (event.child, &event.fact)).collect();
    let [
        (one, Fact::Merged { merged_child }),
        (two, Fact::CategoryEnded { until: counted, .. }),
        (three, Fact::CategoryEnded { until, .. }),
        (four, Fact::CategoryConfirmed { record, from, .. }),
    ] = facts[..]
    else {
        panic!("a merge, two records that end in one file and one that goes on in the other, not {facts:?}")
    };
    assert_eq!((one, two, three, four, *merged_child), (stays.id, other.id, other.id, stays.id, other.id));
    assert_eq!((*counted, *until, *from), (month("2025-06"), month("2025-06"), month("2025-06")));
    assert!(stays.categories.iter().any(|moved| moved.id == *record
        && moved.category == Category::HivAffected
        && moved.confirmed_on == day("2024-03-15")));
    assert!(other.categories.iter().all(|old| old.id != *record));
}

#[test]
fn given_an_ended_record_of_the_survivor_then_no_month_counts_twice() {
    let survivor = with_category(&child("371621"), Category::KeyDifficulty, "2024-01-05");
    let record = survivor.categories[0].id;
    let survivor = survivor.end_category(record, day("2025-06-01"), noon("2025-06-01")).unwrap().child;
    let other = with_category(&child("371681"), Category::KeyDifficulty, "2024-03-01");
    let stays = join(&survivor, &other).unwrap().survivor;
    let moved = stays.standing().next().unwrap();
    assert_eq!(moved.from, month("2025-07"));
}

#[test]
fn twins_are_not_merged() {
    let one = identified("371621", "371699201205170039");
    let two = identified("371621", "371699201205170055");
    assert_eq!(join(&one, &two).unwrap_err(), MergeError::DifferentCitizenIds);
}

#[test]
fn only_two_active_files_are_merged() {
    let one = child("371621");
    assert_eq!(join(&one, &one).unwrap_err(), MergeError::SameFile);
    assert_eq!(join(&one, &ended()).unwrap_err(), MergeError::NotActive(NotActive));
    assert_eq!(join(&ended(), &one).unwrap_err(), MergeError::NotActive(NotActive));
}
