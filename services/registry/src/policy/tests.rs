use kernel::DisabilityGrade;
use kernel::time::parse_iso;

use super::*;
use crate::domain::application::Step;
use crate::domain::facts::{ChildFacts, ParentFacts, RuleFacts};

const POLICY: &str = include_str!("../../../../deploy/rules/policy.toml");
const HOLIDAYS: &str = include_str!("../../../../deploy/holidays/china.csv");
const RULES: &str = include_str!("../../../../deploy/rules/categories/2024-01.toml");
const MATCHING: &str = include_str!("../../../../deploy/rules/matching.toml");

/// The files that come along.
fn texts() -> PolicyTexts {
    PolicyTexts {
        policy: POLICY.to_owned(),
        holidays: HOLIDAYS.to_owned(),
        matching: MATCHING.to_owned(),
        categories: vec![("categories/2024-01.toml".to_owned(), RULES.to_owned())],
    }
}

#[test]
fn the_one_that_comes_along_has_the_limits_of_the_law() {
    let policy = Policy::built_in().unwrap();
    let limits = |category| [Step::Check, Step::Decision].map(|step| policy.limits.working_days(category, step));
    assert_eq!(limits(Category::ScatteredOrphan), [10, 10]);
    assert_eq!(limits(Category::InstitutionalOrphan), [10, 10]);
    assert_eq!(limits(Category::DeFactoUnattended), [15, 15]);
    assert!(policy.calendar.covers(2026));
}

#[test]
fn a_wrong_one_is_refused_with_what_to_do() {
    let refused = |from: &str, to: &str| {
        assert!(POLICY.contains(from));
        Policy::of(&PolicyTexts { policy: POLICY.replacen(from, to, 1), ..texts() }).unwrap_err().to_string()
    };
    assert_eq!(
        refused("\"SCATTERED_ORPHAN\"", "\"ORPHAN\""),
        "\"ORPHAN\" is no category, write one as INSTITUTIONAL_ORPHAN"
    );
    assert_eq!(refused("every_months = 12", "every_months = 0"), "policy.toml: every_months must be 1 to 120");
    assert_eq!(
        refused("survey_every_months = 12", "survey_every_months = 0"),
        "policy.toml: survey_every_months must be 1 to 120"
    );
    assert!(refused("notice_days", "notice_dais").contains("unknown field `notice_dais`"));
    assert!(
        Policy::of(&PolicyTexts { holidays: "2025-13-01,off,x".to_owned(), ..texts() })
            .unwrap_err()
            .to_string()
            .starts_with("holidays.csv: ")
    );
}

#[test]
fn a_citys_own_directory_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let refused = || Policy::read(directory.path()).unwrap_err().to_string();
    assert!(refused().starts_with("cannot read") && refused().contains("categories"), "{}", refused());
    std::fs::create_dir(directory.path().join("categories")).unwrap();
    assert!(refused().contains("holds no rule set"), "{}", refused());
    std::fs::write(directory.path().join("categories/2024-01.toml"), RULES).unwrap();
    assert!(refused().starts_with("cannot read") && refused().contains("policy.toml"), "{}", refused());
    std::fs::write(directory.path().join("policy.toml"), POLICY.replace("check = 15", "check = 20")).unwrap();
    std::fs::write(directory.path().join("holidays.csv"), HOLIDAYS).unwrap();
    std::fs::write(directory.path().join("matching.toml"), MATCHING).unwrap();
    let policy = Policy::read(directory.path()).unwrap();
    assert_eq!(policy.limits.working_days(Category::DeFactoUnattended, Step::Check), 20);
}

/// A child of ten with both parents there.
fn ordinary() -> RuleFacts {
    let parent = ParentFacts { known: true, ..ParentFacts::default() };
    RuleFacts { child: ChildFacts { age: 10, ..ChildFacts::default() }, father: parent.clone(), mother: parent }
}

#[test]
fn a_proposal_says_why_in_both_languages() {
    let policy = Policy::built_in().unwrap();
    let propose = |facts: &RuleFacts| policy.categories.propose(facts, parse_iso("2025-09-01").unwrap()).unwrap();
    assert!(propose(&ordinary()).is_empty());
    let mut facts = ordinary();
    facts.father.out_of_contact_months = Some(6);
    facts.mother.disability_grade = DisabilityGrade::from_code(2);
    let [proposal] = &propose(&facts)[..] else { panic!("one category follows") };
    assert!(proposal.category == Category::DeFactoUnattended && !proposal.for_a_person);
    assert_eq!(proposal.version, "2024-01");
    assert!(proposal.zh.contains("父亲失联"), "{}", proposal.zh);
    assert!(proposal.zh.contains("母亲重残"), "{}", proposal.zh);
    assert!(proposal.en.contains("the father ") && proposal.en.contains("the mother "), "{}", proposal.en);
    assert!(!proposal.legal_basis.is_empty());
    facts.father.out_of_contact_months = Some(5);
    assert!(propose(&facts).is_empty());
    facts.father.missing = true;
    facts.mother.missing = true;
    assert!(propose(&facts).iter().all(|proposal| proposal.for_a_person), "the law leaves it open");
    assert!(policy.categories.propose(&facts, parse_iso("2023-12-31").unwrap()).unwrap().is_empty());
}

#[test]
fn rules_with_an_outcome_that_is_no_category_are_refused() {
    let refused = |from: &str, to: &str| {
        assert!(RULES.contains(from));
        let categories = vec![("categories/x.toml".to_owned(), RULES.replacen(from, to, 1))];
        Policy::of(&PolicyTexts { categories, ..texts() }).unwrap_err().to_string()
    };
    let outcome = refused("\"SCATTERED_ORPHAN\"", "\"ORPHAN\"");
    assert_eq!(outcome, "\"ORPHAN\" is no category, write one as INSTITUTIONAL_ORPHAN");
    let fact = refused("it.custody_months", "it.custody_month");
    assert!(fact.starts_with("categories/x.toml: line "), "{fact}");
}

#[test]
fn the_urban_districts_that_come_with_hutong_are_sound() {
    let rules = Policy::built_in().unwrap().migrant_rules;
    let county = |code: &str| code.parse().unwrap();
    assert!(rules.urban_districts.contains(county("371602")) && rules.urban_districts.contains(county("371603")));
    assert!(!rules.urban_districts.contains(county("371681")), "a city at county level is no urban district");
}
