//! Which worker a child is assigned to (责任人).

use kernel::{ChildId, Instant, Period, Timeline, WorkerId};

/// The workers to whom one child is assigned by name. On all other days the child is with whoever holds the post of its
/// village.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The child.
    pub child: ChildId,
    /// The workers.
    pub workers: Timeline<WorkerId>,
}

/// Who looks after a child on a day: the worker to whom it is assigned, else the director of the village of its
/// household, else the supervisor of the township, so that no child is nobody's [P].
#[must_use]
pub fn responsible(
    assigned: Option<WorkerId>,
    director: Option<WorkerId>,
    supervisor: Option<WorkerId>,
) -> Option<WorkerId> {
    assigned.or(director).or(supervisor)
}

impl Assignment {
    /// A child who was never assigned to anybody.
    #[must_use]
    pub fn none(child: ChildId) -> Self {
        Self { child, workers: Timeline::default() }
    }

    /// Assigns the child for some days, or takes the assignment of those days back.
    #[must_use]
    pub fn assigned(&self, worker: Option<WorkerId>, days: Period, now: Instant) -> Self {
        let mut assignment = self.clone();
        match worker {
            Some(worker) => assignment.workers.record(days, worker, now),
            None => assignment.workers.clear(days, now),
        }
        assignment
    }

    /// Hands what is `from`'s in some days over to another worker, or to nobody in particular.
    #[must_use]
    pub fn handed_over(&self, from: WorkerId, to: Option<WorkerId>, days: Period, now: Instant) -> Self {
        let theirs: Vec<Period> = self
            .workers
            .current()
            .into_iter()
            .filter(|version| version.value == from)
            .filter_map(|version| version.period.intersection(days))
            .collect();
        theirs.into_iter().fold(self.clone(), |assignment, days| assignment.assigned(to, days, now))
    }
}
