//! Records a training.

use contract::registry::v1;
use kernel::Date;
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::target::WorkerTarget;
use super::{answer, refusal};
use crate::app::answer::SealedReply;
use crate::domain::worker::{Training, WorkerChange};
use crate::events;
use crate::store::{Needs, Workspace};

/// Records a training that a worker attended.
#[derive(Clone)]
pub struct RecordTraining {
    /// The worker.
    pub target: WorkerTarget,
    /// The day.
    pub on: Date,
    /// Whole hours.
    pub hours: u32,
    /// What it was about.
    pub topic: String,
    /// The certificate, or empty.
    pub certificate: String,
}

impl UseCase<Workspace> for RecordTraining {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.target.needs(needs);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let now = context.now();
        let training = Training {
            on: self.on,
            hours: self.hours,
            topic: self.topic.clone(),
            certificate: self.certificate.clone(),
            recorded: now,
        };
        let trained = self.target.of(workspace)?.train(training, now);
        let WorkerChange { worker, events } =
            trained.map_err(|error| refusal::training(error, "training.trained_on"))?;
        let reply = v1::RecordTrainingResponse { worker: Some(answer::worker(&worker, context.today())) };
        let reply = workspace.seal(&reply)?;
        events::worker::record(&events, context);
        workspace.workforce.workers.put(worker);
        Ok(reply)
    }
}
