//! A city's rule set, and the expressions in it.

use std::sync::LazyLock;

use rules::{EvaluationError, Fact, Facts, Kind, RuleSet, Vocabulary};

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let facts = [
        ("child.age", Kind::Int),
        ("child.orphan", Kind::Bool),
        ("father.dead", Kind::Bool),
        ("father.disability_grade", Kind::Int),
        ("mother.dead", Kind::Bool),
        ("mother.disability_grade", Kind::Int),
        ("child.school", Kind::Text),
        ("child.papers", Kind::Texts),
    ];
    Vocabulary::new(facts).expect("words, each once")
});

/// What is taken can be computed: at most a number grows too large.
pub fn take(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(set) = RuleSet::parse(text, &VOCABULARY) else { return };
    for number in [0, 1, 17, i64::MAX, i64::MIN] {
        let facts = VOCABULARY.iter().map(|(name, kind)| (name, fact(kind, number)));
        let facts = Facts::new(&VOCABULARY, facts).expect("each has its kind");
        match set.evaluate(&facts) {
            Ok(_) | Err(EvaluationError::Overflow { .. }) => {}
            Err(error) => panic!("what was checked cannot be computed: {error}"),
        }
    }
}

fn fact(kind: Kind, number: i64) -> Fact {
    match kind {
        Kind::Bool => Fact::Bool(number % 2 != 0),
        Kind::Int => Fact::Int(number),
        Kind::Text => Fact::Text("滨州".repeat(usize::try_from(number % 3).unwrap_or(0))),
        Kind::Texts => Fact::Texts(vec!["户口本".to_owned(); usize::try_from(number % 3).unwrap_or(0)]),
    }
}

/// A set with all that the language has.
pub fn seeds() -> Vec<Vec<u8>> {
    let set = r#"version = "2024-01"
valid_from = 2024-01-01

[[definition]]
name = "disabled"
of = ["father", "mother"]
when = "it.disability_grade in [1, 2] || it.disability_grade * 2 - 1 == 5"
zh = "重残"
en = "disabled"

[[definition]]
name = "has_papers"
when = "child.papers.exists(p, p.startsWith('户') && size(p) > 2) || !child.papers.all(p, p.contains('x'))"
zh = "有"
en = "has papers"

[[rule]]
code = "BOTH"
outcome = "ORPHAN"
decided_by = "person"
when = "child.age < 18 && (father.disabled ? mother.dead : child.orphan) && has_papers"
legal_basis = "民发〔2019〕62号"
zh = "双方"
en = "both"
"#;
    vec![set.into(), include_bytes!("../../../deploy/rules/categories/2024-01.toml").to_vec()]
}
