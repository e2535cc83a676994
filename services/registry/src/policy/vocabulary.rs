//! The facts that the registry offers to the rules of categories: names and kinds, written once beside their values.

use kernel::DisabilityGrade;
use rules::{Fact, Facts, Vocabulary};

use crate::domain::facts::{ChildFacts, ParentFacts, RuleFacts};

/// The names and kinds of all facts.
pub(super) fn vocabulary() -> Vocabulary {
    let facts = values(&RuleFacts::default());
    Vocabulary::new(facts.iter().map(|(name, fact)| (name.as_str(), fact.kind())))
        .expect("our own names are words, each once")
}

/// The facts of a case in the rules' words.
pub(super) fn facts(vocabulary: &Vocabulary, facts: &RuleFacts) -> Facts {
    let values = values(facts);
    Facts::new(vocabulary, values.iter().map(|(name, fact)| (name.as_str(), fact.clone())))
        .expect("values and vocabulary come from the same list")
}

/// What a parent is called in a reason.
pub(super) fn parent_of(subject: &str) -> Option<(&'static str, &'static str)> {
    match subject {
        "father" => Some(("父亲", "the father")),
        "mother" => Some(("母亲", "the mother")),
        _ => None,
    }
}

fn values(facts: &RuleFacts) -> Vec<(String, Fact)> {
    let of = |subject: &'static str, facts: Vec<(&'static str, Fact)>| {
        facts.into_iter().map(move |(name, fact)| (format!("{subject}.{name}"), fact))
    };
    of("child", child(&facts.child))
        .chain(of("father", parent(&facts.father)))
        .chain(of("mother", parent(&facts.mother)))
        .collect()
}

fn child(facts: &ChildFacts) -> Vec<(&'static str, Fact)> {
    vec![
        ("age", i64::from(facts.age).into()),
        ("in_institution", facts.in_institution.into()),
        ("hiv", facts.hiv.into()),
        ("disability_grade", grade(facts.disability_grade)),
        ("seriously_ill", facts.seriously_ill.into()),
        ("family_in_poverty", facts.family_in_poverty.into()),
        ("guardianship_fails", facts.guardianship_fails.into()),
        ("without_guardian_for_now", facts.without_guardian_for_now.into()),
        ("special_guardianship", facts.special_guardianship.into()),
        ("key_difficulty", facts.key_difficulty.into()),
        ("away_from_registration_months", months(facts.away_from_registration_months)),
    ]
}

fn parent(facts: &ParentFacts) -> Vec<(&'static str, Fact)> {
    vec![
        ("known", facts.known.into()),
        ("dead", facts.dead.into()),
        ("missing", facts.missing.into()),
        ("disability_grade", grade(facts.disability_grade)),
        ("disability_mental", facts.disability_mental.into()),
        ("seriously_ill", facts.seriously_ill.into()),
        ("custody_months", months(facts.custody_months)),
        ("in_drug_isolation", facts.in_drug_isolation.into()),
        ("liberty_restricted", facts.liberty_restricted.into()),
        ("out_of_contact_months", months(facts.out_of_contact_months)),
        ("guardianship_revoked", facts.guardianship_revoked.into()),
        ("deported", facts.deported.into()),
        ("away", facts.away.into()),
        ("unable_to_guard", facts.unable_to_guard.into()),
    ]
}

/// 0 where there is none.
fn grade(grade: Option<DisabilityGrade>) -> Fact {
    i64::from(grade.map_or(0, DisabilityGrade::code)).into()
}

/// 0 where it is not so.
fn months(months: Option<u32>) -> Fact {
    i64::from(months.unwrap_or(0)).into()
}
