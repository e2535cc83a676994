//! Several facts of one sort, each with its own timeline.

use std::collections::BTreeMap;

use kernel::{Date, Instant, Period, Timeline, Version};

use super::as_of::AsOf;

/// Timelines by their keys. Nothing that was recorded is ever lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entries<K, V>(BTreeMap<K, Timeline<V>>);

/// Why an entry is not ended or corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Nothing was ever recorded under the key.
    #[error("there is no such entry")]
    NoSuchEntry,
    /// It holds on no day from the given one on.
    #[error("it does not hold on that day nor later")]
    Ended,
}

impl<K, V> Default for Entries<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Copy, V: Clone + PartialEq> Entries<K, V> {
    /// The entries of timelines that were stored.
    #[must_use]
    pub fn restore(timelines: BTreeMap<K, Timeline<V>>) -> Self {
        Self(timelines)
    }

    /// Every timeline by its key.
    pub fn timelines(&self) -> impl Iterator<Item = (K, &Timeline<V>)> {
        self.0.iter().map(|(key, timeline)| (*key, timeline))
    }

    /// The timeline of a key, if anything was ever recorded.
    #[must_use]
    pub fn timeline(&self, key: K) -> Option<&Timeline<V>> {
        self.0.get(&key)
    }

    /// The timeline of a key, to be written to; empty if nothing was ever recorded.
    pub fn entry(&mut self, key: K) -> &mut Timeline<V> {
        self.0.entry(key).or_default()
    }

    /// What answers, by key.
    pub fn as_of(&self, as_of: AsOf) -> impl Iterator<Item = (K, &Version<V>)> {
        self.0.iter().filter_map(move |(key, timeline)| Some((*key, as_of.of(timeline)?)))
    }

    /// Whether what is known now of another key than `except` holds on a day of `period` and is meant by `meant`.
    #[must_use]
    pub fn overlaps(&self, period: Period, except: Option<K>, meant: impl Fn(&V) -> bool) -> bool {
        self.0.iter().filter(|(key, _)| Some(**key) != except).any(|(_, timeline)| {
            timeline.current().iter().any(|it| it.period.intersection(period).is_some() && meant(&it.value))
        })
    }

    /// Records that `value` holds in `period`.
    pub fn record(&mut self, key: K, period: Period, value: V, now: Instant) {
        self.0.entry(key).or_default().record(period, value, now);
    }

    /// Records that nothing holds from a day on.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn end(&mut self, key: K, day: Date, now: Instant) -> Result<(), EntryError> {
        let timeline = self.0.get_mut(&key).ok_or(EntryError::NoSuchEntry)?;
        let rest = Period::since(day);
        if timeline.current().iter().all(|version| version.period.intersection(rest).is_none()) {
            return Err(EntryError::Ended);
        }
        timeline.clear(rest, now);
        Ok(())
    }

    /// Replaces all that is known under a key.
    ///
    /// # Errors
    /// [`EntryError::NoSuchEntry`].
    pub fn correct(&mut self, key: K, period: Period, value: V, now: Instant) -> Result<(), EntryError> {
        let timeline = self.0.get_mut(&key).ok_or(EntryError::NoSuchEntry)?;
        if matches!(&timeline.current()[..], [one] if one.period == period && one.value == value) {
            return Ok(());
        }
        timeline.clear(Period::always(), now);
        timeline.record(period, value, now);
        Ok(())
    }

    /// Grows with every change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.0.values().map(revision).sum()
    }
}

/// Grows with every change of a timeline: versions are added and superseded, never taken away.
#[must_use]
pub fn revision<T: Clone + PartialEq>(timeline: &Timeline<T>) -> u64 {
    let superseded = timeline.versions().iter().filter(|version| !version.is_current()).count();
    (timeline.versions().len() + superseded) as u64
}

#[cfg(test)]
mod tests;
