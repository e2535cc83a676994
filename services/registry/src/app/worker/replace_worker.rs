//! Hands a post over.

use contract::registry::v1;
use kernel::Date;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer;
use super::refusal::same_worker;
use super::target::{Appointee, WorkerTarget};
use crate::app::answer::SealedReply;
use crate::events;
use crate::store::{Needs, Workspace};

/// Hands a post over to another worker from a day on, with all children that are assigned to the one who goes: all of it,
/// or nothing.
#[derive(Clone, Debug)]
pub struct ReplaceWorker {
    /// Who goes.
    pub target: WorkerTarget,
    /// Who comes.
    pub successor: Appointee,
    /// The successor's first day.
    pub from: Date,
}

impl UseCase<Workspace> for ReplaceWorker {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
        self.successor.needs(needs);
        needs.workforce.assigned_to.insert(self.target.worker);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let goes = self.target.of(workspace)?;
        let comes = self.successor.of(workspace, context)?;
        if goes.id == comes.id {
            return Err(same_worker());
        }
        let now = context.now();
        let (gone, post, rest) = goes.end_post(self.from, Some(comes.id), now)?;
        // The post was the leaving worker's for all of these days, so that nobody else can hold it.
        let come = comes.appoint(post, rest, Some(goes.id), [], now)?;
        let (old, new) = (gone.worker.id, come.worker.id);
        let handed = workspace.workforce.hand_over(old, Some(new), rest, now);
        let today = context.today();
        let reply = v1::ReplaceWorkerResponse {
            worker: Some(answer::worker(&gone.worker, today)),
            successor: Some(answer::worker(&come.worker, today)),
            children: i32::try_from(handed.len()).unwrap_or(i32::MAX),
        };
        let reply = workspace.seal(&reply)?;
        events::worker::record(&gone.events, context);
        events::worker::record(&come.events, context);
        for assignment in handed {
            workspace.workforce.assignments.put(assignment);
        }
        workspace.workforce.workers.put(gone.worker);
        workspace.workforce.workers.put(come.worker);
        Ok(reply)
    }
}
