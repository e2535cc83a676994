use std::collections::BTreeMap;

use contract::subsidies::v1;
use kernel::{Division, PayrollRunId, Tier};
use messaging::journal::{Context, SealedReply, UseCase};
use messaging::mutation::Mutation;
use platform::error::ServiceError;
use tonic::{Response, Status};

use super::holds::{Holds, apply};
use super::open_run::step;
use super::runs::RunFrame;
use crate::app::budget::Standing;
use crate::app::{Application, answer, refusal};
use crate::store::{Needs, Workspace};

/// Checks an accrued run.
struct CheckRun {
    run: PayrollRunId,
    etag: String,
    holds: Holds,
    frame: RunFrame,
    standings: BTreeMap<(Division, Tier), Standing>,
    application: Application,
}

impl UseCase<Workspace> for CheckRun {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.runs.insert(self.run);
        needs.payments_alone.extend(self.holds.before.iter().chain(self.holds.held.keys()));
    }

    fn decide(&self, workspace: &mut Workspace, _: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let run = workspace.runs.get(self.run).cloned().ok_or_else(refusal::run_not_found)?;
        // A run that cannot be checked keeps its payments as they are.
        run.checked(run.totals.clone(), Vec::new()).map_err(refusal::step)?;
        if !self.etag.is_empty() && self.etag != answer::etag(&run) {
            return Err(ServiceError::aborted_etag());
        }
        let totals = apply(&self.holds, &run, workspace);
        let findings = self.application.findings(&self.frame, &self.standings, &totals);
        let run = step(workspace, self.run, "", |run| run.checked(totals, findings))?;
        let reply = v1::CheckRunResponse { run: Some(answer::run(&run, [])) };
        workspace.seal(&reply)
    }
}

impl Application {
    /// Checks an accrued run, once or again.
    ///
    /// # Errors
    /// `NOT_FOUND` (`RUN_NOT_FOUND`); `FAILED_PRECONDITION` (`RUN_STATE`); ABORTED (`ETAG_MISMATCH`).
    pub async fn check_run(
        &self,
        run: PayrollRunId,
        etag: String,
        mutation: Mutation<Self>,
    ) -> Result<Response<v1::CheckRunResponse>, Status> {
        let frame = self.frame(run).await?;
        let holds = self.holds(&frame).await?;
        let (standings, _) = self.standings(frame.run.month.year().into()).await?;
        mutation.submit(CheckRun { run, etag, holds, frame, standings, application: self.clone() }).await
    }
}
