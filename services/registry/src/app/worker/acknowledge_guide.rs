//! Records that a worker has read the work guide.

use contract::registry::v1;
use kernel::Date;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::WorkerTarget;
use super::{answer, refusal};
use crate::app::answer::SealedReply;
use crate::domain::worker::{GuideAcknowledgement, WorkerChange};
use crate::store::{Needs, Workspace};

/// Records that a version of the guide was read.
#[derive(Clone, Debug)]
pub struct AcknowledgeGuide {
    /// The worker.
    pub target: WorkerTarget,
    /// Which guide.
    pub guide: String,
    /// The day.
    pub on: Date,
}

impl UseCase<Workspace> for AcknowledgeGuide {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let now = context.now();
        let read = GuideAcknowledgement { version: self.guide.clone(), on: self.on, recorded: now };
        let acknowledged = self.target.of(workspace)?.acknowledge(read, now);
        let WorkerChange { worker, .. } =
            acknowledged.map_err(|error| refusal::training(error, "acknowledgement.acknowledged_on"))?;
        let reply = v1::AcknowledgeGuideResponse { worker: Some(answer::worker(&worker, context.today())) };
        let reply = workspace.seal(&reply)?;
        workspace.workforce.workers.put(worker);
        Ok(reply)
    }
}
