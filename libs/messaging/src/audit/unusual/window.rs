use std::time::Duration;

use kernel::Instant;
use kernel::time::{shanghai_date, start_of_day_shanghai};
use platform::config::DailySpan;

/// How long an hour is.
const HOUR: Duration = Duration::from_hours(1);
/// And a day, in Shanghai every one.
const DAY: Duration = Duration::from_hours(24);

/// A span of time in which calls are counted together. Those that end first come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Window {
    /// It ends before this instant.
    pub(super) until: Instant,
    /// It begins with this one.
    pub(super) from: Instant,
}

impl Window {
    /// The clock's hour of an instant.
    pub(super) fn hour(at: Instant) -> Self {
        let hour = i64::try_from(HOUR.as_micros()).expect("an hour is short");
        let from = Instant::from_micros(at.as_micros().div_euclid(hour) * hour);
        Self { from, until: from.saturating_add(HOUR) }
    }

    /// The night of an instant; `None` by day.
    pub(super) fn night(at: Instant, night: DailySpan) -> Option<Self> {
        let today = start_of_day_shanghai(shanghai_date(at));
        let of_day =
            |day: Instant| Self { from: day.saturating_add(night.from()), until: day.saturating_add(night.until()) };
        [today.saturating_sub(DAY), today].into_iter().map(of_day).find(|window| window.from <= at && at < window.until)
    }

    /// Itself, or the first one after it that is not over by then: the next hour or night.
    pub(super) fn not_over_by(self, then: Instant, is_night: bool) -> Self {
        let period = if is_night { DAY } else { HOUR };
        if self.until > then {
            return self;
        }
        let late = then.saturating_duration_since(self.until);
        let periods = u32::try_from(late.as_micros() / period.as_micros() + 1).unwrap_or(u32::MAX);
        let by = period.saturating_mul(periods);
        Self { from: self.from.saturating_add(by), until: self.until.saturating_add(by) }
    }
}
