//! The tables that a city brings: divisions and holidays.

use kernel::{Division, DivisionDirectory, HolidayCalendar, time};

/// Every division of a table that is taken can be found by its code.
pub fn take(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(directory) = DivisionDirectory::from_csv(text) {
        let all: Vec<(Division, &str)> = directory.iter().collect();
        assert_eq!(all.len(), directory.len());
        for (division, name) in all {
            assert!(directory.contains(division) && directory.name_of(division) == Some(name));
        }
    }
    if let Ok(calendar) = HolidayCalendar::from_csv(text) {
        let day = time::date(2024, 12, 31).expect("a day");
        assert!(calendar.add_working_days(day, 5).due_at() > calendar.add_working_days(day, 1).due_at());
    }
}

/// Beginnings of those that come with Hutong.
pub fn seeds() -> Vec<Vec<u8>> {
    let beginning = |text: &str| text.lines().take(40).fold(String::new(), |all, line| all + line + "\n").into_bytes();
    vec![
        beginning(include_str!("../../../deploy/divisions/3716.csv")),
        beginning(include_str!("../../../deploy/holidays/china.csv")),
    ]
}
