//! What a child is due by month, before money: the tier, and the county that pays.

use kernel::{Division, Instant, Month, Tier};

use super::file::{ChildFile, Fact, TierRecord};

/// What a month is paid by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The record of the highest tier: payments are never stacked [P].
    pub record: TierRecord,
    /// Further records that count in the month and give no more.
    pub further: Vec<TierRecord>,
    /// The county that pays.
    pub county: Division,
}

/// Months in which a child is due one tier, paid by one county.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entitlement {
    /// The tier.
    pub tier: Tier,
    /// The county that pays.
    pub county: Division,
    /// The first month.
    pub from: Month,
    /// The first month in which it is not due any more.
    pub until: Option<Month>,
}

/// How what a child is due differs from what it was thought to be due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Due where nothing was.
    Started(Entitlement),
    /// Due otherwise than before.
    Changed {
        /// Now.
        now: Entitlement,
        /// The tier and the county until then.
        before: (Tier, Division),
    },
    /// Not due any more, from the month on with which this began.
    Stopped(Entitlement),
}

impl ChildFile {
    /// What a month is paid by as known at an instant, `None` if nothing is due.
    #[must_use]
    pub fn basis(&self, month: Month, known: Instant) -> Option<Basis> {
        if self.closed_on(known).is_some_and(|on| Month::of(on) < month) {
            return None;
        }
        let mut counting: Vec<_> = self.records(known).into_iter().filter(|record| record.counts_in(month)).collect();
        counting.sort_by_key(|record| record.tier);
        let mut counting = counting.into_iter();
        let record = counting.next()?;
        Some(Basis { record, further: counting.collect(), county: self.county(month, known)? })
    }

    /// What the child is due as known at an instant, oldest first, without gaps between that need not be.
    #[must_use]
    pub fn entitlements(&self, known: Instant) -> Vec<Entitlement> {
        let mut entitlements: Vec<Entitlement> = Vec::new();
        let turns = self.turns(known);
        for (index, from) in turns.iter().enumerate() {
            let Some(basis) = self.basis(*from, known) else { continue };
            let until = turns.get(index + 1).copied();
            let (tier, county) = (basis.record.tier, basis.county);
            match entitlements.last_mut() {
                Some(last) if last.until == Some(*from) && (last.tier, last.county) == (tier, county) => {
                    last.until = until;
                }
                _ => entitlements.push(Entitlement { tier, county, from: *from, until }),
            }
        }
        entitlements
    }

    /// The months with which something may change.
    fn turns(&self, known: Instant) -> Vec<Month> {
        let mut turns: Vec<Month> = Vec::new();
        for record in self.records(known) {
            turns.push(record.from);
            turns.extend(record.until);
        }
        for learnt in self.learnt.iter().filter(|learnt| learnt.at <= known) {
            match learnt.fact {
                // A move on the first of a month counts in it.
                Fact::Moved { on, .. } => turns.extend([Month::of(on), Month::of(on).next()]),
                Fact::Closed { on } => turns.push(Month::of(on).next()),
                Fact::Registered { .. } | Fact::Confirmed { .. } | Fact::Ended { .. } | Fact::OtherGrant(_) => {}
            }
        }
        turns.sort_unstable();
        turns.dedup();
        turns
    }
}

/// How `now` differs from `before`, by month.
#[must_use]
pub fn differences(before: &[Entitlement], now: &[Entitlement]) -> Vec<Difference> {
    let mut turns: Vec<Month> =
        before.iter().chain(now).flat_map(|one| [Some(one.from), one.until]).flatten().collect();
    turns.sort_unstable();
    turns.dedup();
    let at = |all: &[Entitlement], month: Month| {
        all.iter().find(|one| one.from <= month && one.until.is_none_or(|until| month < until)).copied()
    };
    let mut differences: Vec<Difference> = Vec::new();
    for (index, from) in turns.iter().enumerate() {
        let until = turns.get(index + 1).copied();
        let part = |one: Entitlement| Entitlement { from: *from, until, ..one };
        let difference = match (at(before, *from), at(now, *from)) {
            (Some(before), Some(now)) if (before.tier, before.county) == (now.tier, now.county) => continue,
            (None, None) => continue,
            (None, Some(now)) => Difference::Started(part(now)),
            (Some(before), Some(now)) => Difference::Changed { now: part(now), before: (before.tier, before.county) },
            (Some(before), None) => Difference::Stopped(part(before)),
        };
        match differences.last_mut() {
            Some(last) if last.continues_in(&difference) => last.end_with(until),
            _ => differences.push(difference),
        }
    }
    differences
}

impl Difference {
    fn part(&self) -> &Entitlement {
        match self {
            Self::Started(part) | Self::Changed { now: part, .. } | Self::Stopped(part) => part,
        }
    }

    fn end_with(&mut self, until: Option<Month>) {
        match self {
            Self::Started(part) | Self::Changed { now: part, .. } | Self::Stopped(part) => part.until = until,
        }
    }

    /// Whether `next` is the same difference in the months after.
    fn continues_in(&self, next: &Self) -> bool {
        let same = match (self, next) {
            (Self::Started(_), Self::Started(_)) | (Self::Stopped(_), Self::Stopped(_)) => true,
            (Self::Changed { before, .. }, Self::Changed { before: other, .. }) => before == other,
            _ => false,
        };
        let (one, other) = (self.part(), next.part());
        same && one.until == Some(other.from) && (one.tier, one.county) == (other.tier, other.county)
    }
}
