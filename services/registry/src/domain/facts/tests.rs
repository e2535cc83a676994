use kernel::{Id, Instant, ManualClock, Period, Sex};
use proptest::prelude::*;

use super::*;
use crate::domain::circumstance::{LeftBehind, Remark, Residence};
use crate::domain::evidence::{Disability, DisabilityType};
use crate::domain::person::{Identity, IdentityParts, Situation};
use crate::domain::samples::{day, noon};

fn person() -> Person {
    let parts = IdentityParts { full_name: "王大明".to_owned(), citizen_id: None, birth_date: None, sex: Sex::Male };
    let identity = Identity::new(parts, day("2024-12-12")).unwrap();
    Person::register(Id::generate(&ManualClock::new(noon("2024-01-01"))), identity, None, Instant::EPOCH)
}

fn since(person: &Person, condition: Condition, from: &str) -> Person {
    during(person, condition, Period::since(day(from)))
}

fn during(person: &Person, condition: Condition, period: Period) -> Person {
    let now = noon("2030-01-01");
    let id = Id::generate(&ManualClock::new(now));
    let situation = Situation { condition, note: String::new(), evidence: Vec::new() };
    person.record_situation(id, situation, period, now).unwrap()
}

fn nothing() -> Circumstances {
    Circumstances::of(Id::generate(&ManualClock::new(noon("2024-01-01"))))
}

fn with(circumstances: &Circumstances, circumstance: Circumstance, from: &str) -> Circumstances {
    let period = Period::since(day(from));
    circumstances.record(circumstance, period, day("2014-03-02"), noon("2030-01-01")).unwrap()
}

fn of(circumstances: &Circumstances, father: Option<&Person>, mother: Option<&Person>, on: &str) -> RuleFacts {
    let subject = Subject {
        born: day("2014-03-02"),
        registered: "371621".parse().unwrap(),
        circumstances,
        father,
        mother,
        household_in_poverty: false,
    };
    facts(subject, AsOf::day(day(on)))
}

#[test]
fn scenario_9_police_acceptance_on_1_march_is_six_months_on_1_september() {
    let accepted = Condition::OutOfContact { police_accepted_on: Some(day("2025-03-01")) };
    let father = since(&person(), accepted, "2024-11-20");
    let grade = Condition::Disability { kind: DisabilityType::Physical, grade: DisabilityGrade::Two };
    let mother = since(&person(), grade, "2020-01-01");
    let on = |day: &str| of(&nothing(), Some(&father), Some(&mother), day);
    assert_eq!(on("2025-08-31").father.out_of_contact_months, Some(5));
    assert_eq!(on("2025-09-01").father.out_of_contact_months, Some(6));
    assert_eq!(on("2025-09-01").mother.disability_grade, Some(DisabilityGrade::Two));
    assert!(!on("2025-09-01").mother.disability_mental);
    assert_eq!(on("2024-11-19").father.out_of_contact_months, None, "in contact still");
    let unreported = since(&person(), Condition::OutOfContact { police_accepted_on: None }, "2024-01-01");
    assert_eq!(of(&nothing(), Some(&unreported), None, "2025-09-01").father.out_of_contact_months, Some(0));
}

#[test]
fn a_months_number_follows_the_civil_code() {
    let check = |from: &str, to: &str| full_months(day(from), day(to));
    assert_eq!(check("2025-03-01", "2025-08-31"), 5);
    assert_eq!(check("2025-03-01", "2025-09-01"), 6);
    assert_eq!(check("2024-08-31", "2025-02-27"), 5);
    assert_eq!(check("2024-08-31", "2025-02-28"), 6, "February has no 31st: its last day counts");
    assert_eq!(check("2024-12-31", "2025-01-30"), 0);
    assert_eq!(check("2025-03-01", "2025-02-01"), 0);
}

proptest! {
    #[test]
    fn months_agree_with_a_calendar_walked_day_by_day(start in 0..800_i32, length in 0..800_i32) {
        let first = day("2023-01-01");
        let walk = |days: i32| first.checked_add(jiff_days(days)).expect("a day of this century");
        let (from, to) = (walk(start), walk(start + length));
        let (mut full, mut today) = (0, from);
        while today < to {
            today = today.tomorrow().unwrap();
            let other_month = (today.year(), today.month()) != (from.year(), from.month());
            let corresponding = today.day() == from.day() || (today.day() == today.days_in_month() && today.day() < from.day());
            full += u32::from(other_month && corresponding);
        }
        prop_assert_eq!(full_months(from, to), full);
    }
}

fn jiff_days(days: i32) -> std::time::Duration {
    std::time::Duration::from_secs(u64::from(days.unsigned_abs()) * 86_400)
}

#[test]
fn a_term_counts_as_ordered_and_without_one_what_was_served() {
    let term = |ends: Option<&str>| Condition::Custody { term_ends_on: ends.map(day) };
    let months = |condition, on: &str| {
        let father = since(&person(), condition, "2025-03-01");
        of(&nothing(), Some(&father), None, on).father.custody_months
    };
    assert_eq!(months(term(Some("2025-08-31")), "2025-03-02"), Some(6));
    assert_eq!(months(term(Some("2025-08-30")), "2025-03-02"), Some(5));
    assert_eq!(months(term(None), "2025-08-31"), Some(5));
    assert_eq!(months(term(None), "2025-09-01"), Some(6));
    assert_eq!(months(term(None), "2025-02-28"), None);
    let released =
        during(&person(), term(Some("2026-03-01")), Period::new(day("2025-03-01"), Some(day("2025-10-01"))).unwrap());
    assert_eq!(of(&nothing(), Some(&released), None, "2025-10-01").father.custody_months, None, "released early");
}

#[test]
fn every_condition_gives_its_fact_and_no_other() {
    let nobody = ParentFacts::default();
    let known = ParentFacts { known: true, ..nobody.clone() };
    let isolated = ParentFacts { in_drug_isolation: true, drug_isolation_months: Some(2), ..known.clone() };
    let restricted = ParentFacts { liberty_restricted: true, liberty_restricted_months: Some(2), ..known.clone() };
    let mental = Condition::Disability { kind: DisabilityType::Mental, grade: DisabilityGrade::Three };
    let cases = [
        (Condition::SeriousIllness, ParentFacts { seriously_ill: true, ..known.clone() }),
        (Condition::Custody { term_ends_on: None }, ParentFacts { custody_months: Some(2), ..known.clone() }),
        (Condition::DrugIsolation { term_ends_on: None }, isolated),
        (Condition::LibertyRestricted { term_ends_on: None }, restricted),
        (Condition::GuardianshipRevoked, ParentFacts { guardianship_revoked: true, ..known.clone() }),
        (Condition::Deported, ParentFacts { deported: true, ..known.clone() }),
        (Condition::Dead, ParentFacts { dead: true, ..known.clone() }),
        (Condition::DeclaredMissing, ParentFacts { missing: true, ..known.clone() }),
        (Condition::Away { whereabouts: "广州".to_owned() }, ParentFacts { away: true, ..known.clone() }),
        (Condition::UnableToGuard, ParentFacts { unable_to_guard: true, ..known.clone() }),
        (
            mental,
            ParentFacts { disability_grade: Some(DisabilityGrade::Three), disability_mental: true, ..known.clone() },
        ),
    ];
    for (condition, expected) in cases {
        let number = condition.number();
        let parent = since(&person(), condition, "2025-01-01");
        let facts = of(&nothing(), Some(&parent), None, "2025-03-01");
        assert!(facts.father == expected, "condition {number}");
        assert!(facts.mother == nobody, "nobody is known to be the mother");
        let before = of(&nothing(), None, Some(&parent), "2024-12-31");
        assert!(before.mother == known, "condition {number} did not hold yet");
    }
}

#[test]
fn the_childs_own_facts_follow_from_its_circumstances() {
    let remark = || Remark { text: String::new(), evidence: Vec::new() };
    let none = ChildFacts { age: 10, ..ChildFacts::default() };
    let grade = DisabilityGrade::One;
    let blind = Disability { kind: DisabilityType::Visual, grade, evidence: Vec::new() };
    let grant = FamilyMeans { in_poverty: false, minimum_living_grant: true, evidence: Vec::new() };
    let left = LeftBehind { father_whereabouts: String::new(), mother_whereabouts: String::new(), carer: None };
    let cases = [
        (Circumstance::Hiv(remark()), ChildFacts { hiv: true, ..none.clone() }),
        (Circumstance::SeriousIllness(remark()), ChildFacts { seriously_ill: true, ..none.clone() }),
        (Circumstance::Disability(blind), ChildFacts { disability_grade: Some(grade), ..none.clone() }),
        (Circumstance::FamilyMeans(grant), ChildFacts { family_in_poverty: true, ..none.clone() }),
        (Circumstance::GuardianshipFailure(remark()), ChildFacts { guardianship_fails: true, ..none.clone() }),
        (Circumstance::WithoutGuardian(remark()), ChildFacts { without_guardian_for_now: true, ..none.clone() }),
        (Circumstance::SpecialGuardianship(remark()), ChildFacts { special_guardianship: true, ..none.clone() }),
        (Circumstance::KeyDifficulty(remark()), ChildFacts { key_difficulty: true, ..none.clone() }),
        (Circumstance::CareSetting(CareSetting::Institution), ChildFacts { in_institution: true, ..none.clone() }),
        (Circumstance::CareSetting(CareSetting::Community), none.clone()),
        (Circumstance::LeftBehind(left), none.clone()),
    ];
    for (circumstance, expected) in cases {
        let number = circumstance.aspect().number();
        let circumstances = with(&nothing(), circumstance, "2025-03-01");
        assert!(of(&circumstances, None, None, "2025-03-01").child == expected, "aspect {number}");
        assert!(of(&circumstances, None, None, "2025-02-28").child == none, "aspect {number} was not so yet");
    }
}

#[test]
fn months_away_count_from_the_move_out_of_the_county_through_moves_outside() {
    let lives = |circumstances: &Circumstances, division: &str, from: &str| {
        let residence = Residence { division: division.parse().unwrap(), address: String::new() };
        with(circumstances, Circumstance::Residence(residence), from)
    };
    let months =
        |circumstances: &Circumstances, on: &str| of(circumstances, None, None, on).child.away_from_registration_months;
    let home = lives(&nothing(), "371621101", "2020-01-01");
    assert_eq!(months(&nothing(), "2025-09-01"), None, "where it lives is not known");
    assert_eq!(months(&home, "2025-09-01"), None);
    let away = lives(&home, "440106", "2025-03-01");
    assert_eq!(months(&away, "2025-02-28"), None);
    assert_eq!(months(&away, "2025-08-31"), Some(5));
    assert_eq!(months(&away, "2025-09-01"), Some(6));
    let further = lives(&away, "371602", "2025-07-01");
    assert_eq!(months(&further, "2025-09-01"), Some(6), "a move outside does not begin anew");
    let back = lives(&further, "371621", "2025-10-01");
    assert_eq!(months(&back, "2025-10-01"), None);
    assert_eq!(months(&lives(&back, "440106", "2025-11-01"), "2026-01-01"), Some(2));
}

#[test]
fn facts_are_of_what_was_known() {
    let now = noon("2025-06-10");
    let id = Id::generate(&ManualClock::new(now));
    let dead = Situation { condition: Condition::Dead, note: String::new(), evidence: Vec::new() };
    let father = person().record_situation(id, dead, Period::since(day("2025-05-01")), now).unwrap();
    let circumstances = nothing();
    let dead_as_known = |known: &str| {
        let subject = Subject {
            born: day("2014-03-02"),
            registered: "371621".parse().unwrap(),
            circumstances: &circumstances,
            father: Some(&father),
            mother: None,
            household_in_poverty: true,
        };
        let facts = facts(subject, AsOf { day: day("2025-05-20"), known: noon(known) });
        assert!(facts.child.family_in_poverty, "by the household");
        facts.father.dead
    };
    assert!(!dead_as_known("2025-06-09"));
    assert!(dead_as_known("2025-06-10"));
}
