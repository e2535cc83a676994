use contract::subsidies::v1;
use kernel::PayrollRunId;
use messaging::journal::{Context, SealedReply, UseCase};
use platform::error::ServiceError;

use super::open_run::step;
use crate::app::answer;
use crate::store::{Needs, Workspace};

/// Gives up a run that was not approved.
#[derive(Clone, Debug)]
pub struct CancelRun {
    /// The run.
    pub run: PayrollRunId,
    /// The etag that the caller read; empty takes it as it stands.
    pub etag: String,
    /// Why.
    pub reason: String,
}

impl UseCase<Workspace> for CancelRun {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.runs.insert(self.run);
    }

    fn decide(&self, workspace: &mut Workspace, _: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let run = step(workspace, self.run, &self.etag, |run| run.cancel(&self.reason))?;
        workspace.throw_payments_away(self.run);
        let reply = v1::CancelRunResponse { run: Some(answer::run(&run, [])) };
        workspace.seal(&reply)
    }
}
