use proptest::prelude::*;

use super::*;

fn division(code: &str) -> Division {
    code.parse().unwrap()
}

/// Few digits, so that codes often contain one another.
fn any_code() -> impl Strategy<Value = String> {
    prop_oneof!["[12][01]", "[12][01]{3}", "[12][01]{5}", "[12][01]{8}", "[12][01]{11}"]
}

/// The code's beginning without the zeros that fill it up, segment by segment.
fn own_digits(code: &str) -> &str {
    let mut own = code;
    for (digits, larger) in [(12, 9), (9, 6), (6, 4), (4, 2)] {
        if own.len() == digits && own[larger..].chars().all(|digit| digit == '0') {
            own = &own[..larger];
        }
    }
    own
}

#[test]
fn a_village_lies_in_a_township_in_a_county_in_a_city_in_a_province() {
    let codes = ["37", "3716", "371602", "371602001", "371602001001"];
    for (code, level) in codes.into_iter().zip(DivisionLevel::ALL) {
        assert_eq!((division(code).level(), division(code).as_str()), (level, code));
        assert_eq!(division("371602001001").ancestor(level), Some(division(code)));
    }
    let mut around = Some(division("371602001001"));
    for code in codes.into_iter().rev() {
        assert_eq!(around, Some(division(code)));
        around = around.and_then(Division::parent);
    }
    assert_eq!(around, None);
}

#[test]
fn filling_zeros_say_nothing() {
    for (filled, own) in [
        ("370000", "37"),
        ("371600", "3716"),
        ("3700", "37"),
        ("371602000", "371602"),
        ("371602001000", "371602001"),
        ("371602000000", "371602"),
        ("370000000000", "37"),
        ("371610", "371610"),
        ("370100", "3701"),
        ("371602100", "371602100"),
    ] {
        assert_eq!(division(filled), division(own));
        assert_eq!(division(filled).to_string(), own);
    }
    assert_eq!(division("371600").padded(), "371600");
    assert_eq!(division("37").padded(), "370000");
    assert_eq!(division("371602001").padded(), "371602001");
    assert!(division("371600").contains(&division("371602")));
    assert!(division("370000").contains(&division("371600")));
}

#[test]
fn the_county_of_what_is_larger_does_not_exist() {
    assert_eq!(division("371602001001").county(), Some(division("371602")));
    assert_eq!(division("371602").county(), Some(division("371602")));
    assert_eq!(division("371600").county(), None);
    assert_eq!(division("37").county(), None);
    let dongguan = division("441900003");
    assert_eq!((dongguan.county(), dongguan.parent()), (None, Some(division("4419"))));
}

#[test]
fn a_jurisdiction_ends_at_its_border() {
    let huimin = Jurisdiction(division("371621"));
    assert!(huimin.covers(&division("371621")));
    assert!(huimin.covers(&division("371621101001")));
    assert!(!huimin.covers(&division("371681")));
    assert!(!huimin.covers(&division("371600")));
    assert!(Jurisdiction(division("371600")).covers(&division("371681")));
}

#[test]
fn other_texts_are_refused() {
    let check = |text: &str, error| assert_eq!(text.parse::<Division>(), Err(error), "{text:?}");
    check("", DivisionError::Length { found: 0 });
    check("3", DivisionError::Length { found: 1 });
    check("37160", DivisionError::Length { found: 5 });
    check("3716020010010", DivisionError::Length { found: 13 });
    check("3716 2", DivisionError::Character { position: 5 });
    check("滨州", DivisionError::Character { position: 1 });
    check("３７", DivisionError::Character { position: 1 });
    check("001600", DivisionError::Province);
}

proptest! {
    #[test]
    fn a_code_keeps_its_own_digits(code in any_code()) {
        let division = division(&code);
        prop_assert_eq!(division.as_str(), own_digits(&code));
        prop_assert_eq!(division.padded().parse(), Ok(division));
        prop_assert_eq!(division.to_string().parse(), Ok(division));
    }

    #[test]
    fn containment_is_the_beginning_of_the_code(outer in any_code(), inner in any_code()) {
        let (o, i) = (division(&outer), division(&inner));
        prop_assert_eq!(o.contains(&i), own_digits(&inner).starts_with(own_digits(&outer)));
        prop_assert_eq!(o.contains(&i) && i.contains(&o), o == i);
        prop_assert_eq!(Jurisdiction(o).covers(&i), o.contains(&i));
        prop_assert_eq!(o.cmp(&i), own_digits(&outer).cmp(own_digits(&inner)));
    }

    #[test]
    fn whatever_lies_around_is_an_ancestor(code in any_code()) {
        let inner = division(&code);
        prop_assert_eq!(inner.ancestor(inner.level()), Some(inner));
        let mut around = inner.parent();
        while let Some(outer) = around {
            prop_assert!(outer.contains(&inner) && outer.level() < inner.level());
            prop_assert_eq!(inner.ancestor(outer.level()), Some(outer));
            around = outer.parent();
        }
    }
}
