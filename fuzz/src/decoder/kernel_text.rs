//! Everything that the kernel reads from a short text.

use std::fmt::Display;
use std::str::FromStr;

use kernel::{ChildId, CitizenId, Division, ErrorCode, Fen, Instant, Month, citizen_id, time};

/// What is read is written in one way, and read from that again.
pub fn take(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    comes_back::<Division>(text);
    comes_back::<ErrorCode>(text);
    comes_back::<Fen>(text);
    comes_back::<ChildId>(text);
    comes_back::<Instant>(text);
    comes_back::<Month>(text);
    if let Ok(id) = CitizenId::parse(text) {
        assert_eq!(CitizenId::parse(id.as_str()), Ok(id));
        assert_eq!(citizen_id::normalise(text), id.as_str());
        assert!(!id.masked().contains(&id.as_str()[6..14]), "the birth is not shown");
    }
    if let Ok(day) = time::parse_iso(text) {
        assert_eq!(day.to_string(), text);
    }
    if let Ok(division) = text.parse::<Division>() {
        // Offices write codes filled up with zeros, too.
        assert!(text == division.as_str() || text == division.padded());
        assert!(division.parent().is_none_or(|parent| parent.contains(&division)));
    }
}

fn comes_back<T: FromStr + Display + PartialEq>(text: &str) {
    if let Ok(read) = text.parse::<T>() {
        let written = read.to_string();
        assert!(written.parse::<T>().is_ok_and(|again| again == read), "it is written as what it is not");
    }
}

/// One of each.
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "371602",
        "371602001002",
        "INVALID_ARGUMENT",
        "1234.56",
        "-0.01",
        "0193b8a0-0000-7000-8000-000000000001",
        "2025-01-31T08:00:00.000000Z",
        "2025-01-31T08:00:00+08:00",
        "2024-12",
        "2024-02-29",
        "371699201205170039",
        "37169920120517003X",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}
