//! What lies around a file and follows it when two files of one child become one: who stands around the child, what is so
//! of it, where it lives, who looks after it, and the ledger of migrant children.
//!
//! **What the file that stays says of a day counts; what it lacks it takes over.** Nothing is taken away from the file that
//! closed, except its places in households, which it leaves. If the merge is undone, all that was taken over goes back as it
//! is known by then.

pub mod days;
mod taken;

pub use taken::{Taken, TakenRole, TakenVisits};

use kernel::time::shanghai_date;
use kernel::{ChildId, Instant, Period, RoleId};

use super::circumstance::Circumstances;
use super::guardianship::Guardianship;
use super::household::{Household, Member};
use super::migrant::MigrantEntry;
use super::visit::{Seen, VisitMonth};
use super::worker::Assignment;
use days::periods;

/// What lies around one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// Who stands around the child.
    pub guardianship: Guardianship,
    /// What is so of it.
    pub circumstances: Circumstances,
    /// To whom it is assigned.
    pub assignment: Assignment,
    /// Whether it is a special migrant child by a decision of its own.
    pub special_migrant: bool,
    /// The visits of the month in which the files are merged.
    pub month: VisitMonth,
}

/// What lies around two files, and what both may share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Both {
    /// Of the file that stays.
    pub stays: Surroundings,
    /// Of the file that closes, or was closed.
    pub other: Surroundings,
    /// Every household to which one of them ever belonged.
    pub households: Vec<Household>,
    /// The entries of the ledger that are linked with one of them.
    pub entries: Vec<MigrantEntry>,
}

impl Both {
    /// Lets the file that stays take over what it lacks. `next_role` names roles.
    pub fn take_over(&mut self, mut next_role: impl FnMut() -> RoleId, now: Instant) -> Taken {
        let mut taken = Taken::default();
        let (stays, other) = (&mut self.stays, &self.other);
        taken.circumstances = stays.circumstances.take_over(&other.circumstances, now);
        taken.roles = stays.guardianship.take_over(&other.guardianship, &mut next_role, now);
        let present = Period::since(shanghai_date(now));
        let assigned = periods(&stays.assignment.workers);
        let theirs = &other.assignment.workers;
        taken.assignments = days::take_over(&mut stays.assignment.workers, theirs, &assigned, present, now);
        if other.special_migrant && !stays.special_migrant {
            (stays.special_migrant, taken.special_migrant) = (true, true);
        }
        if let Some(seen) = other.month.seen {
            let (month, before) = (stays.month.month, stays.month.seen);
            taken.visits = Some(TakenVisits { month, seen, before });
            stays.month.seen = Some(before.map_or(seen, |before| before.with(seen)));
        }
        let (child, closes) = self.children();
        self.move_households(child, closes, present, now, &mut taken);
        for entry in self.entries.iter_mut().filter(|entry| entry.child == Some(closes)) {
            taken.entries.push(entry.id);
            *entry = entry.linked(child, now);
        }
        taken
    }

    fn move_households(&mut self, child: ChildId, closes: ChildId, present: Period, now: Instant, taken: &mut Taken) {
        let (new, old) = (Member::Child(child), Member::Child(closes));
        let occupied: Vec<Period> = self.households.iter().flat_map(|household| household.days_of(new)).collect();
        for household in &mut self.households {
            let id = household.id();
            let over = household.take_over(old, new, &occupied, now);
            taken.memberships.extend(over.into_iter().map(|days| (id, days)));
            let left = household.withdraw(old, present, now);
            taken.left.extend(left.into_iter().map(|(days, membership)| (id, days, membership)));
        }
    }

    /// Gives back what was taken over.
    pub fn give_back(&mut self, taken: &Taken, now: Instant) {
        let (child, restored) = self.children();
        let (stays, other) = (&mut self.stays, &mut self.other);
        stays.circumstances.give_back(&mut other.circumstances, &taken.circumstances, now);
        stays.guardianship.give_back(&mut other.guardianship, &taken.roles, now);
        let theirs = &mut other.assignment.workers;
        days::give_back(&mut stays.assignment.workers, theirs, &taken.assignments, now);
        if taken.special_migrant {
            stays.special_migrant = false;
        }
        if let Some(visits) = taken.visits.filter(|visits| visits.month == stays.month.month) {
            stays.month.seen = visits.without(stays.month.seen);
        }
        let (old, new) = (Member::Child(restored), Member::Child(child));
        for household in &mut self.households {
            let id = household.id();
            let left = taken.left.iter().filter(|(left, ..)| *left == id);
            household.put_back(old, left.map(|(_, days, membership)| (*days, membership.clone())), now);
            let over = taken.memberships.iter().filter(|(over, _)| *over == id);
            household.give_back(new, old, &over.map(|(_, days)| *days).collect::<Vec<_>>(), now);
        }
        let linked = |entry: &&mut MigrantEntry| entry.child == Some(child) && taken.entries.contains(&entry.id);
        for entry in self.entries.iter_mut().filter(linked) {
            *entry = entry.linked(restored, now);
        }
    }

    /// The file that stays, and the other.
    fn children(&self) -> (ChildId, ChildId) {
        (self.stays.guardianship.child(), self.other.guardianship.child())
    }
}

impl TakenVisits {
    /// What is left of a month's visits without those that were taken over. A visit since then tells the last day.
    fn without(&self, seen: Option<Seen>) -> Option<Seen> {
        let seen = seen?;
        let visits = seen.visits.checked_sub(self.seen.visits).filter(|visits| *visits > 0)?;
        match self.before {
            Some(before) if before.visits == visits => Some(before),
            _ => Some(Seen { visits, ..seen }),
        }
    }
}

#[cfg(test)]
mod tests;
