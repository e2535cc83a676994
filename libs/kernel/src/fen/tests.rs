use proptest::prelude::*;

use super::*;

#[test]
fn amounts_are_written_with_two_decimals() {
    let check = |fen, text: &str| {
        assert_eq!(Fen::new(fen).to_string(), text);
        assert_eq!(text.parse(), Ok(Fen::new(fen)));
    };
    check(214_050, "2140.50");
    check(5, "0.05");
    check(0, "0.00");
    check(-5, "-0.05");
    check(-214_000, "-2140.00");
    check(i64::MAX, "92233720368547758.07");
    check(i64::MIN, "-92233720368547758.08");
    assert_eq!(format!("[{:>10}]", Fen::from_yuan(1777)), "[   1777.00]");
}

#[test]
fn fewer_decimals_are_read_too() {
    assert_eq!("2140".parse(), Ok(Fen::from_yuan(2140)));
    assert_eq!("2140.5".parse(), Ok(Fen::new(214_050)));
    assert_eq!("-0".parse(), Ok(Fen::ZERO));
}

#[test]
fn other_texts_are_refused() {
    for text in
        ["", "-", ".", ".5", "5.", "1.234", "1,000", "+1", "--1", "1.-5", " 1", "1 ", "１", "1e3", "1.5.0", "NaN"]
    {
        assert_eq!(text.parse::<Fen>(), Err(FenError::Form), "{text:?}");
    }
    for text in ["92233720368547758.08", "-92233720368547758.09", "99999999999999999999"] {
        assert_eq!(text.parse::<Fen>(), Err(FenError::Range), "{text:?}");
    }
}

#[test]
fn a_year_of_a_reclassified_child_adds_up() {
    let months = [(1777, 5), (2140, 7)].map(|(yuan, months)| Fen::from_yuan(yuan).checked_mul(months).unwrap());
    assert_eq!(Fen::checked_sum(months), Some(Fen::from_yuan(23_865)));
    assert_eq!(Fen::checked_sum([]), Some(Fen::ZERO));
    assert_eq!(Fen::checked_sum([Fen::new(i64::MAX), Fen::new(1)]), None);
}

fn checked(wide: i128) -> Option<Fen> {
    i64::try_from(wide).ok().map(Fen::new)
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(fen: i64) {
        prop_assert_eq!(Fen::new(fen).to_string().parse(), Ok(Fen::new(fen)));
    }

    #[test]
    fn the_text_is_the_amount_by_a_hundred(fen in -1_000_000_000_i32..1_000_000_000) {
        prop_assert_eq!(Fen::new(i64::from(fen)).to_string(), format!("{:.2}", f64::from(fen) / 100.0));
    }

    #[test]
    fn arithmetic_is_that_of_wider_numbers(one: i64, other: i64, times in -100_i64..100) {
        let (a, b) = (i128::from(one), i128::from(other));
        prop_assert_eq!(Fen::new(one).checked_add(Fen::new(other)), checked(a + b));
        prop_assert_eq!(Fen::new(one).checked_sub(Fen::new(other)), checked(a - b));
        prop_assert_eq!(Fen::new(one).checked_mul(times), checked(a * i128::from(times)));
    }

    #[test]
    fn no_text_makes_it_panic(text in "[-0-9.]{0,25}") {
        if let Ok(fen) = text.parse::<Fen>() {
            prop_assert_eq!(fen.to_string().parse(), Ok(fen));
        }
    }
}
