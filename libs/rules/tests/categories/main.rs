//! The registry's rule set that comes with Hutong: which category follows from which facts.

mod vocabulary;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rules::{DecidedBy, Fact, Facts, Finding, RuleSet, Vocabulary};
use vocabulary::{ordinary, vocabulary};

const CATEGORIES: &str = include_str!("../../../../deploy/rules/categories/2024-01.toml");

static SET: LazyLock<(RuleSet, Vocabulary)> = LazyLock::new(|| {
    let vocabulary = vocabulary();
    (RuleSet::parse(CATEGORIES, &vocabulary).unwrap(), vocabulary)
});

/// The facts of an ordinary child of ten, with some changed: `"father.dead, mother.custody_months = 6"`.
fn facts(vocabulary: &Vocabulary, changes: &str) -> Facts {
    let mut facts = ordinary();
    for change in changes.split(',').map(str::trim).filter(|change| !change.is_empty()) {
        let (name, value) = change.split_once(" = ").unwrap_or((change, "true"));
        let value = value.parse::<bool>().map_or_else(|_| value.parse::<i64>().unwrap().into(), Fact::from);
        *facts.get_mut(name).unwrap_or_else(|| panic!("no fact {name}")) = value;
    }
    Facts::new(vocabulary, facts).unwrap()
}

fn findings(changes: &str) -> Vec<Finding> {
    let (set, vocabulary) = &*SET;
    set.evaluate(&facts(vocabulary, changes)).unwrap()
}

/// What the rules find, as `CODE → OUTCOME` for a proposal and `CODE → OUTCOME?` for a person's decision.
fn check(changes: &str, expected: &[&str]) {
    let found: Vec<String> = findings(changes)
        .iter()
        .map(|finding| {
            let open = if finding.decided_by == DecidedBy::Person { "?" } else { "" };
            format!("{} → {}{open}", finding.code, finding.outcome)
        })
        .collect();
    assert_eq!(found, expected, "{changes}");
}

const NOTHING: &[&str] = &[];
const INSTITUTION: &[&str] = &["ORPHAN_IN_INSTITUTION → INSTITUTIONAL_ORPHAN"];
const COMMUNITY: &[&str] = &["ORPHAN_IN_COMMUNITY → SCATTERED_ORPHAN"];
const BOTH_UNABLE: &[&str] = &["BOTH_PARENTS_UNABLE → DE_FACTO_UNATTENDED"];
const GONE_AND_UNABLE: &[&str] = &["ONE_PARENT_GONE_OTHER_UNABLE → DE_FACTO_UNATTENDED"];
const BOTH_MISSING: &[&str] = &["BOTH_PARENTS_MISSING → DE_FACTO_UNATTENDED?"];
const DEAD_AND_MISSING: &[&str] = &["ONE_PARENT_DEAD_OTHER_MISSING → DE_FACTO_UNATTENDED?"];
const UNKNOWN: &[&str] = &["ONE_PARENT_UNKNOWN → DE_FACTO_UNATTENDED?"];

/// Each condition at its boundary, without the parent.
const CONDITIONS: [&str; 11] = [
    "disability_grade = 1",
    "disability_grade = 2",
    "disability_grade = 3, @disability_mental",
    "disability_grade = 4, @disability_mental",
    "seriously_ill",
    "custody_months = 6",
    "in_drug_isolation",
    "liberty_restricted",
    "out_of_contact_months = 6",
    "guardianship_revoked",
    "deported",
];

/// What just fails to be a condition.
const NO_CONDITIONS: [&str; 9] = [
    "disability_grade = 0",
    "disability_grade = 3",
    "disability_grade = 4",
    "disability_mental",
    "disability_grade = 5, @disability_mental",
    "custody_months = 5",
    "out_of_contact_months = 5",
    "away",
    "unable_to_guard",
];

fn of(parent: &str, condition: &str) -> String {
    format!("{parent}.{}", condition.replace('@', &format!("{parent}.")))
}

const PARENTS: [(&str, &str); 2] = [("father", "mother"), ("mother", "father")];

#[test]
fn an_ordinary_child_has_no_category() {
    check("", NOTHING);
}

#[test]
fn orphans_have_dead_parents_or_none_that_were_ever_known() {
    check("father.dead, mother.dead", COMMUNITY);
    check("father.dead, mother.dead, child.in_institution", INSTITUTION);
    check("father.known = false, mother.known = false", COMMUNITY);
    check("father.known = false, mother.known = false, child.in_institution", INSTITUTION);
    // A register may note an unknown parent as missing, too.
    check("father.known = false, mother.known = false, father.missing, mother.missing", COMMUNITY);
    check("father.dead, mother.dead, child.age = 17", COMMUNITY);
    check("father.dead, mother.dead, child.age = 18", NOTHING);
    check("father.dead, mother.dead, child.in_institution, child.age = 18", NOTHING);
}

#[test]
fn one_dead_or_missing_parent_is_not_enough() {
    for (one, _) in PARENTS {
        check(&format!("{one}.dead"), NOTHING);
        check(&format!("{one}.missing"), NOTHING);
        check(&format!("{one}.known = false"), NOTHING);
    }
}

#[test]
fn both_dead_is_an_orphan_whatever_else_was() {
    for condition in CONDITIONS {
        check(
            &format!("father.dead, mother.dead, {}, {}", of("father", condition), of("mother", condition)),
            COMMUNITY,
        );
    }
}

#[test]
fn each_condition_counts_on_both_sides_and_not_on_one() {
    for (one, other) in PARENTS {
        for condition in CONDITIONS {
            check(&of(one, condition), NOTHING);
            for second in CONDITIONS {
                check(&format!("{}, {}", of(one, condition), of(other, second)), BOTH_UNABLE);
            }
            for none in NO_CONDITIONS {
                check(&format!("{}, {}", of(one, condition), of(other, none)), NOTHING);
            }
        }
    }
}

#[test]
fn a_dead_or_missing_parent_and_a_condition_of_the_other() {
    for (one, other) in PARENTS {
        for gone in ["dead", "missing", "dead, @missing"] {
            let gone = of(one, gone);
            for condition in CONDITIONS {
                check(&format!("{gone}, {}", of(other, condition)), GONE_AND_UNABLE);
                // What the one who is gone was before makes no difference.
                check(&format!("{gone}, {}, {}", of(one, condition), of(other, condition)), GONE_AND_UNABLE);
                check(&format!("{gone}, {}", of(one, condition)), NOTHING);
            }
            for none in NO_CONDITIONS {
                check(&format!("{gone}, {}", of(other, none)), NOTHING);
            }
        }
    }
}

#[test]
fn what_the_law_leaves_open_goes_to_a_person() {
    check("father.missing, mother.missing", BOTH_MISSING);
    check("father.missing, mother.missing, father.out_of_contact_months = 9, mother.seriously_ill", BOTH_MISSING);
    for (one, other) in PARENTS {
        check(&format!("{one}.dead, {other}.missing"), DEAD_AND_MISSING);
        check(&format!("{one}.dead, {other}.missing, {one}.custody_months = 12, {other}.deported"), DEAD_AND_MISSING);
        check(&format!("{one}.known = false, {other}.dead"), UNKNOWN);
        check(&format!("{one}.known = false, {other}.missing"), UNKNOWN);
        check(&format!("{one}.known = false, {one}.missing, {other}.missing"), UNKNOWN);
        for condition in CONDITIONS {
            check(&format!("{one}.known = false, {}", of(other, condition)), UNKNOWN);
        }
    }
    check("child.key_difficulty", &["KEY_DIFFICULTY_BY_THE_PROVINCE → KEY_DIFFICULTY?"]);
    check("child.special_guardianship", &["SPECIAL_GUARDIANSHIP → SPECIAL_GUARDIANSHIP_DIFFICULTY?"]);
}

#[test]
fn de_facto_unattended_ends_at_eighteen() {
    for (changes, expected) in [
        ("father.seriously_ill, mother.deported", BOTH_UNABLE),
        ("father.dead, mother.deported", GONE_AND_UNABLE),
        ("father.missing, mother.missing", BOTH_MISSING),
        ("father.dead, mother.missing", DEAD_AND_MISSING),
        ("father.known = false, mother.dead", UNKNOWN),
    ] {
        check(&format!("{changes}, child.age = 17"), expected);
        check(&format!("{changes}, child.age = 18"), NOTHING);
    }
}

#[test]
fn difficulty_has_three_reasons() {
    check("child.family_in_poverty", &["FAMILY_IN_POVERTY → IN_DIFFICULTY"]);
    check("child.seriously_ill", &["OWN_DISABILITY_OR_ILLNESS → IN_DIFFICULTY"]);
    check("child.guardianship_fails", &["GUARDIANSHIP_THREATENS_SAFETY → IN_DIFFICULTY"]);
    for grade in 1..=4 {
        let expected = ["OWN_DISABILITY_OR_ILLNESS → IN_DIFFICULTY", "DISABLED_CHILD → DISABLED"];
        check(&format!("child.disability_grade = {grade}"), &expected);
        check(&format!("child.disability_grade = {grade}, child.age = 17"), &expected);
        check(&format!("child.disability_grade = {grade}, child.age = 18"), NOTHING);
    }
}

#[test]
fn hiv_and_temporary_guardianship_are_proposed_under_eighteen() {
    check("child.hiv", &["AFFECTED_BY_HIV → HIV_AFFECTED"]);
    check("child.without_guardian_for_now", &["WITHOUT_GUARDIAN_FOR_NOW → TEMPORARY_GUARDIANSHIP_DIFFICULTY"]);
    for fact in [
        "hiv",
        "without_guardian_for_now",
        "key_difficulty",
        "special_guardianship",
        "family_in_poverty",
        "seriously_ill",
        "guardianship_fails",
    ] {
        assert_eq!(findings(&format!("child.{fact}, child.age = 17")).len(), 1, "{fact}");
        check(&format!("child.{fact}, child.age = 18"), NOTHING);
    }
}

#[test]
fn left_behind_are_children_under_sixteen_whose_parents_are_away() {
    let both = ["BOTH_PARENTS_AWAY → LEFT_BEHIND"];
    let one_only = ["ONE_PARENT_AWAY_OTHER_UNABLE_TO_GUARD → LEFT_BEHIND"];
    check("father.away, mother.away, child.age = 15", &both);
    check("father.away, mother.away, child.age = 16", NOTHING);
    check("father.away, mother.away, mother.unable_to_guard", &both);
    for (one, other) in PARENTS {
        check(&format!("{one}.away"), NOTHING);
        check(&format!("{one}.unable_to_guard"), NOTHING);
        check(&format!("{one}.away, {one}.unable_to_guard"), NOTHING);
        check(&format!("{one}.away, {other}.unable_to_guard, child.age = 15"), &one_only);
        check(&format!("{one}.away, {other}.unable_to_guard, child.age = 16"), NOTHING);
    }
}

#[test]
fn migrants_are_children_under_sixteen_who_are_away_for_six_months() {
    let migrant = ["SIX_MONTHS_OUTSIDE_THE_COUNTY_OF_REGISTRATION → MIGRANT"];
    check("child.away_from_registration_months = 5", NOTHING);
    check("child.away_from_registration_months = 6", &migrant);
    check("child.away_from_registration_months = 6, child.age = 15", &migrant);
    check("child.away_from_registration_months = 6, child.age = 16", NOTHING);
}

#[test]
fn a_child_may_carry_several_categories() {
    check(
        "father.dead, mother.custody_months = 36, child.hiv, child.family_in_poverty, child.away_from_registration_months = 7",
        &[
            "ONE_PARENT_GONE_OTHER_UNABLE → DE_FACTO_UNATTENDED",
            "AFFECTED_BY_HIV → HIV_AFFECTED",
            "FAMILY_IN_POVERTY → IN_DIFFICULTY",
            "SIX_MONTHS_OUTSIDE_THE_COUNTY_OF_REGISTRATION → MIGRANT",
        ],
    );
}

#[test]
fn a_proposal_says_why_in_two_languages() {
    let [finding] = &findings("father.dead, mother.disability_grade = 3, mother.disability_mental")[..] else {
        panic!("one rule applies");
    };
    let reasons: Vec<_> = finding
        .because
        .iter()
        .map(|reason| format!("{} {}", reason.subject.as_deref().unwrap_or("-"), reason.definition))
        .collect();
    let expected = ["father deceased", "father gone", "mother severely_disabled", "mother unable", "- minor"];
    assert_eq!(reasons, expected);
    assert_eq!(finding.zh, "父母一方死亡或失踪,另一方符合事实无人抚养情形之一");
    assert!(finding.legal_basis.contains("民发〔2019〕62号"));
    assert!(finding.because[2].zh.starts_with("重残"));
    assert!(finding.because[2].en.starts_with("is severely disabled"));
}

#[test]
fn every_outcome_is_a_category_of_the_contract() {
    let contract = include_str!("../../../../proto/hutong/registry/v1/category.proto");
    let mut met = BTreeSet::new();
    for (code, outcome) in SET.0.outcomes() {
        assert!(contract.contains(&format!(" CATEGORY_{outcome} = ")), "{code}: {outcome}");
        met.insert(outcome);
    }
    assert_eq!(met.len(), 11, "each category has a rule: {met:?}");
}
