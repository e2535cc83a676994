//! Who reads counts, and how wide they must be for outsiders.

use kernel::{Date, Division, Month};
use platform::error::ServiceError;

/// Who reads a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Civil affairs, who see each count.
    Owner,
    /// Others, who see none under 5 and none from which one can be worked out.
    Other,
}

/// What others than civil affairs may ask for: the city at the end of a past month. The difference of two reports is a
/// count, too.
///
/// # Errors
/// `INVALID_ARGUMENT` (`REPORT_TOO_NARROW`).
pub fn wide_enough(division: Option<Division>, day: Date, today: Date, whole_period: bool) -> Result<(), ServiceError> {
    let wide = division.is_none() && day == Month::of(day).last_day() && day < today && whole_period;
    let expected = "must ask for the whole city at the end of a past month";
    if wide { Ok(()) } else { Err(ServiceError::invalid("day", "REPORT_TOO_NARROW", expected)) }
}
