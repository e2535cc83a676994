use std::time::Duration;

use serde::Deserialize;

use super::read;

/// `[unusual]`. A threshold of 0 is never reached.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnusualConfig {
    /// Different children whom single calls show a caller within an hour, all its actors together.
    #[serde(deserialize_with = "read::whole::<0, 10_000_000, _, _>")]
    pub bulk_children: u64,
    /// The same of one actor.
    #[serde(deserialize_with = "read::whole::<0, 10_000_000, _, _>")]
    pub bulk_children_of_actor: u64,
    /// Different children whom exports show a caller within an hour.
    #[serde(deserialize_with = "read::whole::<0, 10_000_000, _, _>")]
    pub exported_children: u64,
    /// When it is night, Shanghai time; nothing means never.
    #[serde(deserialize_with = "read::daily_span")]
    pub night: Option<DailySpan>,
    /// Calls that show a caller children in a night.
    #[serde(deserialize_with = "read::whole::<0, 1_000_000, _, _>")]
    pub night_calls: u64,
    /// Calls of an office for what lies outside of its area, within an hour.
    #[serde(deserialize_with = "read::whole::<0, 1_000_000, _, _>")]
    pub outside_area_calls: u64,
    /// How often the audit is looked at.
    #[serde(rename = "look_seconds", deserialize_with = "read::seconds::<1, 3600, _>")]
    pub look: Duration,
    /// How long after its end an hour or a night is judged.
    #[serde(rename = "settle_seconds", deserialize_with = "read::seconds::<0, 3600, _>")]
    pub settle: Duration,
}

/// From one time of day to another, which may be of the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailySpan {
    from: Duration,
    until: Duration,
}

const DAY: Duration = Duration::from_hours(24);

impl DailySpan {
    /// Reads `22:00-06:00`; `None` for any other form, or for no time at all.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (from, until) = text.split_once('-')?;
        let (from, until) = (time_of_day(from)?, time_of_day(until)?);
        (from != until).then_some(Self { from, until })
    }

    /// When it begins, after the beginning of its day.
    #[must_use]
    pub fn from(self) -> Duration {
        self.from
    }

    /// When it ends, after the beginning of the day on which it began.
    #[must_use]
    pub fn until(self) -> Duration {
        if self.until > self.from { self.until } else { self.until + DAY }
    }
}

/// `06:00`, to `23:59`.
fn time_of_day(text: &str) -> Option<Duration> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |digits: &str, below: u64| {
        let is_written_so = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u64>().ok().filter(|number| is_written_so && *number < below)
    };
    Some(Duration::from_mins(60 * number(hours, 24)? + number(minutes, 60)?))
}
