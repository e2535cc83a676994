//! Changes what is known of a worker's person.

use contract::registry::v1;
use kernel::Date;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer;
use super::target::WorkerTarget;
use crate::app::answer::SealedReply;
use crate::domain::worker::PersonPatch;
use crate::store::{Needs, Workspace};

/// Changes a worker's name or phone.
#[derive(Clone, Debug)]
pub struct UpdateWorker {
    /// The worker.
    pub target: WorkerTarget,
    /// The new values.
    pub patch: PersonPatch,
    /// Since when; without a day the name was so all along, and the phone changes today.
    pub valid_from: Option<Date>,
}

impl UseCase<Workspace> for UpdateWorker {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let worker = self.target.of(workspace)?.update(&self.patch, self.valid_from, context.now())?;
        let reply = v1::UpdateWorkerResponse { worker: Some(answer::worker(&worker, context.today())) };
        let reply = workspace.seal(&reply)?;
        workspace.workforce.workers.put(worker);
        Ok(reply)
    }
}
