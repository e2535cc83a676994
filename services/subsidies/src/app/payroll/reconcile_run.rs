use contract::subsidies::v1;
use kernel::PayrollRunId;
use messaging::journal::{Context, SealedReply, UseCase};
use messaging::mutation::Mutation;
use platform::error::ServiceError;
use tonic::{Response, Status};

use super::open_run::step;
use crate::app::{Application, answer};
use crate::store::payment::StateNumber;
use crate::store::{Needs, Workspace, payment};

/// Closes a run of which every outcome is known.
struct ReconcileRun {
    run: PayrollRunId,
    etag: String,
    /// Outcomes that are unknown. They become known only, never unknown again.
    unknown: u64,
}

impl UseCase<Workspace> for ReconcileRun {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.runs.insert(self.run);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let at = workspace.knowledge.next(context.now());
        let run = step(workspace, self.run, &self.etag, |run| run.reconcile(self.unknown, at))?;
        let reply = v1::ReconcileRunResponse { run: Some(answer::run(&run, [])) };
        workspace.seal(&reply)
    }
}

impl Application {
    /// Closes a run: no outcome is unknown, and what was sent is what was approved.
    ///
    /// # Errors
    /// `NOT_FOUND` (`RUN_NOT_FOUND`); `FAILED_PRECONDITION` (`RUN_STATE`, `OUTCOMES_UNKNOWN`); ABORTED (`ETAG_MISMATCH`);
    /// INTERNAL if the sums disagree, with an alarm.
    pub async fn reconcile_run(
        &self,
        run: PayrollRunId,
        etag: String,
        mutation: Mutation<Self>,
    ) -> Result<Response<v1::ReconcileRunResponse>, Status> {
        let counts = payment::counts(self.database.reader(), run).await?;
        let of = |state: StateNumber| counts.get(&state).map_or((0, 0), |(payments, fen)| (*payments, fen.as_fen()));
        let approved = self.run(run).await?;
        let sent: i64 = counts
            .iter()
            .filter(|(state, _)| **state >= StateNumber::Instructed)
            .map(|(_, (_, fen))| fen.as_fen())
            .sum();
        let total: i64 = approved.totals.values().map(|total| total.current + total.arrears).sum();
        if approved.approved.is_some() && sent != total {
            tracing::error!(alarm = "PAYROLL_SUMS_DISAGREE", %run, "what the run sent is not what was approved");
            return Err(ServiceError::internal("the sums of a run disagree").into());
        }
        mutation.submit(ReconcileRun { run, etag, unknown: of(StateNumber::Instructed).0 }).await
    }
}
