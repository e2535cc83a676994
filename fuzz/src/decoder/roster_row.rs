//! A row of a roster, as the office wrote it: one cell a line.

use std::sync::{Arc, LazyLock};

use kernel::{DivisionDirectory, time};
use registry::domain::Category;
use kernel::spelling;
use registry::domain::roster::{Row, Rules, Terms};

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let divisions = include_str!("../../../deploy/divisions/3716.csv");
    let category = Category::from_number(1).expect("the first");
    Rules {
        reference_date: time::date(2024, 12, 12).expect("a day"),
        divisions: Arc::new(DivisionDirectory::from_csv(divisions).expect("it comes with Hutong")),
        terms: Arc::new(Terms::from([("孤儿".to_owned(), category), ("事实无人抚养儿童".to_owned(), category)])),
    }
});

/// A row is taken, or it is said why not; a day has one meaning.
pub fn take(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut cells = text.split('\n');
    let mut cell = || cells.next().unwrap_or_default();
    let row = Row {
        number: 7,
        full_name: cell(),
        sex: cell(),
        citizen_id: cell(),
        birth_date: cell(),
        county: cell(),
        township: cell(),
        village: cell(),
        categories: cell(),
        guardian_name: cell(),
        guardian_relation: cell(),
        phone: cell(),
        school_stage: cell(),
        disability_grade: cell(),
        bank_account: cell(),
        confirmed_on: cell(),
        remarks: cell(),
    };
    match RULES.check(&row) {
        Ok(entry) => assert!(entry.number == 7 && !entry.categories.is_empty()),
        Err(fault) => assert!(fault.number == 7 && !fault.remarks.is_empty()),
    }
    for text in [row.birth_date, row.confirmed_on] {
        if let Some(day) = spelling::date(text) {
            assert_eq!(spelling::date(&day.to_string()), Some(day));
            assert_eq!(spelling::date(&spelling::plain(text)), Some(day));
        }
    }
}

/// Rows that are right and wrong.
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "王小明\n男\n371699201205170039\n2012-05-17\n滨城区\n\n\n孤儿\n王大明\n祖父\n13900000001\n小学\n\n6222\n2024年5月1日\n无",
        "王小亮\n女\n\n2015/7/5\n沾化区\n\n\n孤儿、事实无人抚养儿童\n\n\n\n\n一级\n\n20240501\n",
    ]
    .map(Into::into)
    .into()
}
