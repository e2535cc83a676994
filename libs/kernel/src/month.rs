//! Months of the calendar, in which every payment and duty is counted.

use std::fmt;
use std::str::FromStr;

use crate::time::Date;

/// A month of a year: `2025-06`. Months sort by time.
///
/// The range is that of [`Date`], so that every date has a month and every month a first and a last day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i16,
    month: i8,
}

/// A text or two numbers that are not a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MonthError {
    /// The text is not of the form `2025-06`.
    #[error("not a month of the form 2025-06")]
    Form,
    /// The month is not between 1 and 12, or the year not between 1 and 9999.
    #[error("no such month in the calendar")]
    NoSuchMonth,
}

impl Month {
    /// The first month of the calendar, far before any year that is written with four digits.
    pub const MIN: Self = Self { year: -9999, month: 1 };
    /// The last month of the calendar, 9999-12.
    pub const MAX: Self = Self { year: 9999, month: 12 };

    /// The month of two numbers as they stand in a message, years 1 to 9999.
    ///
    /// # Errors
    /// [`MonthError::NoSuchMonth`] if there is none.
    pub fn new(year: i32, month: i32) -> Result<Self, MonthError> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) {
            return Err(MonthError::NoSuchMonth);
        }
        Ok(Self::from_index(year * 12 + month - 1))
    }

    /// The month in which `date` lies.
    #[must_use]
    pub fn of(date: Date) -> Self {
        Self { year: date.year(), month: date.month() }
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> i16 {
        self.year
    }

    /// The month of the year, 1 to 12.
    #[must_use]
    pub const fn month(self) -> i8 {
        self.month
    }

    /// The month after this one; [`MAX`](Self::MAX) stays where it is.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }

    /// The month before this one; [`MIN`](Self::MIN) stays where it is.
    #[must_use]
    pub fn previous(self) -> Self {
        self.plus(-1)
    }

    /// The month `months` later, or earlier if negative, at most [`MAX`](Self::MAX) and at least
    /// [`MIN`](Self::MIN).
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self::from_index(self.index().saturating_add(months).clamp(Self::MIN.index(), Self::MAX.index()))
    }

    /// The first day.
    #[must_use]
    pub fn first_day(self) -> Date {
        Date::new(self.year, self.month, 1).expect("the range of months is that of dates")
    }

    /// The last day, 28 to 31.
    #[must_use]
    pub fn last_day(self) -> Date {
        self.first_day().last_of_month()
    }

    /// The day of this number, or the last day if the month is shorter; the first for a number below 1.
    #[must_use]
    pub fn day_or_last(self, number: i8) -> Date {
        let day = number.clamp(1, self.last_day().day());
        Date::new(self.year, self.month, day).expect("the number is one of the month's days")
    }

    /// Whether `date` lies in this month.
    #[must_use]
    pub fn contains(self, date: Date) -> bool {
        Self::of(date) == self
    }

    /// How many months `to` is after `from`; negative if it is before.
    #[must_use]
    pub fn months_between(from: Self, to: Self) -> i32 {
        to.index() - from.index()
    }

    /// All months from `first` to `last`, both included; none if `last` is before `first`.
    #[expect(clippy::range_plus_one, reason = "an inclusive range of i32 has no exact size")]
    pub fn range(first: Self, last: Self) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
        (first.index()..last.index() + 1).map(Self::from_index)
    }

    /// Months since January of year 0.
    fn index(self) -> i32 {
        i32::from(self.year) * 12 + i32::from(self.month) - 1
    }

    fn from_index(index: i32) -> Self {
        let year = i16::try_from(index.div_euclid(12)).expect("callers keep within MIN and MAX");
        let month = i8::try_from(index.rem_euclid(12) + 1).expect("a remainder of twelve is small");
        Self { year, month }
    }
}

/// `YYYY-MM`. A year before 0, which nothing here uses, has a sign and six digits as in ISO 8601.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.year < 0 {
            write!(f, "{:07}-{:02}", self.year, self.month)
        } else {
            write!(f, "{:04}-{:02}", self.year, self.month)
        }
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads `YYYY-MM`, exactly, years 1 to 9999.
impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let form = || MonthError::Form;
        let (year, month) = text.split_once('-').ok_or_else(form)?;
        let number = |digits: &str, length: usize| {
            let well_formed = digits.len() == length && digits.bytes().all(|byte| byte.is_ascii_digit());
            well_formed.then(|| digits.parse().ok()).flatten().ok_or_else(form)
        };
        Self::new(number(year, 4)?, number(month, 2)?)
    }
}

#[cfg(test)]
mod tests;
