//! Facts with two times: for which days a fact holds (valid), and since when we know it (recorded).
//!
//! A correction never overwrites: what was believed before stays, marked with the instant at which it was superseded.
//! So "what held on that day, as far as we knew at that instant" always has an answer.

use crate::time::{Date, Instant};

/// Days from one to before another, without end if there is none. Never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    from: Date,
    until: Option<Date>,
}

/// A period that ends before it begins, or on the day on which it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the period ends before it has lasted a day")]
pub struct EmptyPeriod;

impl Period {
    /// From `from` on, until the day before `until`.
    ///
    /// # Errors
    /// [`EmptyPeriod`].
    pub fn new(from: Date, until: Option<Date>) -> Result<Self, EmptyPeriod> {
        if until.is_some_and(|until| until <= from) { Err(EmptyPeriod) } else { Ok(Self { from, until }) }
    }

    /// From a day on, without end.
    #[must_use]
    pub fn since(from: Date) -> Self {
        Self { from, until: None }
    }

    /// All days: what was so since before anybody asked begins on 1 January of the year 1.
    #[must_use]
    pub fn always() -> Self {
        Self::since(Date::constant(1, 1, 1))
    }

    /// The first day.
    #[must_use]
    pub fn from(self) -> Date {
        self.from
    }

    /// The first day after it, `None` if it does not end.
    #[must_use]
    pub fn until(self) -> Option<Date> {
        self.until
    }

    /// Whether `day` lies in it.
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// The days that are in both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        let until = match (self.until, other.until) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        Self::new(self.from.max(other.from), until).ok()
    }

    /// The days of this one that are not in `other`: before it, and after it.
    #[must_use]
    pub fn without(self, other: Self) -> [Option<Self>; 2] {
        if self.intersection(other).is_none() {
            return [Some(self), None];
        }
        let before = Self::new(self.from, Some(other.from)).ok();
        let after = other.until.and_then(|until| Self::new(until, self.until).ok());
        [before, after]
    }
}

/// A value for a period, as it was known for some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version<T> {
    /// Counts the versions of a timeline from 0, in the order of their recording.
    pub number: u32,
    /// The value.
    pub value: T,
    /// The days for which it holds.
    pub period: Period,
    /// When it was recorded.
    pub recorded: Instant,
    /// When something else was recorded for its days; `None` while it is what we know.
    pub superseded: Option<Instant>,
}

impl<T> Version<T> {
    /// Whether it is what we know now.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.superseded.is_none()
    }

    /// Whether it was what we knew at `instant`.
    #[must_use]
    pub fn known_at(&self, instant: Instant) -> bool {
        self.recorded <= instant && self.superseded.is_none_or(|superseded| instant < superseded)
    }
}

/// Versions that cannot stand in one timeline together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimelineError {
    /// Two versions say something of the same day, both known at once.
    #[error("two versions hold on the same day")]
    Overlap,
    /// Two versions have one number.
    #[error("two versions have the same number")]
    NumberTwice,
}

/// Everything that was ever recorded of one fact that has at most one value on a day: an address, a level of schooling.
///
/// **Invariant:** at every instant the versions known then overlap nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline<T> {
    /// In the order of their numbers.
    versions: Vec<Version<T>>,
}

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Self { versions: Vec::new() }
    }
}

impl<T: Clone + PartialEq> Timeline<T> {
    /// A timeline that begins with one value.
    #[must_use]
    pub fn beginning(period: Period, value: T, now: Instant) -> Self {
        Self { versions: vec![Version { number: 0, value, period, recorded: now, superseded: None }] }
    }

    /// The timeline of versions that were stored. For reading, the ones known at the instant of interest suffice; for
    /// writing it takes all of them.
    ///
    /// # Errors
    /// [`TimelineError`] if they cannot stand together.
    pub fn restore(mut versions: Vec<Version<T>>) -> Result<Self, TimelineError> {
        versions.sort_by_key(|version| version.number);
        if versions.windows(2).any(|pair| pair[0].number == pair[1].number) {
            return Err(TimelineError::NumberTwice);
        }
        let mut current: Vec<Period> =
            versions.iter().filter(|version| version.is_current()).map(|version| version.period).collect();
        current.sort();
        let overlap = current.windows(2).any(|pair| pair[0].intersection(pair[1]).is_some());
        if overlap { Err(TimelineError::Overlap) } else { Ok(Self { versions }) }
    }

    /// Every version, in the order of recording.
    #[must_use]
    pub fn versions(&self) -> &[Version<T>] {
        &self.versions
    }

    /// What we know now, in the order of days.
    #[must_use]
    pub fn current(&self) -> Vec<&Version<T>> {
        in_order(self.versions.iter().filter(|version| version.is_current()))
    }

    /// What we knew at an instant, in the order of days.
    #[must_use]
    pub fn known_at(&self, instant: Instant) -> Vec<&Version<T>> {
        in_order(self.versions.iter().filter(|version| version.known_at(instant)))
    }

    /// What holds on a day, as far as we know now.
    #[must_use]
    pub fn on(&self, day: Date) -> Option<&T> {
        self.versions.iter().find(|version| version.is_current() && version.period.contains(day)).map(|it| &it.value)
    }

    /// What held on a day, as far as we knew at an instant.
    #[must_use]
    pub fn as_of(&self, day: Date, instant: Instant) -> Option<&T> {
        let held = |version: &&Version<T>| version.known_at(instant) && version.period.contains(day);
        self.versions.iter().find(held).map(|it| &it.value)
    }

    /// The version that holds from some day on without end, `None` if the fact has ended or was never recorded.
    #[must_use]
    pub fn open(&self) -> Option<&Version<T>> {
        self.versions.iter().find(|version| version.is_current() && version.period.until.is_none())
    }

    /// Records that `value` holds in `period`, whatever was known of these days before. The same value again is no
    /// change.
    pub fn record(&mut self, period: Period, value: T, now: Instant) {
        let same = |version: &Version<T>| {
            version.is_current() && version.value == value && version.period.intersection(period) == Some(period)
        };
        if self.versions.iter().any(same) {
            return;
        }
        self.clear(period, now);
        self.add(period, value, now);
    }

    /// Changes what is known in `period`, value by value. Days of which nothing is known stay so.
    pub fn amend(&mut self, period: Period, now: Instant, change: impl Fn(&T) -> T) {
        for index in 0..self.versions.len() {
            let version = &self.versions[index];
            let (true, Some(days)) = (version.is_current(), version.period.intersection(period)) else {
                continue;
            };
            let changed = change(&version.value);
            if changed != version.value {
                self.supersede(index, days, now);
                self.add(days, changed, now);
            }
        }
    }

    /// Records that nothing holds in `period`.
    pub fn clear(&mut self, period: Period, now: Instant) {
        for index in 0..self.versions.len() {
            let version = &self.versions[index];
            if let (true, Some(days)) = (version.is_current(), version.period.intersection(period)) {
                self.supersede(index, days, now);
            }
        }
    }

    /// Takes `days` out of a version: it is superseded, and what is left of it recorded anew.
    fn supersede(&mut self, index: usize, days: Period, now: Instant) {
        let version = &mut self.versions[index];
        version.superseded = Some(now);
        let (period, value) = (version.period, version.value.clone());
        for rest in period.without(days).into_iter().flatten() {
            self.add(rest, value.clone(), now);
        }
    }

    fn add(&mut self, period: Period, value: T, now: Instant) {
        let number = self.versions.last().map_or(0, |last| last.number + 1);
        self.versions.push(Version { number, value, period, recorded: now, superseded: None });
    }
}

fn in_order<'a, T>(versions: impl Iterator<Item = &'a Version<T>>) -> Vec<&'a Version<T>> {
    let mut versions: Vec<_> = versions.collect();
    versions.sort_by_key(|version| version.period);
    versions
}

#[cfg(test)]
mod tests;
