use proptest::prelude::*;

use super::*;
use crate::time::parse_iso;

#[test]
fn every_spelling_of_a_day_is_read() {
    let day = parse_iso("2015-07-05").unwrap();
    for text in [
        "2015-07-05",
        "2015/7/5",
        "2015/07/05",
        "2015.7.5",
        "2015年7月5日",
        "2015年07月05日",
        "20150705",
        "２０１５－０７－０５",
        "\u{3000}2015-07-05 ",
    ] {
        assert_eq!(date(text), Some(day), "{text}");
    }
}

#[test]
fn what_is_no_day_is_none() {
    for text in [
        "",
        "2015",
        "2015-02-30",
        "2015-7",
        "2015-7-5-1",
        "2015/7-5",
        "15-7-5",
        "2015年7月5",
        "2015070",
        "0000-01-01",
        "+015-7-5",
        "42190",
        "不详",
    ] {
        assert_eq!(date(text), None, "{text}");
    }
}

#[test]
fn plain_text_has_no_spaces_and_no_full_width() {
    assert_eq!(plain(" 371699 ２０１２\u{200b}０５１７\u{3000}"), "37169920120517");
    assert_eq!(trimmed("\u{3000} 王 小明\u{feff} "), "王 小明");
}

proptest! {
    #[test]
    fn days_survive_every_spelling(year in 1900..2100_i32, month in 1..=12_i32, day in 1..=31_i32) {
        let want = day_of(year, month, day).ok();
        prop_assert_eq!(date(&format!("{year}-{month:02}-{day:02}")), want);
        prop_assert_eq!(date(&format!("{year}/{month}/{day}")), want);
        prop_assert_eq!(date(&format!("{year}年{month}月{day}日")), want);
        prop_assert_eq!(date(&format!("{year}{month:02}{day:02}")), want);
    }

    #[test]
    fn no_text_panics(text in ".*") {
        let _ = date(&text);
    }
}
