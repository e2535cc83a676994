//! Instants in UTC, days in Asia/Shanghai, and how one becomes the other.
//!
//! Asia/Shanghai is taken as a fixed UTC+8. China has used no daylight saving time since September 1991, and no
//! instant that this system records is older than the system itself; birth dates from the summers of 1986 to 1991
//! are civil dates and pass through no conversion. A fixed offset needs no time zone database on the machine.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::{self, Offset};

pub use jiff::civil::Date;

/// Asia/Shanghai; see the module's text for why it may be fixed.
const SHANGHAI: Offset = tz::offset(8);

/// A point in time: whole microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Every value lies between [`Instant::MIN`] and [`Instant::MAX`], so that each has a civil date and a
/// four-digit year, in UTC and in Shanghai.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// A text that is not an RFC 3339 instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an instant of the form 2025-01-31T08:00:00.000000Z")]
pub struct InstantError;

impl Instant {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);
    /// 0001-01-01T00:00:00Z.
    pub const MIN: Self = Self(-62_135_596_800_000_000);
    /// 9999-12-30T22:00:00Z, the last instant that has a date in every time zone.
    pub const MAX: Self = Self(253_402_207_200_000_000);

    /// The instant `micros` microseconds after the epoch. A number outside [`MIN`](Self::MIN) and
    /// [`MAX`](Self::MAX) counts as the nearer of the two.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        if micros < Self::MIN.0 {
            Self::MIN
        } else if micros > Self::MAX.0 {
            Self::MAX
        } else {
            Self(micros)
        }
    }

    /// Microseconds since the epoch, negative before it.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole milliseconds since the epoch, rounded down.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// The instant `by` later, whole microseconds of it, at most [`MAX`](Self::MAX).
    #[must_use]
    pub fn saturating_add(self, by: Duration) -> Self {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        Self::from_micros(self.0.saturating_add(by))
    }

    /// The instant `by` earlier, whole microseconds of it, at least [`MIN`](Self::MIN).
    #[must_use]
    pub fn saturating_sub(self, by: Duration) -> Self {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        Self::from_micros(self.0.saturating_sub(by))
    }

    /// The time since `earlier`, zero if `earlier` is in truth later.
    #[must_use]
    pub fn saturating_duration_since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).expect("an instant lies within the years 1 to 9999")
    }
}

/// RFC 3339 in UTC with six decimals and `Z`: `2025-01-31T00:00:00.000000Z`. The text sorts as the instant does.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", self.timestamp())
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads an RFC 3339 instant with any offset and any number of decimals, of which six count.
impl FromStr for Instant {
    type Err = InstantError;

    fn from_str(text: &str) -> Result<Self, InstantError> {
        if !is_rfc3339(text.as_bytes()) {
            return Err(InstantError);
        }
        let timestamp: Timestamp = text.parse().map_err(|_| InstantError)?;
        let micros = i64::try_from(timestamp.as_nanosecond().div_euclid(1_000)).map_err(|_| InstantError)?;
        let instant = Self::from_micros(micros);
        if instant.0 == micros { Ok(instant) } else { Err(InstantError) }
    }
}

/// Whether `text` has the shape of RFC 3339's `date-time`. jiff reads much more than that: spaces, week dates,
/// missing seconds, bracketed zones.
fn is_rfc3339(text: &[u8]) -> bool {
    let Some((date_time, rest)) = text.split_at_checked(19) else {
        return false;
    };
    let decimals = match rest.strip_prefix(b".") {
        Some(fraction) => match fraction.iter().take_while(|byte| byte.is_ascii_digit()).count() {
            0 => return false,
            digits => 1 + digits,
        },
        None => 0,
    };
    let offset = &rest[decimals..];
    has_shape(date_time, b"0000-00-00T00:00:00")
        && (offset == b"Z" || has_shape(offset, b"+00:00") || has_shape(offset, b"-00:00"))
}

/// Whether `text` equals `shape`, where a `0` of the shape stands for any digit.
fn has_shape(text: &[u8], shape: &[u8]) -> bool {
    text.len() == shape.len()
        && text.iter().zip(shape).all(|(byte, want)| if *want == b'0' { byte.is_ascii_digit() } else { byte == want })
}

/// The day on which `instant` falls in Asia/Shanghai.
#[must_use]
pub fn shanghai_date(instant: Instant) -> Date {
    SHANGHAI.to_datetime(instant.timestamp()).date()
}

/// The first instant of `day` in Asia/Shanghai: 16:00 UTC of the day before. A day outside the years 1 to 9999
/// gives the nearest instant there is.
#[must_use]
pub fn start_of_day_shanghai(day: Date) -> Instant {
    match SHANGHAI.to_timestamp(day.to_datetime(Time::midnight())) {
        Ok(timestamp) => Instant::from_micros(timestamp.as_microsecond()),
        Err(_) if day.year() < 1 => Instant::MIN,
        Err(_) => Instant::MAX,
    }
}

/// A text or three numbers that are not a day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// The text is not of the form `2025-01-31`.
    #[error("not a date of the form 2025-01-31")]
    Form,
    /// There is no such day in the calendar, or its year is not between 1 and 9999.
    #[error("no such day in the calendar")]
    NoSuchDay,
}

/// So many days, to be added to a date or taken from it.
#[must_use]
pub fn days(number: i64) -> jiff::Span {
    jiff::Span::new().days(number.clamp(-3_000_000, 3_000_000))
}

/// The same day so many years ago; 28 February for a 29 February that the year does not have.
#[must_use]
pub fn years_before(day: Date, years: u16) -> Date {
    day.saturating_sub(jiff::Span::new().years(i64::from(years).min(9_999)))
}

/// Reads `YYYY-MM-DD`, exactly: ten characters, no other spelling.
///
/// # Errors
/// [`DateError`] if the text has another form or names no day.
pub fn parse_iso(text: &str) -> Result<Date, DateError> {
    let bytes = text.as_bytes();
    if !has_shape(bytes, b"0000-00-00") {
        return Err(DateError::Form);
    }
    let number = |digits: &[u8]| digits.iter().fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0'));
    date(number(&bytes[..4]), number(&bytes[5..7]), number(&bytes[8..]))
}

/// The day of three numbers as they stand in a message, years 1 to 9999.
///
/// # Errors
/// [`DateError::NoSuchDay`] if there is none.
pub fn date(year: i32, month: i32, day: i32) -> Result<Date, DateError> {
    if !(1..=9999).contains(&year) {
        return Err(DateError::NoSuchDay);
    }
    match (i16::try_from(year), i8::try_from(month), i8::try_from(day)) {
        (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).map_err(|_| DateError::NoSuchDay),
        _ => Err(DateError::NoSuchDay),
    }
}

/// The age in full years (周岁) on `day` of a person born on `birth`, negative before the birth.
///
/// A year is completed on the birthday itself, as welfare and school administration count. Who was born on
/// 29 February completes it on 1 March in a common year, since 28 February is still the day before.
#[must_use]
pub fn age_on(birth: Date, day: Date) -> i32 {
    let before_birthday = (day.month(), day.day()) < (birth.month(), birth.day());
    i32::from(day.year()) - i32::from(birth.year()) - i32::from(before_birthday)
}

/// The day on which a person born on `birth` completes `years` years by the rule of [`age_on`]; `None` beyond the
/// calendar's end.
#[must_use]
pub fn birthday(birth: Date, years: i32) -> Option<Date> {
    let year = i16::try_from(i32::from(birth.year()).checked_add(years)?).ok()?;
    let same_day = Date::new(year, birth.month(), birth.day());
    // Only 29 February can be missing from a year.
    same_day.or_else(|_| Date::new(year, 3, 1)).ok()
}

#[cfg(test)]
mod tests;
