use std::collections::BTreeSet;

use kernel::{ChildId, Division, Instant, Period, WorkerId};
use messaging::journal::{Aggregate, Shelf};
use platform::database::Write;
use platform::error::ServiceError;
use platform::vault::Vault;

use super::{reading, writing};
use crate::domain::worker::{Assignment, Post, Worker};

/// What a use case must find of workers.
#[derive(Clone, Debug, Default)]
pub struct WorkerNeeds {
    /// These workers.
    pub workers: BTreeSet<WorkerId>,
    /// Everybody who held, holds or will hold a post in these divisions.
    pub posts: BTreeSet<Division>,
    /// To whom these children are assigned.
    pub assignments: BTreeSet<ChildId>,
    /// Which children are assigned to these workers.
    pub assigned_to: BTreeSet<WorkerId>,
}

/// The workers and assignments of a group.
#[derive(Debug, Default)]
pub struct Workers {
    /// The workers that were needed.
    pub workers: Shelf<Worker>,
    /// The assignments that were needed.
    pub assignments: Shelf<Assignment>,
}

impl Aggregate for Worker {
    type Id = WorkerId;

    fn id(&self) -> WorkerId {
        self.id
    }
}

impl Aggregate for Assignment {
    type Id = ChildId;

    fn id(&self) -> ChildId {
        self.child
    }
}

impl Workers {
    pub(in crate::store) async fn load(
        write: &Write,
        mut needs: WorkerNeeds,
        vault: &Vault,
    ) -> Result<Self, ServiceError> {
        needs.workers.extend(reading::holders(write, &needs.posts).await?);
        needs.assignments.extend(reading::assigned_to(write, &needs.assigned_to).await?);
        Ok(Self {
            workers: Shelf::of(reading::workers(write, vault, &needs.workers).await?),
            assignments: Shelf::of(reading::assignments(write, &needs.assignments).await?),
        })
    }

    pub(in crate::store) fn store(&self, write: &mut Write, vault: &Vault) -> Result<(), ServiceError> {
        writing::workers(&self.workers, vault, write).map_err(ServiceError::internal)?;
        writing::assignments(&self.assignments, write);
        Ok(())
    }

    /// The assignments that change when what is `from`'s in some days is handed over, or left to nobody in particular.
    #[must_use]
    pub fn hand_over(&self, from: WorkerId, to: Option<WorkerId>, days: Period, now: Instant) -> Vec<Assignment> {
        let all = self.assignments.all().map(|assignment| (assignment, assignment.handed_over(from, to, days, now)));
        all.filter(|(before, after)| *before != after).map(|(_, after)| after).collect()
    }

    /// Everybody who ever holds a post, if the group needed to know.
    pub fn holders(&self, post: Post) -> impl Iterator<Item = &Worker> {
        self.workers.all().filter(move |worker| worker.posts.current().into_iter().any(|version| version.value == post))
    }
}
