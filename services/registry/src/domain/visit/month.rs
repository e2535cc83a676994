//! What became of a child's month: seen, or told as overdue; and which months are closed.

use kernel::time::start_of_day_shanghai;
use kernel::{ChildId, Date, Instant, Month};

use super::visit::Visit;

/// A child's month, from its first visit or from its end on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitMonth {
    /// The child.
    pub child: ChildId,
    /// The month.
    pub month: Month,
    /// The visits of the month.
    pub seen: Option<Seen>,
    /// When it was told that the child had not been seen.
    pub overdue: Option<Instant>,
}

/// The visits of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How many there were.
    pub visits: u32,
    /// The day of the latest.
    pub last_on: Date,
    /// Somebody must look at the latest. Of two on one day the one recorded last counts.
    pub needs_attention: bool,
}

impl Seen {
    /// These visits and those of another file of the child. The later ones tell how the child was seen last.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        let last = if other.last_on > self.last_on { other } else { self };
        Self { visits: self.visits + other.visits, ..last }
    }
}

/// A month whose overdue visits have all been told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthClosing {
    /// The month.
    pub month: Month,
    /// When it was closed.
    pub closed: Instant,
}

/// The first instant at which a visit of the month is overdue: the 1st of the month after, 00:00 Shanghai time [S].
#[must_use]
pub fn overdue_from(month: Month) -> Instant {
    start_of_day_shanghai(month.next().first_day())
}

impl VisitMonth {
    /// A month of which nothing is known yet.
    #[must_use]
    pub fn none(child: ChildId, month: Month) -> Self {
        Self { child, month, seen: None, overdue: None }
    }

    /// The month with one more visit.
    #[must_use]
    pub fn with(&self, visit: &Visit) -> Self {
        let (on, needs_attention) = (visit.facts.on, visit.facts.needs_attention());
        let seen = match self.seen {
            Some(seen) if on < seen.last_on => Seen { visits: seen.visits + 1, ..seen },
            seen => Seen { visits: seen.map_or(0, |seen| seen.visits) + 1, last_on: on, needs_attention },
        };
        Self { seen: Some(seen), ..self.clone() }
    }

    /// The month told as overdue; `None` if there is nothing to tell: it is not over, the child was seen, or it was told.
    #[must_use]
    pub fn told(&self, now: Instant) -> Option<Self> {
        let due = now >= overdue_from(self.month) && self.seen.is_none() && self.overdue.is_none();
        due.then(|| Self { overdue: Some(now), ..self.clone() })
    }
}
