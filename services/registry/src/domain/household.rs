//! Those who live together (家庭), and their means. Where a household is registered is another matter: see
//! [`super::profile::Household`].

use std::collections::BTreeMap;

use kernel::time::shanghai_date;
use kernel::{ChildId, Date, HouseholdId, Instant, Period, PersonId, Timeline};

use super::as_of::AsOf;
use super::entries::{Entries, EntryError, revision};
use super::evidence::Evidence;
use super::secret::secret;
use super::surroundings::days;

/// Who may belong to a household.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Member {
    /// A child.
    Child(ChildId),
    /// A person.
    Person(PersonId),
}

/// That a member belongs to a household. **Sensitive (level 3).** `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Membership {
    /// What the member is to the head, in the office's word: 长子.
    pub relation: String,
}

/// A family's means (家庭经济状况). **Sensitive (level 3).** `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct FamilyMeans {
    /// Poor by the local standard.
    pub in_poverty: bool,
    /// Receives the minimum living grant (低保) or extreme poverty support (特困).
    pub minimum_living_grant: bool,
    /// The documents behind it.
    pub evidence: Vec<Evidence>,
}

impl FamilyMeans {
    /// Whether the family is poor: who receives the grant was found to be.
    #[must_use]
    pub fn is_poor(&self) -> bool {
        self.in_poverty || self.minimum_living_grant
    }
}

/// One household.
#[derive(Clone, PartialEq, Eq)]
pub struct Household {
    id: HouseholdId,
    members: Entries<Member, Membership>,
    means: Timeline<FamilyMeans>,
}

/// Why a change of a household is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HouseholdError {
    /// In the future.
    #[error("the day is in the future")]
    ImpossibleDay,
    /// The member never belonged to it.
    #[error("there is no such member")]
    NoSuchMember,
    /// The member does not belong to it from the given day on.
    #[error("the member does not belong to it on that day nor later")]
    MemberLeft,
}

impl From<EntryError> for HouseholdError {
    fn from(error: EntryError) -> Self {
        match error {
            EntryError::NoSuchEntry => Self::NoSuchMember,
            EntryError::Ended => Self::MemberLeft,
        }
    }
}

impl Household {
    /// A household to which nobody belongs yet.
    #[must_use]
    pub fn open(id: HouseholdId) -> Self {
        Self { id, members: Entries::default(), means: Timeline::default() }
    }

    /// A household as it was stored.
    #[must_use]
    pub fn restore(
        id: HouseholdId,
        members: BTreeMap<Member, Timeline<Membership>>,
        means: Timeline<FamilyMeans>,
    ) -> Self {
        Self { id, members: Entries::restore(members), means }
    }

    /// The household's identifier.
    #[must_use]
    pub fn id(&self) -> HouseholdId {
        self.id
    }

    /// Who belongs to it.
    #[must_use]
    pub fn members(&self) -> &Entries<Member, Membership> {
        &self.members
    }

    /// Its means, by their days.
    #[must_use]
    pub fn means(&self) -> &Timeline<FamilyMeans> {
        &self.means
    }

    /// Whether a member belongs to it.
    #[must_use]
    pub fn has(&self, member: Member, as_of: AsOf) -> bool {
        self.members.timeline(member).is_some_and(|timeline| as_of.of(timeline).is_some())
    }

    /// Grows with every change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.members.revision() + revision(&self.means)
    }

    /// Records that a member belongs to it.
    ///
    /// # Errors
    /// [`HouseholdError::ImpossibleDay`].
    pub fn join(
        &self,
        member: Member,
        membership: Membership,
        period: Period,
        now: Instant,
    ) -> Result<Self, HouseholdError> {
        possible(period, now)?;
        let mut changed = self.clone();
        changed.members.record(member, period, membership, now);
        Ok(changed)
    }

    /// Records that a member belongs to it no longer from a day on.
    ///
    /// # Errors
    /// [`HouseholdError`].
    pub fn leave(&self, member: Member, day: Date, now: Instant) -> Result<Self, HouseholdError> {
        let mut changed = self.clone();
        changed.members.end(member, day, now)?;
        Ok(changed)
    }

    /// The days on which a member belongs to it.
    #[must_use]
    pub fn days_of(&self, member: Member) -> Vec<Period> {
        self.members.timeline(member).map(days::periods).unwrap_or_default()
    }

    /// Lets one member take another's place on days that are not occupied. Returns these days.
    pub fn take_over(&mut self, from: Member, to: Member, occupied: &[Period], now: Instant) -> Vec<Period> {
        let Some(theirs) = self.members.timeline(from).cloned().filter(|theirs| !theirs.current().is_empty()) else {
            return Vec::new();
        };
        let mut own = self.members.timeline(to).cloned().unwrap_or_default();
        let taken = days::take_over(&mut own, &theirs, occupied, Period::always(), now);
        if !taken.is_empty() {
            *self.members.entry(to) = own;
        }
        taken
    }

    /// Gives a place that was taken over back.
    pub fn give_back(&mut self, from: Member, to: Member, taken: &[Period], now: Instant) {
        if taken.is_empty() {
            return;
        }
        let mut own = self.members.entry(from).clone();
        days::give_back(&mut own, self.members.entry(to), taken, now);
        *self.members.entry(from) = own;
    }

    /// Takes a member out for some days. Returns what held on them.
    pub fn withdraw(&mut self, member: Member, period: Period, now: Instant) -> Vec<(Period, Membership)> {
        let Some(timeline) = self.members.timeline(member) else { return Vec::new() };
        let held = timeline.current().into_iter();
        let held = held.filter_map(|it| Some((it.period.intersection(period)?, it.value.clone())));
        let held: Vec<_> = held.collect();
        if !held.is_empty() {
            self.members.entry(member).clear(period, now);
        }
        held
    }

    /// Records what held of a member on some days.
    pub fn put_back(&mut self, member: Member, held: impl IntoIterator<Item = (Period, Membership)>, now: Instant) {
        for (period, membership) in held {
            self.members.record(member, period, membership, now);
        }
    }

    /// Records its means.
    ///
    /// # Errors
    /// [`HouseholdError::ImpossibleDay`].
    pub fn value(&self, means: FamilyMeans, period: Period, now: Instant) -> Result<Self, HouseholdError> {
        possible(period, now)?;
        let mut changed = self.clone();
        changed.means.record(period, means, now);
        Ok(changed)
    }
}

fn possible(period: Period, now: Instant) -> Result<(), HouseholdError> {
    if period.from() > shanghai_date(now) { Err(HouseholdError::ImpossibleDay) } else { Ok(()) }
}

/// Says only which one it is.
impl std::fmt::Debug for Household {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Household").field("id", &self.id).finish_non_exhaustive()
    }
}

secret!(Membership, FamilyMeans);

#[cfg(test)]
mod tests;
