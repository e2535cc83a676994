//! What the registry keeps of a person, and how it changes.

use std::collections::BTreeMap;

use kernel::time::shanghai_date;
use kernel::{CitizenId, Date, Instant, Period, PersonId, SituationId, Timeline};

use super::identity::{Contact, Identity};
use super::situation::{Condition, Situation};
use crate::domain::as_of::AsOf;
use crate::domain::entries::{Entries, EntryError, revision};

/// One person.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    id: PersonId,
    /// Holds without end from some day on, always.
    identity: Timeline<Identity>,
    contact: Timeline<Contact>,
    situations: Entries<SituationId, Situation>,
}

/// Why a change of a person is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonError {
    /// Before the person's birth, or in the future.
    #[error("the day is before the person's birth or in the future")]
    ImpossibleDay,
    /// No such situation was recorded.
    #[error("there is no such situation")]
    NoSuchSituation,
    /// The situation holds on no day from the given one on.
    #[error("the situation does not hold on that day nor later")]
    SituationEnded,
    /// The same condition is recorded for one of the days.
    #[error("the same condition is recorded for one of these days already")]
    SituationOverlaps,
}

impl From<EntryError> for PersonError {
    fn from(error: EntryError) -> Self {
        match error {
            EntryError::NoSuchEntry => Self::NoSuchSituation,
            EntryError::Ended => Self::SituationEnded,
        }
    }
}

impl Person {
    /// Opens the file of a person who is reached so from today on.
    #[must_use]
    pub fn register(id: PersonId, identity: Identity, contact: Option<Contact>, now: Instant) -> Self {
        let identity = Timeline::beginning(Period::always(), identity, now);
        let today = Period::since(shanghai_date(now));
        let contact = contact.map(|contact| Timeline::beginning(today, contact, now)).unwrap_or_default();
        Self { id, identity, contact, situations: Entries::default() }
    }

    /// The file of what was stored, `None` if no identity stands.
    #[must_use]
    pub fn restore(
        id: PersonId,
        identity: Timeline<Identity>,
        contact: Timeline<Contact>,
        situations: BTreeMap<SituationId, Timeline<Situation>>,
    ) -> Option<Self> {
        identity.open()?;
        Some(Self { id, identity, contact, situations: Entries::restore(situations) })
    }

    /// The file's identifier.
    #[must_use]
    pub fn id(&self) -> PersonId {
        self.id
    }

    /// Who the person is, by its days.
    #[must_use]
    pub fn identity(&self) -> &Timeline<Identity> {
        &self.identity
    }

    /// How the person is reached, by its days.
    #[must_use]
    pub fn contact(&self) -> &Timeline<Contact> {
        &self.contact
    }

    /// What befell the person.
    #[must_use]
    pub fn situations(&self) -> &Entries<SituationId, Situation> {
        &self.situations
    }

    /// Who the person is by what is known now.
    #[must_use]
    pub fn latest(&self) -> &Identity {
        &self.identity.open().expect("an identity stands without end").value
    }

    /// The citizen ID that no other person may have.
    #[must_use]
    pub fn citizen_id(&self) -> Option<CitizenId> {
        self.latest().citizen_id
    }

    /// The conditions that hold.
    pub fn conditions(&self, as_of: AsOf) -> impl Iterator<Item = (Period, &Condition)> {
        self.situations.as_of(as_of).map(|(_, version)| (version.period, &version.value.condition))
    }

    /// Grows with every change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        revision(&self.identity) + revision(&self.contact) + self.situations.revision()
    }

    /// Writes anew who the person is: from a day on, or for all days.
    ///
    /// # Errors
    /// [`PersonError::ImpossibleDay`].
    pub fn update(&self, identity: Identity, from: Option<Date>, now: Instant) -> Result<Self, PersonError> {
        let mut person = self.clone();
        let period = from.map_or(Period::always(), Period::since);
        if let Some(day) = from {
            person.possible(day, now)?;
        }
        person.identity.record(period, identity, now);
        Ok(person)
    }

    /// Records how the person is reached.
    ///
    /// # Errors
    /// [`PersonError::ImpossibleDay`].
    pub fn reach(&self, contact: Contact, period: Period, now: Instant) -> Result<Self, PersonError> {
        self.possible(period.from(), now)?;
        let mut person = self.clone();
        person.contact.record(period, contact, now);
        Ok(person)
    }

    /// Records a situation.
    ///
    /// # Errors
    /// [`PersonError`].
    pub fn record_situation(
        &self,
        id: SituationId,
        situation: Situation,
        period: Period,
        now: Instant,
    ) -> Result<Self, PersonError> {
        self.admits(id, &situation, period, now)?;
        let mut person = self.clone();
        person.situations.record(id, period, situation, now);
        Ok(person)
    }

    /// Ends a situation: `day` is the first for which it no longer holds.
    ///
    /// # Errors
    /// [`PersonError`].
    pub fn end_situation(&self, id: SituationId, day: Date, now: Instant) -> Result<Self, PersonError> {
        let mut person = self.clone();
        person.situations.end(id, day, now)?;
        Ok(person)
    }

    /// Replaces what was recorded of a situation.
    ///
    /// # Errors
    /// [`PersonError`].
    pub fn correct_situation(
        &self,
        id: SituationId,
        situation: Situation,
        period: Period,
        now: Instant,
    ) -> Result<Self, PersonError> {
        if self.situations.timeline(id).is_none() {
            return Err(PersonError::NoSuchSituation);
        }
        self.admits(id, &situation, period, now)?;
        let mut person = self.clone();
        person.situations.correct(id, period, situation, now)?;
        Ok(person)
    }

    fn admits(&self, id: SituationId, new: &Situation, period: Period, now: Instant) -> Result<(), PersonError> {
        self.possible(period.from(), now)?;
        if let Condition::OutOfContact { police_accepted_on: Some(day) } = new.condition {
            self.possible(day, now)?;
        }
        let same = |other: &Situation| other.condition.number() == new.condition.number();
        if self.situations.overlaps(period, Some(id), same) {
            return Err(PersonError::SituationOverlaps);
        }
        Ok(())
    }

    fn possible(&self, day: Date, now: Instant) -> Result<(), PersonError> {
        let born = self.latest().birth_date;
        if day > shanghai_date(now) || born.is_some_and(|born| day < born) {
            return Err(PersonError::ImpossibleDay);
        }
        Ok(())
    }
}

/// Says only which one it is.
impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
