//! Expressions mean what CEL says, and no text makes them panic.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rules::{EvaluationError, Fact, Facts, Kind, Problem, RuleSet, Vocabulary};

fn vocabulary() -> Vocabulary {
    Vocabulary::new([
        ("child.age", Kind::Int),
        ("child.grade", Kind::Int),
        ("child.school", Kind::Text),
        ("child.needs", Kind::Texts),
        ("father.dead", Kind::Bool),
        ("mother.dead", Kind::Bool),
    ])
    .unwrap()
}

/// A rule set of one rule with this expression.
fn rule(when: &str) -> String {
    let quoted: String = when
        .chars()
        .map(|sign| match sign {
            '"' | '\\' => format!("\\{sign}"),
            sign if sign.is_control() => format!("\\u{:04X}", u32::from(sign)),
            sign => sign.to_string(),
        })
        .collect();
    format!(
        "version = \"1\"\nvalid_from = 2024-01-01\n[[rule]]\ncode = \"R\"\noutcome = \"O\"\ndecided_by = \"person\"\n\
         when = \"{quoted}\"\nlegal_basis = \"b\"\nzh = \"z\"\nen = \"e\"\n"
    )
}

fn facts(age: i64, grade: i64, school: &str, needs: &[&str], dead: (bool, bool)) -> Facts {
    let needs: Vec<String> = needs.iter().map(|need| (*need).to_owned()).collect();
    let values: [(&str, Fact); 6] = [
        ("child.age", age.into()),
        ("child.grade", grade.into()),
        ("child.school", school.into()),
        ("child.needs", needs.into()),
        ("father.dead", dead.0.into()),
        ("mother.dead", dead.1.into()),
    ];
    Facts::new(&vocabulary(), values).unwrap()
}

fn holds(when: &str, facts: &Facts) -> Result<bool, EvaluationError> {
    let set = RuleSet::parse(&rule(when), &vocabulary()).unwrap_or_else(|error| panic!("{when}: {error}"));
    set.evaluate(facts).map(|findings| !findings.is_empty())
}

#[test]
fn operators_and_functions() {
    let facts = facts(12, 3, "第一中学", &["speech", "hearing"], (true, false));
    let check = |when, expected| assert_eq!(holds(when, &facts), Ok(expected), "{when}");
    check("child.age >= 12 && child.age <= 12 && !(child.age > 12) && !(child.age < 12)", true);
    check("father.dead || mother.dead", true);
    check("father.dead && mother.dead", false);
    check("father.dead == mother.dead", false);
    check("father.dead != mother.dead", true);
    check("father.dead ? child.grade == 3 : child.grade == 4", true);
    check("child.grade in [1, 2]", false);
    check("child.grade in [-1, 3]", true);
    check("child.age % 5 == 2 && child.age / 5 == 2 && child.age * 2 - 4 == 20 && -child.age == -12", true);
    check("child.age / -5 == -2", true);
    check("child.school == '第一中学' && child.school.startsWith('第一') && child.school.endsWith('学')", true);
    check("child.school.contains('二')", false);
    check("size(child.school) == 4 && child.needs.size() == 2", true);
    check("'speech' in child.needs && !('sight' in child.needs)", true);
    check("child.needs.exists(x, x.startsWith('hear'))", true);
    check("child.needs.exists_one(x, x == 'speech')", true);
    check("child.needs.all(need, need in ['speech', 'hearing', 'sight'])", true);
    check("[1, 2, 3].exists(x, x == child.grade) && child.needs.all(x, size(x) > child.grade)", true);
    check("(father.dead ? child.needs : ['x']).exists(x, x == 'hearing')", true);
}

#[test]
fn a_fact_that_cannot_be_right_is_an_error_without_the_fact() {
    let absurd = |age| facts(age, 0, "", &[], (false, false));
    let overflow = Err(EvaluationError::Overflow { version: "1".to_owned(), entry: "R".to_owned() });
    for (when, age) in [
        ("child.age + 1 > 0", i64::MAX),
        ("child.age - 1 > 0", i64::MIN),
        ("child.age * 2 > 0", i64::MAX),
        ("-child.age > 0", i64::MIN),
        ("child.age / -1 > 0", i64::MIN),
        ("child.age % -1 > 0", i64::MIN),
    ] {
        let result = holds(when, &absurd(age));
        assert_eq!(result, overflow, "{when}");
        assert!(!result.unwrap_err().to_string().contains(&age.to_string()));
    }
    assert_eq!(holds("child.age > 0 || child.age * 2 > 0", &absurd(i64::MAX)), Ok(true));
}

#[test]
fn facts_of_another_vocabulary_are_an_error() {
    let set = RuleSet::parse(&rule("father.dead"), &vocabulary()).unwrap();
    let other = Vocabulary::new([("father.dead", Kind::Bool)]).unwrap();
    let facts = Facts::new(&other, [("father.dead", true.into())]).unwrap();
    assert_eq!(set.evaluate(&facts).unwrap_err(), EvaluationError::Vocabulary { version: "1".to_owned() });
}

#[test]
fn rule_sets_and_facts_may_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<RuleSet>();
    shared::<Facts>();
}

#[test]
fn the_deepest_expressions_can_be_computed_on_a_small_stack() {
    let deepest = [
        format!("1{} == 31", " + 1".repeat(30)),
        format!("{}father.dead{}", "!(".repeat(30), ")".repeat(30)),
        format!("child.needs.exists(x, size(x){} == 28)", " + 1".repeat(28)),
        format!("{}true{}", "(true ? ".repeat(31), " : false)".repeat(31)),
    ];
    for when in deepest {
        let set = RuleSet::parse(&rule(&when), &vocabulary()).unwrap_or_else(|error| panic!("{when}: {error}"));
        let facts = facts(1, 1, "", &["speech"], (true, true));
        // A quarter of what tokio gives a worker.
        let thread = std::thread::Builder::new().stack_size(512 << 10);
        let result = thread.spawn(move || set.evaluate(&facts).map(|findings| findings.len())).unwrap().join().unwrap();
        assert!(result.is_ok(), "{when}");
    }
}

#[test]
fn a_page_of_brackets_is_refused_and_not_fatal() {
    let fill = |unit: &str| unit.repeat(4_000 / unit.len());
    let paired = |open: &str, inner: &str, close: &str| {
        let levels = (4_000 - inner.len()) / (open.len() + close.len());
        format!("{}{inner}{}", open.repeat(levels), close.repeat(levels))
    };
    for when in [
        fill("("),
        fill(")"),
        fill("["),
        fill("{"),
        fill(">{?[(-"),
        fill(")]}>?"),
        fill("'"),
        fill("."),
        fill("!"),
        fill("?:"),
        fill("a?"),
        fill("a.b("),
        fill("\\"),
        fill("\"\"\""),
        fill("`"),
        fill("//"),
        paired("(", "true", ")"),
        paired("[", "1", "]"),
        paired("{1:", "1", "}"),
        paired("size(", "'a'", ")"),
        paired("child.needs.exists(x,", "true", ")"),
        paired("a{b:", "1", "}"),
        paired("true?", "true", ":true"),
        format!("true{}", fill(".b")),
        format!("child.needs{}", "[0]".repeat(1_300)),
        format!("1{}", "<1".repeat(1_990)),
        format!("1{}", "+1".repeat(1_990)),
        format!(">{}?[{}{}l\u{0}?(-", "{".repeat(63), "(".repeat(11), "{".repeat(26)),
    ] {
        let refused = RuleSet::parse(&rule(&when), &vocabulary()).err();
        assert!(refused.is_some_and(|error| error.problem != Problem::Library), "{when}");
    }
}

/// A condition and what it is, computed here; numbers stay far from 64 bits.
#[derive(Clone, Debug)]
enum Condition {
    Dead(bool),
    Literal(bool),
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Choice(Box<Condition>, Box<Condition>, Box<Condition>),
    Compare(&'static str, Number, Number),
    In(Number, Vec<i64>),
    Needs(String),
    Exists(String),
    All(String),
}

#[derive(Clone, Debug)]
enum Number {
    Age,
    Grade,
    Needs,
    Literal(i64),
    Plus(Box<Number>, Box<Number>),
    Minus(Box<Number>, Box<Number>),
    Times(Box<Number>, i64),
    Rest(Box<Number>, i64),
}

/// What the oracle knows.
struct Case {
    age: i64,
    grade: i64,
    needs: Vec<String>,
    dead: (bool, bool),
}

impl Condition {
    fn text(&self) -> String {
        match self {
            Self::Dead(father) => if *father { "father.dead" } else { "mother.dead" }.to_owned(),
            Self::Literal(value) => value.to_string(),
            Self::Not(inner) => format!("!({})", inner.text()),
            Self::And(one, other) => format!("({} && {})", one.text(), other.text()),
            Self::Or(one, other) => format!("({} || {})", one.text(), other.text()),
            Self::Choice(which, one, other) => format!("({} ? {} : {})", which.text(), one.text(), other.text()),
            Self::Compare(operator, one, other) => format!("{} {operator} {}", one.text(), other.text()),
            Self::In(number, list) => format!("{} in {list:?}", number.text()),
            Self::Needs(need) => format!("'{need}' in child.needs"),
            Self::Exists(start) => format!("child.needs.exists(x, x.startsWith('{start}'))"),
            Self::All(part) => format!("child.needs.all(x, x.contains('{part}'))"),
        }
    }

    fn holds(&self, case: &Case) -> bool {
        match self {
            Self::Dead(father) => {
                if *father {
                    case.dead.0
                } else {
                    case.dead.1
                }
            }
            Self::Literal(value) => *value,
            Self::Not(inner) => !inner.holds(case),
            Self::And(one, other) => one.holds(case) && other.holds(case),
            Self::Or(one, other) => one.holds(case) || other.holds(case),
            Self::Choice(which, one, other) => {
                if which.holds(case) {
                    one.holds(case)
                } else {
                    other.holds(case)
                }
            }
            Self::Compare(operator, one, other) => {
                let (one, other) = (one.value(case), other.value(case));
                match *operator {
                    "<" => one < other,
                    "<=" => one <= other,
                    ">" => one > other,
                    ">=" => one >= other,
                    "==" => one == other,
                    _ => one != other,
                }
            }
            Self::In(number, list) => list.contains(&number.value(case)),
            Self::Needs(need) => case.needs.contains(need),
            Self::Exists(start) => case.needs.iter().any(|need| need.starts_with(start.as_str())),
            Self::All(part) => case.needs.iter().all(|need| need.contains(part.as_str())),
        }
    }
}

impl Number {
    fn text(&self) -> String {
        match self {
            Self::Age => "child.age".to_owned(),
            Self::Grade => "child.grade".to_owned(),
            Self::Needs => "size(child.needs)".to_owned(),
            Self::Literal(value) => format!("({value})"),
            Self::Plus(one, other) => format!("({} + {})", one.text(), other.text()),
            Self::Minus(one, other) => format!("({} - {})", one.text(), other.text()),
            Self::Times(one, by) => format!("({} * {by})", one.text()),
            Self::Rest(one, by) => format!("({} % {by})", one.text()),
        }
    }

    fn value(&self, case: &Case) -> i64 {
        match self {
            Self::Age => case.age,
            Self::Grade => case.grade,
            Self::Needs => i64::try_from(case.needs.len()).unwrap(),
            Self::Literal(value) => *value,
            Self::Plus(one, other) => one.value(case) + other.value(case),
            Self::Minus(one, other) => one.value(case) - other.value(case),
            Self::Times(one, by) => one.value(case) * by,
            Self::Rest(one, by) => one.value(case) % by,
        }
    }
}

fn any_number() -> impl Strategy<Value = Number> {
    let leaf = prop_oneof![
        Just(Number::Age),
        Just(Number::Grade),
        Just(Number::Needs),
        (-30_i64..30).prop_map(Number::Literal)
    ];
    leaf.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(one, other)| Number::Plus(one.into(), other.into())),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| Number::Minus(one.into(), other.into())),
            (inner.clone(), -9_i64..9).prop_map(|(one, by)| Number::Times(one.into(), by)),
            (inner, 1_i64..9).prop_map(|(one, by)| Number::Rest(one.into(), by)),
        ]
    })
}

fn any_condition() -> impl Strategy<Value = Condition> {
    let operator = prop::sample::select(vec!["<", "<=", ">", ">=", "==", "!="]);
    let leaf = prop_oneof![
        any::<bool>().prop_map(Condition::Dead),
        any::<bool>().prop_map(Condition::Literal),
        (operator, any_number(), any_number())
            .prop_map(|(operator, one, other)| Condition::Compare(operator, one, other)),
        (any_number(), prop::collection::vec(-20_i64..20, 1..5)).prop_map(|(number, list)| Condition::In(number, list)),
        "[abc]{1,2}".prop_map(Condition::Needs),
        "[abc]?".prop_map(Condition::Exists),
        "[abc]?".prop_map(Condition::All),
    ];
    leaf.prop_recursive(5, 24, 3, |inner| {
        let pair = || (inner.clone(), inner.clone());
        prop_oneof![
            inner.clone().prop_map(|inner| Condition::Not(inner.into())),
            pair().prop_map(|(one, other)| Condition::And(one.into(), other.into())),
            pair().prop_map(|(one, other)| Condition::Or(one.into(), other.into())),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(which, one, other)| Condition::Choice(
                which.into(),
                one.into(),
                other.into()
            )),
        ]
    })
}

/// Words and signs that often make sense together.
fn any_soup() -> impl Strategy<Value = String> {
    let words = [
        "child",
        "father",
        "mother",
        "it",
        "x",
        ".age",
        ".dead",
        ".needs",
        ".school",
        "child.age",
        "child.needs",
        "father.dead",
        "&&",
        "||",
        "!",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "+",
        "-",
        "*",
        "/",
        "%",
        "?",
        ":",
        " in ",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ".",
        "'",
        "\"",
        "'a'",
        "0",
        "1",
        "18",
        "9223372036854775807",
        "1.5",
        "1u",
        "true",
        "false",
        "null",
        "size(",
        ".exists(x, ",
        ".all(x, ",
        ".map(x, ",
        "has(",
        ".startsWith(",
        "\\",
        "`",
        "//",
        "\n",
        " ",
        "b'",
        "r'",
        "@",
        "护",
        "\u{0}",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..60).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn a_condition_is_what_it_says(
        condition in any_condition(),
        (age, grade) in (0_i64..20, 0_i64..5),
        needs in prop::collection::vec("[abc]{1,2}", 0..4),
        dead in any::<(bool, bool)>(),
    ) {
        let case = Case { age, grade, needs, dead };
        let needs: Vec<&str> = case.needs.iter().map(String::as_str).collect();
        let facts = facts(age, grade, "", &needs, dead);
        prop_assert_eq!(holds(&condition.text(), &facts), Ok(condition.holds(&case)), "{}", condition.text());
    }

    #[test]
    fn no_expression_panics(when in prop_oneof![any_soup(), ".{0,200}", "[\\PC\n]{0,80}"], numbers in any::<(i64, i64)>()) {
        match RuleSet::parse(&rule(&when), &vocabulary()) {
            Err(error) => prop_assert!(error.problem != Problem::Library, "{}", when),
            Ok(set) => {
                let facts = facts(numbers.0, numbers.1, &when, &[&when, ""], (true, false));
                let library = matches!(set.evaluate(&facts), Err(EvaluationError::Library { .. }));
                prop_assert!(!library, "{}", when);
            }
        }
    }

    #[test]
    fn no_file_panics(text in prop_oneof![".{0,200}", "(version = \"1\"\n)?(valid_from = 2024-01-01\n)?(\\[\\[(rule|definition)\\]\\]\n([a-z_]{2,6} = [\"\\[]?[a-zA-Z. ]{0,9}[\"\\]]?\n){0,6}){0,3}"]) {
        let _ = RuleSet::parse(&text, &vocabulary());
    }
}

#[test]
fn definitions_build_on_one_another_and_reasons_follow() {
    let text = r#"
version = "1"
valid_from = 2024-01-01

[[definition]]
name = "gone"
of = ["father", "mother"]
when = "it.dead"
zh = "亡"
en = "dead"

[[definition]]
name = "young"
when = "child.age < 6"
zh = "幼"
en = "young"

[[definition]]
name = "alone"
when = "father.gone && mother.gone"
zh = "孤"
en = "alone"

[[rule]]
code = "ALONE_AND_YOUNG"
outcome = "FIRST"
decided_by = "person"
when = "alone && young"
legal_basis = "b"
zh = "z"
en = "e"

[[rule]]
code = "SOMEBODY_GONE"
outcome = "SECOND"
decided_by = "proposal"
when = "father.gone || mother.gone"
legal_basis = "b"
zh = "z"
en = "e"
"#;
    let set = RuleSet::parse(text, &vocabulary()).unwrap();
    let reasons = |age, dead| -> BTreeMap<String, Vec<String>> {
        let findings = set.evaluate(&facts(age, 0, "", &[], dead)).unwrap();
        let reason =
            |because: &rules::Because| format!("{}:{}", because.subject.as_deref().unwrap_or(""), because.definition);
        findings.iter().map(|found| (found.code.clone(), found.because.iter().map(reason).collect())).collect()
    };
    let found = reasons(3, (true, true));
    assert_eq!(found["ALONE_AND_YOUNG"], ["father:gone", "mother:gone", ":young", ":alone"]);
    assert_eq!(found["SOMEBODY_GONE"], ["father:gone", "mother:gone"]);
    let found = reasons(3, (false, true));
    assert_eq!(found.len(), 1);
    assert_eq!(found["SOMEBODY_GONE"], ["mother:gone"]);
    assert!(reasons(3, (false, false)).is_empty());

    let findings = set.evaluate(&facts(3, 0, "", &[], (true, true))).unwrap();
    assert_eq!(format!("{findings:?} {:?}", findings[0].because[0]), "[Finding { .. }, Finding { .. }] Because { .. }");
}
