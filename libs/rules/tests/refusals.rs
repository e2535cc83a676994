//! What is wrong with a rule set is told with its line, and what to do.

use rules::{Kind, Problem, RuleBook, RuleBookError, RuleSet, RuleSetError, Vocabulary};

fn vocabulary() -> Vocabulary {
    Vocabulary::new([
        ("child.age", Kind::Int),
        ("child.school", Kind::Text),
        ("child.needs", Kind::Texts),
        ("father.dead", Kind::Bool),
        ("father.custody_months", Kind::Int),
        ("mother.dead", Kind::Bool),
        ("mother.custody_months", Kind::Text),
        ("district", Kind::Text),
    ])
    .unwrap()
}

/// A sound rule set of 18 lines.
const SOUND: &str = r#"version = "1"
valid_from = 2024-01-01

[[definition]]
name = "alone"
of = ["father", "mother"]
when = "it.dead"
zh = "已死亡"
en = "is dead"

[[rule]]
code = "BOTH_DEAD"
outcome = "ORPHAN"
decided_by = "proposal"
when = "child.age < 18 && father.alone && mother.alone"
legal_basis = "国办发〔2010〕54号"
zh = "父母双亡"
en = "both parents are dead"
"#;

const RULE: &str = "child.age < 18 && father.alone && mother.alone";

fn refusal(text: &str) -> RuleSetError {
    match RuleSet::parse(text, &vocabulary()) {
        Ok(_) => panic!("accepted:\n{text}"),
        Err(error) => error,
    }
}

/// Puts `new` in the place of `old` in the sound rule set, and expects it to be refused with this text.
fn check(old: &str, new: &str, refused: &str) {
    assert!(SOUND.contains(old), "{old}");
    assert_eq!(refusal(&SOUND.replacen(old, new, 1)).to_string(), refused, "{old} → {new}");
}

/// The same for the rule's expression, which stands on line 15.
fn check_expression(when: &str, refused: &str) {
    check(RULE, when, &format!("line 15: {refused}"));
}

#[test]
fn the_sound_one_is_accepted() {
    let set = RuleSet::parse(SOUND, &vocabulary()).unwrap();
    assert_eq!(format!("{set:?}"), "RuleSet(1 from 2024-01-01)");
    assert_eq!(set.outcomes().collect::<Vec<_>>(), [("BOTH_DEAD", "ORPHAN")]);
}

#[test]
fn the_documents_form() {
    check("zh = \"已死亡\"\n", "", "line 4: missing field `zh`");
    check(
        "en = \"both",
        "ne = \"x\"\nen = \"both",
        "line 18: unknown field `ne`, expected one of `code`, `outcome`, `decided_by`, `when`, `legal_basis`, `zh`, `en`",
    );
    check("\"proposal\"", "\"system\"", "line 14: unknown variant `system`, expected `proposal` or `person`");
    check("zh = \"已死亡\"", "zh = 3", "line 8: invalid type: integer `3`, expected a string");
    check("[[rule]]", "[[rule]", "line 11: unclosed array table, expected `]`");
    for (key, line, old) in [
        ("version", 1, "version = \"1\""),
        ("zh", 8, "zh = \"已死亡\""),
        ("en", 9, "en = \"is dead\""),
        ("outcome", 13, "outcome = \"ORPHAN\""),
        ("when", 15, "when = \"child.age < 18 && father.alone && mother.alone\""),
        ("legal_basis", 16, "legal_basis = \"国办发〔2010〕54号\""),
        ("zh", 17, "zh = \"父母双亡\""),
        ("en", 18, "en = \"both parents are dead\""),
    ] {
        check(old, &format!("{key} = \" \""), &format!("line {line}: `{key}` is empty: write it"));
    }
    let valid_from = "line 2: `valid_from` is not a day: write one such as 2024-01-01, without quotation marks";
    check("2024-01-01", "2024-01-01T00:00:00", valid_from);
    check("2024-01-01", "08:00:00", valid_from);
}

#[test]
fn codes_names_and_subjects() {
    check(
        "BOTH_DEAD",
        "Both dead",
        "line 12: `Both dead` is not a code: take capitals, digits and underscores, as in BOTH_PARENTS_DEAD",
    );
    check(
        "\"alone\"",
        "\"Alone\"",
        "line 5: `Alone` cannot name a definition: take small letters, digits and underscores, as in severely_disabled",
    );
    check("\"alone\"", "\"dead\"", "line 5: `father.dead` is there without the definition: give it another name");
    check("of = [\"father\", \"mother\"]\n", "of = []\n", "line 6: `of` is empty: write it");
    check(
        "[\"father\", \"mother\"]",
        "[\"father\",\n\"aunt\"]",
        "line 7: `of` names `aunt`, which has no facts: take child, father, mother",
    );
    check("\"mother\"", "\"father\"", "line 6: `father` stands above already: rename or remove one of the two");
    let (head, rule) = SOUND.split_once("[[rule]]").unwrap();
    let twice = format!("{SOUND}\n[[rule]]{rule}");
    assert_eq!(
        refusal(&twice).to_string(),
        "line 21: `BOTH_DEAD` stands above already: rename or remove one of the two"
    );
    let definition = &head[head.find("[[definition]]").unwrap()..];
    assert_eq!(
        refusal(&format!("{head}{definition}")).to_string(),
        "line 12: `father.alone` stands above already: rename or remove one of the two"
    );
    let alone = definition.replace("of = [\"father\", \"mother\"]\n", "").replace("it.dead", "father.dead");
    for name in ["child", "district"] {
        assert_eq!(
            refusal(&format!("{SOUND}{}", alone.replace("\"alone\"", &format!("\"{name}\"")))).to_string(),
            format!("line 20: `{name}` is there without the definition: give it another name")
        );
    }
}

#[test]
fn unknown_names() {
    check_expression("child.agee < 18", "there is no fact `child.agee`: do you mean `child.age`?");
    check_expression("chidl.age < 18", "there is no fact `chidl.age`: do you mean `child.age`?");
    check_expression("father.alnoe", "there is no fact `father.alnoe`: do you mean `father.alone`?");
    check_expression(
        "child.favourite_colour == 'red'",
        "there is no fact `child.favourite_colour`: take one of the vocabulary, or define it above",
    );
    check_expression(
        "child.age.years < 18",
        "there is no fact `child.age.years`: take one of the vocabulary, or define it above",
    );
    check_expression("alone", "there is no fact `alone`: take one of the vocabulary, or define it above");
    // Also where no evaluation would ever come.
    check_expression("true || child.agee < 18", "there is no fact `child.agee`: do you mean `child.age`?");
    check_expression("false && father.daed", "there is no fact `father.daed`: do you mean `father.dead`?");
    check_expression("child == 'x'", "there is no fact `child`: take one of the vocabulary, or define it above");
    let subject = "`it` is the subject of a definition with `of`: name the subject here, as in father.dead";
    check_expression("it.dead", subject);
    check("of = [\"father\", \"mother\"]\n", "", &format!("line 6: {subject}"));
    check(
        "it.dead",
        "it.age > 3",
        "line 7: there is no fact `father.age`: take one of the vocabulary, or define it above",
    );
    check("it.dead", "it.custody_months > 3", "line 7: `it.custody_months` takes one kind for all of `of`, not a text");
    check("it.dead", "it.alone", "line 7: the definition `father.alone` stands below: move it above its use");
    check("it.dead", "mother.alone", "line 7: the definition `mother.alone` stands below: move it above its use");
}

#[test]
fn kinds_that_do_not_fit() {
    check_expression("child.age", "the expression is a whole number, not a bool: compare it with something");
    check_expression("child.school", "the expression is a text, not a bool: compare it with something");
    check_expression("child.needs", "the expression is a list of texts, not a bool: compare it with something");
    check_expression("father.dead || child.age", "`||` takes bools, not a whole number");
    check_expression("!child.age", "`!` takes bools, not a whole number");
    check_expression("child.age < '18'", "`<` takes whole numbers, not a text");
    check_expression("child.age == '18'", "`==` takes two values of one kind, not a text");
    check_expression("child.needs == child.needs", "`==` takes bools, whole numbers or texts, not a list");
    check_expression(
        "child.age in child.needs",
        "`in` takes a value and a list of such values, not a whole number and a list of texts",
    );
    check_expression("child.age in [1, 'a']", "`[…]` takes elements of one kind, not a text");
    check_expression("child.school + 'x' == 'yx'", "`+` takes whole numbers, not a text");
    check_expression("father.dead ? 1 : 2", "the expression is a whole number, not a bool: compare it with something");
    check_expression("father.dead ? true : 2", "`?:` takes two values of one kind, not a whole number");
    check_expression("size(child.age) > 1", "`size` takes a list or a text, not a whole number");
    check_expression("child.age.exists(x, x > 1)", "`exists` takes a list, not a whole number");
    check_expression("child.needs.exists(x, x > 1)", "`>` takes whole numbers, not a text");
    check_expression("child.needs.all(x, x)", "`all` takes a condition, not a text");
}

#[test]
fn what_the_language_leaves_out() {
    let literal =
        "this kind of value cannot be used here: there are true, false, whole numbers, texts, and lists of these";
    for when in [
        "child.age < 1.5",
        "child.age < 18u",
        "null == null",
        "b'x' == b'x'",
        "{'a': 1} == {'a': 1}",
        "[] == []",
        "1 in [[1]]",
        "has(father.dead)",
    ] {
        let error = refusal(&SOUND.replace(RULE, when));
        let expected = if when.starts_with("has") { "`has` cannot" } else { literal };
        assert!(error.to_string().contains(expected), "{when}: {error}");
    }
    for (when, name) in [
        ("child.needs.map(x, x + x) == child.needs", "map"),
        ("child.needs.filter(x, true) == child.needs", "filter"),
        ("child.school.matches('a*')", "matches"),
        ("string(child.age) == '1'", "string"),
        ("child.needs[0] == 'a'", "[ ]"),
        ("child['age'] == 1", "[ ]"),
        ("now() > 3", "now"),
        ("child.?age == 1", "?."),
        ("size(child.needs).x", "."),
    ] {
        let error = refusal(&SOUND.replace(RULE, &when.replace('"', "'")));
        assert_eq!(error.problem, Problem::Function { name: name.to_owned() }, "{when}");
    }
    let nested = "child.needs.exists(x, child.needs.all(y, x == y))";
    check_expression(nested, "`all` cannot stand inside another such: move it into a definition");
    for variable in ["child", "district", "it", "father.dead", "'x'", "X", "x.y"] {
        let error = refusal(&SOUND.replace(RULE, &format!("child.needs.exists({variable}, true)")));
        assert_eq!(error.problem, Problem::Variable { name: "exists".to_owned() }, "{variable}");
    }
    for divisor in ["0", "child.age", "(1 - 1)"] {
        let error = refusal(&SOUND.replace(RULE, &format!("1 / {divisor} == 1")));
        assert_eq!(error.problem, Problem::Divisor, "{divisor}");
    }
    check_expression(
        "child.age + 9223372036854775807 > 0",
        "the expression cannot be computed with small numbers: look for one that is too large",
    );
}

#[test]
fn what_is_not_cel() {
    check_expression("child.age <", "the expression is not CEL, at its column 12: mismatched input '<EOF>'");
    check_expression(
        "child.age < 18 and father.dead",
        "the expression is not CEL, at its column 16: mismatched input 'and'",
    );
    check_expression(
        "child.age < 99999999999999999999",
        "the expression is not CEL, at its column 13: invalid int literal",
    );
    check_expression("(child.age < 18", "the expression is not CEL, at its column 16: missing ')' at '<EOF>'");
}

#[test]
fn the_line_within_an_expression_of_several_lines() {
    let lines = |marks: &str| format!("{marks}\nchild.age < 18\n&& father.dead\n&& mother.daed{marks}");
    for marks in ["'''", "\"\"\""] {
        check(
            &format!("\"{RULE}\""),
            &lines(marks),
            "line 18: there is no fact `mother.daed`: do you mean `mother.dead`?",
        );
        check(
            &format!("\"{RULE}\""),
            &lines(marks).replace("< 18\n", "< 18 <\n"),
            "line 17: the expression is not CEL, at its column 1: extraneous input '&&'",
        );
        let windows = SOUND.replace(&format!("\"{RULE}\""), &lines(marks)).replace('\n', "\r\n");
        assert_eq!(refusal(&windows).line, 18);
    }
}

#[test]
fn an_expression_has_its_bounds() {
    let long = |chars: usize| format!("{}true", " ".repeat(chars - 4));
    assert!(RuleSet::parse(&SOUND.replace(RULE, &long(4_000)), &vocabulary()).is_ok());
    check_expression(
        &long(4_001),
        "the expression has 4001 characters, at most 4000 are allowed: move parts of it into definitions",
    );
    // Characters, not bytes.
    let chinese = format!("child.school != '{}'", "护".repeat(3_000));
    assert!(RuleSet::parse(&SOUND.replace(RULE, &chinese), &vocabulary()).is_ok());
    for deep in [
        format!("{}true{}", "(".repeat(33), ")".repeat(33)),
        format!("1{} == 32", " + 1".repeat(31)),
        format!("child.age{} == 32", ".x".repeat(31)),
    ] {
        assert_eq!(refusal(&SOUND.replace(RULE, &deep)).problem, Problem::TooDeep, "{deep}");
    }
    let wide = format!("child.age == 1{}", " || child.age == 1".repeat(200));
    assert!(RuleSet::parse(&SOUND.replace(RULE, &wide), &vocabulary()).is_ok());
}

#[test]
fn a_book_finds_the_version_of_a_day() {
    let version = |version: &str, from: &str| {
        let text = SOUND.replace("\"1\"", &format!("\"{version}\"")).replace("2024-01-01", from);
        RuleSet::parse(&text, &vocabulary()).unwrap()
    };
    let book =
        RuleBook::new([version("b", "2025-07-01"), version("c", "2026-01-01"), version("a", "2024-01-01")]).unwrap();
    for (day, expected) in [
        ("2023-12-31", None),
        ("2024-01-01", Some("a")),
        ("2025-06-30", Some("a")),
        ("2025-07-01", Some("b")),
        ("2025-12-31", Some("b")),
        ("2026-01-01", Some("c")),
        ("2099-01-01", Some("c")),
    ] {
        let day = kernel::time::parse_iso(day).unwrap();
        assert_eq!(book.on(day).map(RuleSet::version), expected, "{day}");
    }
    assert_eq!(book.version("b").map(|set| set.valid_from().to_string()).as_deref(), Some("2025-07-01"));
    assert_eq!(book.iter().map(RuleSet::version).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert!(book.version("d").is_none() && RuleBook::default().on(kernel::Date::MAX).is_none());

    let same_version = RuleBook::new([version("a", "2024-01-01"), version("a", "2025-01-01")]).unwrap_err();
    assert_eq!(same_version, RuleBookError::Version { version: "a".to_owned() });
    let same_day = RuleBook::new([version("b", "2024-01-01"), version("a", "2024-01-01")]).unwrap_err();
    assert_eq!(
        same_day.to_string(),
        "the rule sets `a` and `b` are both valid from 2024-01-01: change one or remove it"
    );
}
