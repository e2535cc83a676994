//! Children for tests. None of them exists: the prefix 371699 is nobody's.

use kernel::time::{parse_iso, start_of_day_shanghai};
use kernel::{CitizenId, Date, Id, Instant, ManualClock, Month, Sex};

use super::category::Category;
use super::child::{Child, EndReason};
use super::merge::merge;
use super::profile::{Household, Profile, ProfileParts};

pub fn day(text: &str) -> Date {
    parse_iso(text).unwrap()
}

pub fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// Noon of a day in Shanghai.
pub fn noon(text: &str) -> Instant {
    start_of_day_shanghai(day(text)).saturating_add(std::time::Duration::from_hours(12))
}

pub fn household(code: &str) -> Household {
    Household::in_division(code.parse().unwrap()).unwrap()
}

/// A foundling, born on 2007-06-10.
pub fn parts() -> ProfileParts {
    ProfileParts {
        full_name: "王小明".to_owned(),
        citizen_id: None,
        birth_date: day("2007-06-10"),
        sex: Sex::Male,
        household: household("371621"),
        guardian_name: "王大明".to_owned(),
        guardian_relation: "祖父".to_owned(),
        phone: "19900008431".to_owned(),
        bank_account: "6217509993346848443".to_owned(),
        school_stage: None,
        disability_grade: None,
        remarks: String::new(),
    }
}

pub fn parts_of(citizen_id: &str) -> ProfileParts {
    let id = CitizenId::parse(citizen_id).unwrap();
    ProfileParts { citizen_id: Some(id), birth_date: id.birth_date(), ..parts() }
}

pub fn profile(parts: ProfileParts) -> Profile {
    Profile::new(parts, day("2024-12-12")).unwrap()
}

/// A file of [`parts`] in a county.
pub fn child(county: &str) -> Child {
    open(ProfileParts { household: household(county), ..parts() })
}

pub fn identified(county: &str, citizen_id: &str) -> Child {
    open(ProfileParts { household: household(county), ..parts_of(citizen_id) })
}

pub fn ended() -> Child {
    child("371621").end(EndReason::Adoption, day("2025-05-01"), noon("2025-05-02")).unwrap().child
}

/// A file that was merged into another.
pub fn merged() -> Child {
    let clock = ManualClock::new(noon("2025-05-02"));
    merge(&child("371681"), &child("371621"), || Id::generate(&clock), noon("2025-05-02")).unwrap().merged
}

pub fn with_category(child: &Child, category: Category, confirmed_on: &str) -> Child {
    let clock = ManualClock::new(noon(confirmed_on));
    child.confirm(Id::generate(&clock), category, day(confirmed_on), noon(confirmed_on)).unwrap().child
}

fn open(parts: ProfileParts) -> Child {
    let now = noon("2024-12-12");
    let id = Id::generate(&ManualClock::new(now));
    Child::register(id, profile(parts), &[], now).child
}
