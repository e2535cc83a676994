//! Assigns a child to a worker.

use contract::registry::v1;
use kernel::{ChildId, Period, WorkerId};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer;
use super::refusal::{no_post, worker_not_found};
use crate::app::answer::SealedReply;
use crate::app::refusal::child_not_found;
use crate::domain::worker::Assignment;
use crate::store::{Needs, Workspace};

/// Assigns a child by name for some days, or takes an assignment back.
#[derive(Clone, Debug)]
pub struct AssignChild {
    /// The child.
    pub child: ChildId,
    /// To whom; nobody leaves it to whoever holds the post of its village.
    pub worker: Option<WorkerId>,
    /// The days. An assignment ends with the worker's post at the latest.
    pub days: Period,
}

impl UseCase<Workspace> for AssignChild {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.children.insert(self.child);
        needs.workforce.assignments.insert(self.child);
        needs.workforce.workers.extend(self.worker);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        workspace.child(self.child).ok_or_else(child_not_found)?.active()?;
        let days = match self.worker {
            None => self.days,
            Some(worker) => {
                let worker = workspace.workforce.workers.get(worker).ok_or_else(worker_not_found)?;
                let held = worker.held_on(self.days.from()).map(|version| version.period);
                held.and_then(|held| held.intersection(self.days)).ok_or_else(|| no_post("the first day"))?
            }
        };
        let known = workspace.workforce.assignments.get(self.child).cloned();
        let before = known.unwrap_or_else(|| Assignment::none(self.child));
        let assignment = before.assigned(self.worker, days, context.now());
        let reply =
            v1::AssignChildResponse { child: self.child.to_string(), assignments: answer::assignments(&assignment) };
        let reply = workspace.seal(&reply)?;
        workspace.workforce.assignments.put(assignment);
        Ok(reply)
    }
}
