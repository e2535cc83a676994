//! Two descriptions side by side.

use kernel::Date;

use super::name::Name;
use super::reason::Reason;
use super::traits::Traits;

/// What is found of each field, in the order of [`super::Field`].
#[must_use]
pub fn compare(one: &Traits, other: &Traits) -> [Reason; 6] {
    [
        citizen_ids(one, other),
        names(one.name.as_ref(), other.name.as_ref()),
        births(one.birth_date, other.birth_date),
        sexes(one, other),
        places(one, other),
        guardians(one.guardian.as_ref(), other.guardian.as_ref()),
    ]
}

/// Whether the years of birth are the same or next to each other.
#[must_use]
pub fn years_are_near(one: Date, other: Date) -> bool {
    (one.year() - other.year()).abs() <= 1
}

fn citizen_ids(one: &Traits, other: &Traits) -> Reason {
    match (one.citizen_id, other.citizen_id) {
        (Some(one), Some(other)) if one == other => Reason::CitizenIdSame,
        (Some(_), Some(_)) => Reason::CitizenIdDifferent,
        _ => Reason::CitizenIdUnknown,
    }
}

fn names(one: Option<&Name>, other: Option<&Name>) -> Reason {
    let (Some(one), Some(other)) = (one, other) else {
        return Reason::NameUnknown;
    };
    match (one.family() == other.family(), one.given() == other.given()) {
        (true, true) => Reason::NameSame,
        (true, false) if one.given_is_near(other) => Reason::NameNear,
        (true, false) => Reason::FamilyNameSame,
        (false, true) => Reason::GivenNameSame,
        (false, false) => Reason::NameDifferent,
    }
}

fn births(one: Date, other: Date) -> Reason {
    let same_year = one.year() == other.year();
    let same_day = one.month() == other.month() && one.day() == other.day();
    if one == other {
        Reason::BirthSame
    } else if same_year && one.month() == other.day() && one.day() == other.month() {
        Reason::BirthSwapped
    } else if same_day && years_are_near(one, other) {
        Reason::BirthYearNear
    } else if same_year && one.month() == other.month() {
        Reason::BirthMonthSame
    } else {
        Reason::BirthDifferent
    }
}

fn sexes(one: &Traits, other: &Traits) -> Reason {
    match (one.known_sex(), other.known_sex()) {
        (Some(one), Some(other)) if one == other => Reason::SexSame,
        (Some(_), Some(_)) => Reason::SexDifferent,
        _ => Reason::SexUnknown,
    }
}

fn places(one: &Traits, other: &Traits) -> Reason {
    let (Some(here), Some(there)) = (one.division, other.division) else {
        return Reason::PlaceUnknown;
    };
    match (one.township(), other.township()) {
        (Some(one), Some(other)) if one == other => Reason::TownshipSame,
        _ if here.county() == there.county() => Reason::CountySame,
        _ => Reason::PlaceDifferent,
    }
}

fn guardians(one: Option<&Name>, other: Option<&Name>) -> Reason {
    match (one, other) {
        (Some(one), Some(other)) if one == other => Reason::GuardianSame,
        (Some(_), Some(_)) => Reason::GuardianDifferent,
        _ => Reason::GuardianUnknown,
    }
}
