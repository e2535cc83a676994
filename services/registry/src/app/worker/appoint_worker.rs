//! Appoints a worker.

use contract::registry::v1;
use kernel::{Date, Period};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use super::answer;
use super::target::Appointee;
use crate::app::answer::SealedReply;
use crate::domain::worker::{Post, WorkerChange};
use crate::events;
use crate::store::{Needs, Workspace};

/// Appoints a worker to a post from a day on.
#[derive(Clone, Debug)]
pub struct AppointWorker {
    /// Who.
    pub appointee: Appointee,
    /// The post.
    pub post: Post,
    /// The first day.
    pub from: Date,
}

impl UseCase<Workspace> for AppointWorker {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        self.appointee.needs(needs);
        needs.workforce.posts.insert(self.post.division());
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let worker = self.appointee.of(workspace, context)?;
        let others = workspace.workforce.holders(self.post);
        let days = Period::since(self.from);
        let WorkerChange { worker, events } = worker.appoint(self.post, days, None, others, context.now())?;
        let reply = v1::AppointWorkerResponse { worker: Some(answer::worker(&worker, context.today())) };
        let reply = workspace.seal(&reply)?;
        events::worker::record(&events, context);
        workspace.workforce.workers.put(worker);
        Ok(reply)
    }
}
