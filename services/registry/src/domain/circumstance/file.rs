//! All circumstances of one child, and how they change.

use kernel::time::shanghai_date;
use kernel::{ChildId, Date, Division, Instant, Period, Timeline};

use super::value::{Aspect, Circumstance};
use crate::domain::as_of::AsOf;
use crate::domain::entries::{Entries, EntryError};
use crate::domain::surroundings::days;

/// All circumstances of one child.
///
/// **Invariant:** by what is known at any instant, at most one thing of an aspect is so on a day, and a timeline holds
/// things of its aspect alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Circumstances {
    child: ChildId,
    aspects: Entries<Aspect, Circumstance>,
}

/// A child is left behind from a day on, or no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftBehindChanged {
    /// The child.
    pub child: ChildId,
    /// The county of household registration.
    pub county: Division,
    /// The first day; nothing where it was recorded by mistake.
    pub from: Option<Date>,
    /// The first day on which it is no longer so.
    pub until: Option<Date>,
}

/// Why a change of circumstances is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CircumstanceError {
    /// Before the child's birth, or in the future.
    #[error("the day is before the child's birth or in the future")]
    ImpossibleDay,
    /// Nothing of the aspect is so from the given day on.
    #[error("it is not so on that day nor later")]
    Ended,
}

impl From<EntryError> for CircumstanceError {
    fn from(error: EntryError) -> Self {
        match error {
            EntryError::NoSuchEntry | EntryError::Ended => Self::Ended,
        }
    }
}

impl Circumstances {
    /// Nothing is known of the child.
    #[must_use]
    pub fn of(child: ChildId) -> Self {
        Self { child, aspects: Entries::default() }
    }

    /// The circumstances as they were stored, `None` if a timeline mixes aspects or two are of one.
    #[must_use]
    pub fn restore(child: ChildId, timelines: impl IntoIterator<Item = Timeline<Circumstance>>) -> Option<Self> {
        let mut aspects = std::collections::BTreeMap::new();
        for timeline in timelines {
            let aspect = timeline.versions().first()?.value.aspect();
            let pure = timeline.versions().iter().all(|version| version.value.aspect() == aspect);
            if !pure || aspects.insert(aspect, timeline).is_some() {
                return None;
            }
        }
        Some(Self { child, aspects: Entries::restore(aspects) })
    }

    /// Of whom.
    #[must_use]
    pub fn child(&self) -> ChildId {
        self.child
    }

    /// The timelines by aspect.
    #[must_use]
    pub fn aspects(&self) -> &Entries<Aspect, Circumstance> {
        &self.aspects
    }

    /// What is so of an aspect.
    #[must_use]
    pub fn get(&self, aspect: Aspect, as_of: AsOf) -> Option<&Circumstance> {
        Some(&as_of.of(self.aspects.timeline(aspect)?)?.value)
    }

    /// Grows with every change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.aspects.revision()
    }

    /// Records what is so. `born` is the child's day of birth.
    ///
    /// # Errors
    /// [`CircumstanceError::ImpossibleDay`].
    pub fn record(
        &self,
        circumstance: Circumstance,
        period: Period,
        born: Date,
        now: Instant,
    ) -> Result<Self, CircumstanceError> {
        if period.from() < born || period.from() > shanghai_date(now) {
            return Err(CircumstanceError::ImpossibleDay);
        }
        let mut changed = self.clone();
        changed.aspects.record(circumstance.aspect(), period, circumstance, now);
        Ok(changed)
    }

    /// Records that nothing of an aspect is so from a day on.
    ///
    /// # Errors
    /// [`CircumstanceError::Ended`].
    pub fn end(&self, aspect: Aspect, day: Date, now: Instant) -> Result<Self, CircumstanceError> {
        let mut changed = self.clone();
        changed.aspects.end(aspect, day, now)?;
        Ok(changed)
    }

    /// Takes over from another file of the child what is so on days of which nothing of an aspect is known here. Returns these
    /// days.
    pub fn take_over(&mut self, closes: &Self, now: Instant) -> Vec<(Aspect, Period)> {
        let mut taken = Vec::new();
        for (aspect, timeline) in closes.aspects.timelines().filter(|(_, timeline)| !timeline.current().is_empty()) {
            let own = self.aspects.entry(aspect);
            let occupied = days::periods(own);
            let over = days::take_over(own, timeline, &occupied, Period::always(), now);
            taken.extend(over.into_iter().map(|days| (aspect, days)));
        }
        taken
    }

    /// Gives what was taken over back to the file from which it came.
    pub fn give_back(&mut self, restored: &mut Self, taken: &[(Aspect, Period)], now: Instant) {
        for (aspect, days) in taken {
            days::give_back(self.aspects.entry(*aspect), restored.aspects.entry(*aspect), &[*days], now);
        }
    }

    /// What is to be told if, after `before`, the days on which the child is left behind are others. Where it is and who
    /// cares is not told, so that a change of these alone is no news.
    #[must_use]
    pub fn left_behind_changed(&self, before: &Self, county: Division) -> Option<LeftBehindChanged> {
        let (old, new) = (before.left_behind(), self.left_behind());
        if old == new {
            return None;
        }
        let (from, until) = match (old.last(), new.last()) {
            (_, Some(period)) => (Some(period.from()), period.until()),
            // It never was: it ended before it began.
            (Some(withdrawn), None) => (None, Some(withdrawn.from())),
            (None, None) => return None,
        };
        Some(LeftBehindChanged { child: self.child, county, from, until })
    }

    /// On which day the consent was given that stands on `day`: that the human-resources office is told of the 18th birthday.
    #[must_use]
    pub fn handover_consented_on(&self, day: Date) -> Option<Date> {
        let standing = self.aspects.timeline(Aspect::HandoverConsent)?.current();
        standing.into_iter().find(|version| version.period.contains(day)).map(|version| version.period.from())
    }

    /// The days on which the child is left behind, without a seam where two periods touch.
    fn left_behind(&self) -> Vec<Period> {
        let timeline = self.aspects.timeline(Aspect::LeftBehind);
        let mut periods: Vec<Period> = Vec::new();
        for version in timeline.map(Timeline::current).unwrap_or_default() {
            match periods.last_mut() {
                Some(last) if last.until() == Some(version.period.from()) => {
                    *last = Period::new(last.from(), version.period.until()).expect("it grows at its end");
                }
                _ => periods.push(version.period),
            }
        }
        periods
    }
}

/// Says only of whom.
impl std::fmt::Debug for Circumstances {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Circumstances").field("child", &self.child).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
