use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::time::parse_iso;

/// ISO 7064 MOD 11-2 as the standard's recursive method has it, without weights.
fn check_character_by_recursion(digits: &str) -> char {
    let product = digits.bytes().fold(0, |product, digit| (product + u32::from(digit - b'0')) * 2 % 11);
    match (12 - product) % 11 {
        10 => 'X',
        value => char::from_digit(value, 10).unwrap(),
    }
}

prop_compose! {
    fn body()(division in 0_u32..1_000_000, year in 1_i16..=9999, day in 0_i32..366, sequence in 0_u32..1000) -> String {
        let day = Date::new(year, 1, 1).unwrap().saturating_add(jiff::Span::new().days(day));
        format!("{division:06}{}{sequence:03}", day.to_string().replace('-', ""))
    }
}

prop_compose! {
    fn id()(body in body()) -> String {
        let check = check_character_by_recursion(&body);
        format!("{body}{check}")
    }
}

fn with(id: &str, position: usize, character: char) -> String {
    id.chars().enumerate().map(|(index, old)| if index == position { character } else { old }).collect()
}

fn swapped(id: &str, one: usize, other: usize) -> String {
    let mut characters: Vec<char> = id.chars().collect();
    characters.swap(one, other);
    characters.into_iter().collect()
}

#[test]
fn the_published_samples_are_accepted() {
    let female = CitizenId::parse("11010519491231002X").unwrap();
    assert_eq!((female.birth_date(), female.sex()), (parse_iso("1949-12-31").unwrap(), Sex::Female));
    let male = CitizenId::parse("440524188001010014").unwrap();
    assert_eq!((male.birth_date(), male.sex()), (parse_iso("1880-01-01").unwrap(), Sex::Male));
    assert_eq!(male.division_prefix(), "440524");
}

#[test]
fn the_fixtures_of_nobodys_prefix_are_accepted() {
    for fixture in ["371699201205170039", "371699201205170055", "371699200706100026"] {
        assert_eq!(CitizenId::parse(fixture).unwrap().as_str(), fixture);
    }
    assert_eq!(CitizenId::parse("371699201205170038"), Err(CitizenIdError::CheckDigit));
}

#[test]
fn every_spelling_of_an_office_is_the_same_id() {
    let id = CitizenId::parse("11010519491231002X").unwrap();
    for spelling in [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "110105\u{3000}19491231\u{a0}002x\r\n",
        "\u{feff}11010519491231002X\u{200b}",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５１９４９１２３１００２ｘ",
        "１１０１０５19491231002X",
    ] {
        assert_eq!(CitizenId::parse(spelling), Ok(id), "{spelling:?}");
        assert_eq!(normalise(spelling), id.as_str());
    }
}

#[test]
fn each_rule_has_its_own_error() {
    let check = |text: &str, error| assert_eq!(CitizenId::parse(text), Err(error), "{text}");
    check("", CitizenIdError::Length { found: 0 });
    check("37169920231123450", CitizenIdError::Length { found: 17 });
    check("3716992023112345000", CitizenIdError::Length { found: 19 });
    check("一", CitizenIdError::Length { found: 1 });
    check("X10105194912310021", CitizenIdError::Character { position: 1 });
    check("110105194912310X2X", CitizenIdError::Character { position: 16 });
    check("11010519491231002Y", CitizenIdError::Character { position: 18 });
    check("11010519491231002二", CitizenIdError::Character { position: 18 });
    check("-11010519491231002", CitizenIdError::Character { position: 1 });
    check("110105194912310021", CitizenIdError::CheckDigit);
    for impossible in ["00000101", "20121301", "20120001", "20120100", "20120132", "20130229", "19000229"] {
        let body = format!("371699{impossible}003");
        assert_eq!(CitizenId::complete(&body), Err(CitizenIdError::BirthDate));
        check(&format!("{body}{}", check_character_by_recursion(&body)), CitizenIdError::BirthDate);
    }
}

#[test]
fn it_shows_itself_to_nobody_by_accident() {
    let id = CitizenId::parse("371699201205170039").unwrap();
    assert_eq!(format!("{id:?} {:?}", Some(id)), "CitizenId(****) Some(CitizenId(****))");
    assert_eq!(id.masked(), "371699********0039");
}

proptest! {
    #[test]
    fn every_well_formed_id_is_read_as_it_is_written(text in id()) {
        let id = CitizenId::parse(&text).unwrap();
        prop_assert_eq!(id.as_str(), &text);
        prop_assert_eq!(CitizenId::parse(&text.to_lowercase()), Ok(id));
        prop_assert_eq!(CitizenId::complete(&text[..17]), Ok(id));
        prop_assert_eq!(id.birth_date().to_string().replace('-', ""), &text[6..14]);
        prop_assert_eq!(id.sex() == Sex::Male, "13579".contains(&text[16..17]));
        prop_assert_eq!(id.division_prefix(), &text[..6]);
    }

    /// The weights are powers of 2 modulo 11, none is 0, and two digits differ by less than 11.
    #[test]
    fn any_single_change_is_caught(text in id(), position in 0_usize..18, character in "[0-9X]") {
        let character = character.chars().next().unwrap();
        prop_assume!(!text[position..].starts_with(character));
        let expected = if character == 'X' && position < 17 {
            CitizenIdError::Character { position: position + 1 }
        } else {
            CitizenIdError::CheckDigit
        };
        prop_assert_eq!(CitizenId::parse(&with(&text, position, character)), Err(expected));
    }

    /// Neighbouring weights differ by a power of 2, which is never 0 modulo 11; with the check character too.
    #[test]
    fn any_adjacent_transposition_is_caught(text in id(), position in 0_usize..17) {
        let swapped = swapped(&text, position, position + 1);
        prop_assume!(swapped != text);
        let expected = if swapped[..17].contains('X') {
            CitizenIdError::Character { position: 17 }
        } else {
            CitizenIdError::CheckDigit
        };
        prop_assert_eq!(CitizenId::parse(&swapped), Err(expected));
    }

    /// 2 has order 10 modulo 11: weights at a distance of 10 are equal, and at no other distance that fits.
    #[test]
    fn a_transposition_is_overlooked_only_at_a_distance_of_ten(text in id(), one: Index, other: Index) {
        let (one, other) = (one.index(17), other.index(17));
        let swapped = swapped(&text, one, other);
        prop_assume!(swapped != text);
        let caught = CitizenId::parse(&swapped) == Err(CitizenIdError::CheckDigit);
        prop_assert_eq!(caught, one.abs_diff(other) != 10);
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,30}") {
        let _ = CitizenId::parse(&text);
    }

    #[test]
    fn no_error_repeats_what_was_entered(text in "[0-9]{6,18}[A-Z]{0,3}") {
        if let Err(error) = CitizenId::parse(&text) {
            let shown = format!("{error} {error:?}");
            prop_assert!(!shown.contains(&text[..6]), "{}", shown);
        }
    }

    #[test]
    fn normalising_twice_changes_nothing_more(text in "\\PC{0,30}") {
        let once = normalise(&text);
        prop_assert_eq!(normalise(&once), once);
    }
}
