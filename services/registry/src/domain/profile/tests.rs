use kernel::time::parse_iso;

use super::*;
use crate::domain::samples::{parts, parts_of};

fn today() -> Date {
    parse_iso("2024-12-12").unwrap()
}

#[test]
fn with_a_citizen_id_the_sex_is_the_ids() {
    // The 17th digit of 371699201205170039 is 3: male.
    let given = ProfileParts { sex: Sex::Female, ..parts_of("371699201205170039") };
    assert_eq!(Profile::new(given, today()).unwrap().sex, Sex::Male);
}

#[test]
fn without_a_citizen_id_the_office_is_believed() {
    let given = ProfileParts { sex: Sex::Female, ..parts() };
    assert_eq!(Profile::new(given, today()).unwrap().sex, Sex::Female);
}

#[test]
fn parts_that_do_not_agree_are_refused() {
    let refused = |change: fn(&mut ProfileParts)| {
        let mut parts = parts_of("371699201205170039");
        change(&mut parts);
        Profile::new(parts, today()).unwrap_err()
    };
    assert_eq!(refused(|parts| parts.full_name = " \u{3000} ".to_owned()), ProfileError::NameMissing);
    assert_eq!(refused(|parts| parts.birth_date = parse_iso("2012-05-18").unwrap()), ProfileError::BirthMismatch);
    assert_eq!(
        refused(|parts| {
            parts.citizen_id = None;
            parts.birth_date = parse_iso("2024-12-13").unwrap();
        }),
        ProfileError::BornInFuture
    );
}

#[test]
fn a_household_lies_in_a_county() {
    let county =
        |code: &str| Household::in_division(code.parse().unwrap()).map(|household| household.county().to_string());
    assert_eq!(county("371602001001"), Some("371602".to_owned()));
    assert_eq!(county("371602"), Some("371602".to_owned()));
    assert_eq!(county("371600"), None);
}

#[test]
fn debug_output_shows_nothing_of_a_child() {
    let profile = Profile::new(parts_of("371699201205170039"), today()).unwrap();
    assert_eq!(format!("{profile:?}"), "Profile(****)");
}
