//! Ends a post.

use contract::registry::v1;
use kernel::Date;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer;
use super::target::WorkerTarget;
use crate::app::answer::SealedReply;
use crate::events;
use crate::store::{Needs, Workspace};

/// Ends the post that a worker holds. Children assigned by name fall to whoever holds the post of their village.
#[derive(Clone, Debug)]
pub struct EndAppointment {
    /// The worker.
    pub target: WorkerTarget,
    /// The first day on which the post is no longer held.
    pub until: Date,
}

impl UseCase<Workspace> for EndAppointment {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
        needs.workforce.assigned_to.insert(self.target.worker);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let now = context.now();
        let (change, _, rest) = self.target.of(workspace)?.end_post(self.until, None, now)?;
        let left = workspace.workforce.hand_over(change.worker.id, None, rest, now);
        let reply = v1::EndAppointmentResponse { worker: Some(answer::worker(&change.worker, context.today())) };
        let reply = workspace.seal(&reply)?;
        events::worker::record(&change.events, context);
        for assignment in left {
            workspace.workforce.assignments.put(assignment);
        }
        workspace.workforce.workers.put(change.worker);
        Ok(reply)
    }
}
