//! Children and standards for the tests of the domain.

use kernel::time::{parse_iso, start_of_day_shanghai};
use kernel::{CategoryRecordId, Date, Division, Fen, Instant, ManualClock, Month, StandardId, Tier};

use super::file::{ChildFile, Fact};
use super::standard::{Standard, Standards};

pub fn day(text: &str) -> Date {
    parse_iso(text).unwrap()
}

pub fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// Noon of a day.
pub fn noon(text: &str) -> Instant {
    start_of_day_shanghai(day(text)).saturating_add(std::time::Duration::from_hours(12))
}

pub fn city() -> Division {
    "371600".parse().unwrap()
}

pub fn county(code: &str) -> Division {
    code.parse().unwrap()
}

pub fn record(number: u128) -> CategoryRecordId {
    format!("01980000-0000-7000-8000-{number:012x}").parse().unwrap()
}

pub fn child() -> ChildFile {
    let mut file = ChildFile::new("01980000-0000-7000-8000-000000000001".parse().unwrap());
    file.learn(noon("2023-12-01"), Fact::Registered { county: county("371621") });
    file
}

/// A child with a category of a tier from a month on, learnt on the day before.
pub fn entitled(tier: Tier, from: &str) -> ChildFile {
    let mut file = child();
    let learnt = month(from).first_day().yesterday().unwrap();
    file.learn(noon(&learnt.to_string()), Fact::Confirmed { record: record(1), tier, from: month(from) });
    file
}

/// A standard of the city's, in yuan.
pub fn standard(tier: Tier, from: &str, yuan: i64, published: &str) -> Standard {
    let published = noon(published);
    Standard {
        id: StandardId::generate(&ManualClock::new(published)),
        tier,
        area: city(),
        from: month(from),
        monthly: Fen::from_yuan(yuan),
        legal_basis: "鲁民〔2024〕1号".to_owned(),
        published,
        previous: None,
    }
}

pub fn published(versions: &[Standard]) -> Standards {
    let mut standards = Standards::default();
    for version in versions {
        standards.publish(version.clone()).unwrap();
    }
    standards
}

/// 2,675 / 2,140 / 1,777 [S].
pub fn standards() -> Standards {
    published(&[
        standard(Tier::A, "2024-01", 2_675, "2024-01-02"),
        standard(Tier::B, "2024-01", 2_140, "2024-01-02"),
        standard(Tier::C, "2024-01", 1_777, "2024-01-02"),
    ])
}
