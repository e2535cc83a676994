//! Working days (工作日), in which the limits of procedures are counted: weekdays, less the State Council's holidays,
//! plus the weekend days that are worked instead.

use std::collections::BTreeMap;

use jiff::civil::Weekday;

use crate::time::{Date, DateError, Instant, parse_iso, start_of_day_shanghai};

/// The holidays of the years whose schedule the State Council has published, read from a table.
///
/// In a year that is not published Monday to Friday count as working days, and what is counted there is provisional.
///
/// ```
/// # use kernel::{HolidayCalendar, time::parse_iso};
/// let calendar = HolidayCalendar::from_csv(
///     "date,kind,name
/// ## 国务院办公厅关于2026年部分节假日安排的通知
/// 2026-01-01,off,元旦
/// 2026-01-02,off,元旦
/// 2026-01-03,off,元旦
/// 2026-01-04,work,元旦调休
/// 2026-10-01,off,国庆节
/// ")?;
/// // 4 January is a Sunday that is worked.
/// let deadline = calendar.add_working_days(parse_iso("2026-01-01")?, 2);
/// assert_eq!(deadline.last_day, parse_iso("2026-01-05")?);
/// assert!(!deadline.provisional);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct HolidayCalendar {
    exceptions: BTreeMap<Date, Kind>,
}

/// The last day of a limit in working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The day at whose end, 24:00 in Shanghai, the limit is over.
    pub last_day: Date,
    /// Whether it may still move, because it was counted through a year whose holidays are not published.
    pub provisional: bool,
}

/// A number of working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingDays {
    /// How many.
    pub days: u32,
    /// Whether it may still change, because it was counted through a year whose holidays are not published.
    pub provisional: bool,
}

/// What is wrong with a table of holidays. Lines count from 1, the header is the first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HolidayError {
    /// The first line is not `date,kind,name`.
    #[error("the first line of the holidays is not date,kind,name")]
    Header,
    /// A line has not three fields, or an empty name, or a quotation mark, which this table does not need.
    #[error("line {line} of the holidays does not have three plain fields: date,kind,name")]
    Fields {
        /// Where.
        line: usize,
    },
    /// A date is none.
    #[error("line {line} of the holidays has a wrong date")]
    Date {
        /// Where.
        line: usize,
        /// Why.
        source: DateError,
    },
    /// A kind is neither `off` nor `work`.
    #[error("line {line} of the holidays has a kind other than off or work")]
    Kind {
        /// Where.
        line: usize,
    },
    /// A weekday is said to be worked, which it is anyway: the date must be wrong.
    #[error("line {line} of the holidays has a working day that is no Saturday or Sunday; check its date")]
    Weekday {
        /// Where.
        line: usize,
    },
    /// A date stands there twice.
    #[error("line {line} of the holidays repeats a date; remove one of the two")]
    Repeated {
        /// Where.
        line: usize,
    },
}

/// In what a day differs from an ordinary week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Off,
    Work,
}

impl HolidayCalendar {
    /// The calendar of a table: CSV with the columns `date,kind,name`, where kind is `off` or, for a Saturday or Sunday
    /// that is worked (调休上班), `work`. Empty lines and lines that begin with `#` are skipped, quotation marks are not
    /// supported, the order does not matter.
    ///
    /// # Errors
    /// [`HolidayError`] with the first line that is wrong.
    pub fn from_csv(text: &str) -> Result<Self, HolidayError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = text.lines().zip(1..);
        let header = lines.next().map(|(header, _)| header.split(',').map(str::trim));
        if !header.is_some_and(|columns| columns.eq(["date", "kind", "name"])) {
            return Err(HolidayError::Header);
        }
        let mut exceptions = BTreeMap::new();
        for (text, line) in lines {
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let (date, kind) = parse_row(text, line)?;
            if exceptions.insert(date, kind).is_some() {
                return Err(HolidayError::Repeated { line });
            }
        }
        Ok(Self { exceptions })
    }

    /// Whether the schedule of `year` is known.
    ///
    /// It is if both its 1 January and its 1 October are days off, as in every notice. One line is not enough: the notice
    /// of a year may dispose of the last days of December before it.
    #[must_use]
    pub fn covers(&self, year: i16) -> bool {
        let off =
            |month, day| Date::new(year, month, day).is_ok_and(|date| self.exceptions.get(&date) == Some(&Kind::Off));
        off(1, 1) && off(10, 1)
    }

    /// Whether `date` is a working day. In a year that is not [covered](Self::covers) every weekday is one, unless the
    /// table has the very day.
    #[must_use]
    pub fn is_working_day(&self, date: Date) -> bool {
        match self.exceptions.get(&date) {
            Some(kind) => *kind == Kind::Work,
            None => !is_weekend(date),
        }
    }

    /// The deadline of a limit of `n` working days that begins with an event on `from`.
    ///
    /// Counting begins on the day after `from`, whether `from` is a working day or not. The `n`-th working day is the last
    /// day; with an `n` of 0 it is `from` itself. The calendar's last day, 9999-12-31, is never passed.
    #[must_use]
    pub fn add_working_days(&self, from: Date, n: u16) -> Deadline {
        let (mut last_day, mut left, mut provisional) = (from, n, false);
        while left > 0 {
            let Ok(next) = last_day.tomorrow() else {
                return Deadline { last_day, provisional: true };
            };
            last_day = next;
            left -= u16::from(self.is_working_day(last_day));
            provisional |= !self.covers(last_day.year());
        }
        Deadline { last_day, provisional }
    }

    /// The working days after `from`, up to and including `to`; none if `to` is not after `from`.
    ///
    /// It is the inverse of [`add_working_days`](Self::add_working_days): between `from` and the last day of a limit lie
    /// just as many as the limit has.
    #[must_use]
    pub fn working_days_between(&self, from: Date, to: Date) -> WorkingDays {
        let Ok(first) = from.tomorrow() else {
            return WorkingDays { days: 0, provisional: false };
        };
        if to < first {
            return WorkingDays { days: 0, provisional: false };
        }
        let (mut more, mut fewer) = (0, 0);
        for (date, kind) in self.exceptions.range(first..=to) {
            match kind {
                Kind::Work => more += 1,
                Kind::Off if !is_weekend(*date) => fewer += 1,
                Kind::Off => {}
            }
        }
        WorkingDays {
            days: weekdays(first, to) + more - fewer,
            provisional: (first.year()..=to.year()).any(|year| !self.covers(year)),
        }
    }
}

impl Deadline {
    /// The first instant at which the limit is over: 00:00 in Shanghai of the day after the last one.
    #[must_use]
    pub fn due_at(self) -> Instant {
        self.last_day.tomorrow().map_or(Instant::MAX, start_of_day_shanghai)
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The days from `first` to `last`, both included and in this order, that are Monday to Friday.
fn weekdays(first: Date, last: Date) -> u32 {
    let days = first.duration_until(last).as_hours() / 24 + 1;
    let days = u32::try_from(days).expect("the last day is not before the first, and the calendar has some 7 million");
    let monday_based = u32::from(first.weekday().to_monday_zero_offset().unsigned_abs());
    let rest = (0..days % 7).filter(|day| (monday_based + day) % 7 < 5).count();
    days / 7 * 5 + u32::try_from(rest).expect("a week has seven days")
}

fn parse_row(text: &str, line: usize) -> Result<(Date, Kind), HolidayError> {
    let fields: Vec<&str> = text.split(',').map(str::trim).collect();
    let [date, kind, name] = fields[..] else {
        return Err(HolidayError::Fields { line });
    };
    if name.is_empty() || text.contains('"') {
        return Err(HolidayError::Fields { line });
    }
    let date = parse_iso(date).map_err(|source| HolidayError::Date { line, source })?;
    match kind {
        "off" => Ok((date, Kind::Off)),
        "work" if is_weekend(date) => Ok((date, Kind::Work)),
        "work" => Err(HolidayError::Weekday { line }),
        _ => Err(HolidayError::Kind { line }),
    }
}

#[cfg(test)]
mod tests;
