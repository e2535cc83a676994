//! The roles around one child, and how they change.

use std::collections::BTreeMap;

use kernel::time::shanghai_date;
use kernel::{ChildId, Date, Division, Instant, Period, PersonId, RoleId, Timeline};

use super::role::{Role, RoleKind};
use crate::domain::as_of::AsOf;
use crate::domain::entries::{Entries, EntryError};
use crate::domain::surroundings::{TakenRole, days};

/// The roles around one child.
///
/// **Invariant:** by what is known at any instant, the child has one father and one mother on a day at most, and nobody
/// has one role twice.
#[derive(Clone, PartialEq, Eq)]
pub struct Guardianship {
    child: ChildId,
    roles: Entries<RoleId, Role>,
}

/// Who stands around a child changed; nothing is said of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuardianshipChanged {
    /// The child.
    pub child: ChildId,
    /// The county of household registration.
    pub county: Division,
    /// The first day that is seen differently.
    pub on: Date,
}

/// Why a change of roles is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuardianshipError {
    /// Before the child's birth, or in the future.
    #[error("the day is before the child's birth or in the future")]
    ImpossibleDay,
    /// No such role was recorded.
    #[error("there is no such role")]
    NoSuchRole,
    /// The role holds on no day from the given one on.
    #[error("the role does not hold on that day nor later")]
    RoleEnded,
    /// The child has another father or mother on one of the days.
    #[error("the child has another such parent on one of these days")]
    ParentTaken,
    /// The person has the same role on one of the days.
    #[error("the person has this role on one of these days already")]
    RoleOverlaps,
    /// A correction names another person.
    #[error("a role stays its person's: end it and give another one a new role")]
    OtherPerson,
}

impl From<EntryError> for GuardianshipError {
    fn from(error: EntryError) -> Self {
        match error {
            EntryError::NoSuchEntry => Self::NoSuchRole,
            EntryError::Ended => Self::RoleEnded,
        }
    }
}

impl Guardianship {
    /// Nobody stands around the child, as far as is known.
    #[must_use]
    pub fn of(child: ChildId) -> Self {
        Self { child, roles: Entries::default() }
    }

    /// The roles as they were stored.
    #[must_use]
    pub fn restore(child: ChildId, roles: BTreeMap<RoleId, Timeline<Role>>) -> Self {
        Self { child, roles: Entries::restore(roles) }
    }

    /// Around whom.
    #[must_use]
    pub fn child(&self) -> ChildId {
        self.child
    }

    /// The roles.
    #[must_use]
    pub fn roles(&self) -> &Entries<RoleId, Role> {
        &self.roles
    }

    /// The father or mother.
    #[must_use]
    pub fn parent(&self, kind: RoleKind, as_of: AsOf) -> Option<PersonId> {
        let mut roles = self.roles.as_of(as_of).map(|(_, version)| &version.value);
        roles.find(|role| kind.is_parent() && role.kind == kind).map(|role| role.person)
    }

    /// Both parents, as far as they are known.
    pub fn parents(&self, as_of: AsOf) -> impl Iterator<Item = PersonId> {
        [RoleKind::Father, RoleKind::Mother].into_iter().filter_map(move |kind| self.parent(kind, as_of))
    }

    /// Everybody who ever had a role, mistaken entries included.
    pub fn persons(&self) -> impl Iterator<Item = PersonId> {
        let versions = self.roles.timelines().flat_map(|(_, timeline)| timeline.versions());
        versions.map(|version| version.value.person)
    }

    /// Grows with every change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.roles.revision()
    }

    /// Gives a person a role. `born` is the child's day of birth.
    ///
    /// # Errors
    /// [`GuardianshipError`].
    pub fn assign(
        &self,
        id: RoleId,
        role: Role,
        period: Period,
        born: Date,
        now: Instant,
    ) -> Result<Self, GuardianshipError> {
        self.admits(id, &role, period, born, now)?;
        let mut changed = self.clone();
        changed.roles.record(id, period, role, now);
        Ok(changed)
    }

    /// Ends a role: `day` is the first for which it no longer holds.
    ///
    /// # Errors
    /// [`GuardianshipError`].
    pub fn end(&self, id: RoleId, day: Date, now: Instant) -> Result<Self, GuardianshipError> {
        let mut changed = self.clone();
        changed.roles.end(id, day, now)?;
        Ok(changed)
    }

    /// Replaces what was recorded of a role.
    ///
    /// # Errors
    /// [`GuardianshipError`].
    pub fn correct(
        &self,
        id: RoleId,
        role: Role,
        period: Period,
        born: Date,
        now: Instant,
    ) -> Result<Self, GuardianshipError> {
        let recorded = self.roles.timeline(id).ok_or(GuardianshipError::NoSuchRole)?;
        if recorded.versions().iter().any(|version| version.value.person != role.person) {
            return Err(GuardianshipError::OtherPerson);
        }
        self.admits(id, &role, period, born, now)?;
        let mut changed = self.clone();
        changed.roles.correct(id, period, role, now)?;
        Ok(changed)
    }

    /// Takes over the roles around another file of the child for days on which nobody else is father or mother here, and
    /// nobody has the same role. `next` names them. Returns these days.
    pub fn take_over(&mut self, closes: &Self, mut next: impl FnMut() -> RoleId, now: Instant) -> Vec<TakenRole> {
        let mut taken = Vec::new();
        for (from, timeline) in closes.roles.timelines() {
            let Some(role) = timeline.current().first().map(|version| version.value.clone()) else { continue };
            let occupied = self.days_like(&role);
            let mut own = Timeline::default();
            let over = days::take_over(&mut own, timeline, &occupied, Period::always(), now);
            if over.is_empty() {
                continue;
            }
            let to = next();
            *self.roles.entry(to) = own;
            taken.extend(over.into_iter().map(|days| TakenRole { from, to, days }));
        }
        taken
    }

    /// Gives what was taken over back to the file from which it came.
    pub fn give_back(&mut self, restored: &mut Self, taken: &[TakenRole], now: Instant) {
        for TakenRole { from, to, days } in taken {
            days::give_back(self.roles.entry(*to), restored.roles.entry(*from), &[*days], now);
        }
    }

    /// The days on which a role like this one is taken.
    fn days_like(&self, role: &Role) -> Vec<Period> {
        let all = self.roles.timelines().flat_map(|(_, timeline)| timeline.current());
        let like = |other: &Role| {
            other.kind.number() == role.kind.number() && (role.kind.is_parent() || other.person == role.person)
        };
        all.filter(|version| like(&version.value)).map(|version| version.period).collect()
    }

    fn admits(
        &self,
        id: RoleId,
        new: &Role,
        period: Period,
        born: Date,
        now: Instant,
    ) -> Result<(), GuardianshipError> {
        if period.from() < born || period.from() > shanghai_date(now) {
            return Err(GuardianshipError::ImpossibleDay);
        }
        let overlaps = |meant: &dyn Fn(&Role) -> bool| self.roles.overlaps(period, Some(id), meant);
        let same = |role: &Role| role.kind.number() == new.kind.number();
        if overlaps(&|role| same(role) && role.person == new.person) {
            return Err(GuardianshipError::RoleOverlaps);
        }
        if new.kind.is_parent() && overlaps(&same) {
            return Err(GuardianshipError::ParentTaken);
        }
        Ok(())
    }
}

/// Says only around whom.
impl std::fmt::Debug for Guardianship {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guardianship").field("child", &self.child).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
