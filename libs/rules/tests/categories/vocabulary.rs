//! The facts that the registry offers to its rules.

use std::collections::BTreeMap;

use rules::{Fact, Kind, Vocabulary};

pub fn vocabulary() -> Vocabulary {
    Vocabulary::new(ordinary().iter().map(|(name, fact)| (*name, fact.kind()))).unwrap()
}

/// A healthy child of ten whose parents are both there.
pub fn ordinary() -> BTreeMap<&'static str, Fact> {
    let child = [
        ("child.age", Kind::Int),
        ("child.in_institution", Kind::Bool),
        ("child.hiv", Kind::Bool),
        // 0 none, 1 to 4.
        ("child.disability_grade", Kind::Int),
        ("child.seriously_ill", Kind::Bool),
        ("child.family_in_poverty", Kind::Bool),
        // And threatens the child's safety.
        ("child.guardianship_fails", Kind::Bool),
        ("child.without_guardian_for_now", Kind::Bool),
        ("child.special_guardianship", Kind::Bool),
        // Asserted by the province's own definition.
        ("child.key_difficulty", Kind::Bool),
        // Outside the county of registration with guardians; moves between urban districts do not count.
        ("child.away_from_registration_months", Kind::Int),
    ];
    let father = [
        ("father.known", Kind::Bool),
        // Death, or a court's declaration.
        ("father.dead", Kind::Bool),
        // Not found, or a court's declaration.
        ("father.missing", Kind::Bool),
        ("father.disability_grade", Kind::Int),
        // Mental or intellectual.
        ("father.disability_mental", Kind::Bool),
        ("father.seriously_ill", Kind::Bool),
        // The length of the sentence or custody; 0 none.
        ("father.custody_months", Kind::Int),
        ("father.in_drug_isolation", Kind::Bool),
        ("father.liberty_restricted", Kind::Bool),
        // Full months since the police took the report, without caring; 0 none.
        ("father.out_of_contact_months", Kind::Int),
        ("father.guardianship_revoked", Kind::Bool),
        ("father.deported", Kind::Bool),
        // Working away from home.
        ("father.away", Kind::Bool),
        ("father.unable_to_guard", Kind::Bool),
    ];
    let mother = father.map(|(name, kind)| (&*name.replace("father", "mother").leak(), kind));
    let nothing = |(name, kind)| (name, if kind == Kind::Int { Fact::Int(0) } else { Fact::Bool(false) });
    let mut facts: BTreeMap<_, _> = child.into_iter().chain(father).chain(mother).map(nothing).collect();
    facts.insert("child.age", 10.into());
    facts.insert("father.known", true.into());
    facts.insert("mother.known", true.into());
    facts
}
