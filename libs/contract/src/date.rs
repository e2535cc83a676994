//! Dates, months and instants between the wire and the kernel.

use kernel::{Date as Day, Instant, Month};
use prost_types::Timestamp;

use crate::google::r#type::Date;

/// Why a date of the wire is no day or month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// No such day in the calendar, or a part is missing.
    #[error("must be a whole date with year, month and day that exists")]
    NoDay,
    /// No such month, or a day is given.
    #[error("must be a month: year and month, with day 0")]
    NoMonth,
}

/// A day for the wire.
pub fn from_date(day: Day) -> Date {
    Date { year: i32::from(day.year()), month: i32::from(day.month()), day: i32::from(day.day()) }
}

/// A day from the wire.
///
/// # Errors
/// If it is not a whole date that exists, from year 1 on.
pub fn to_date(date: &Date) -> Result<Day, DateError> {
    let part = |value: i32| i8::try_from(value).map_err(|_| DateError::NoDay);
    let year = i16::try_from(date.year).ok().filter(|year| *year > 0).ok_or(DateError::NoDay)?;
    Day::new(year, part(date.month)?, part(date.day)?).map_err(|_| DateError::NoDay)
}

/// A month for the wire; its day is 0.
pub fn from_month(month: Month) -> Date {
    Date { day: 0, ..from_date(month.first_day()) }
}

/// A month from the wire.
///
/// # Errors
/// If it has a day, or is no month.
pub fn to_month(date: &Date) -> Result<Month, DateError> {
    if date.day != 0 {
        return Err(DateError::NoMonth);
    }
    to_date(&Date { day: 1, ..*date }).map(Month::of).map_err(|_| DateError::NoMonth)
}

/// An instant for the wire.
#[must_use]
pub fn timestamp(instant: Instant) -> Timestamp {
    let micros = instant.as_micros();
    let nanos = micros.rem_euclid(1_000_000) * 1_000;
    Timestamp {
        seconds: micros.div_euclid(1_000_000),
        nanos: i32::try_from(nanos).expect("a second has fewer than 2^31 nanoseconds"),
    }
}

/// An instant from the wire; what lies beyond microseconds is dropped.
#[must_use]
pub fn instant(time: &Timestamp) -> Instant {
    let micros = time.seconds.saturating_mul(1_000_000).saturating_add(i64::from(time.nanos) / 1_000);
    Instant::from_micros(micros)
}
