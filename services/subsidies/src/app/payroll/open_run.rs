use contract::subsidies::v1;
use kernel::{Month, PayrollRunId};
use messaging::journal::{Context, SealedReply, UseCase};
use platform::error::ServiceError;

use crate::app::{answer, refusal};
use crate::domain::Run;
use crate::domain::run::RunError;
use crate::store::{Needs, Workspace};

/// Opens the run of a month.
#[derive(Clone, Debug)]
pub struct OpenRun {
    /// The month.
    pub month: Month,
    /// Who asks.
    pub actor: String,
}

impl UseCase<Workspace> for OpenRun {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.all_runs = true;
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let runs: Vec<_> = workspace.runs.all().map(|run| (run.month, run.state)).collect();
        let known = workspace.knowledge.next(context.now());
        let id = PayrollRunId::generate(context.clock());
        let today = Month::of(context.today());
        let rules = &workspace.environment.rules;
        let run = Run::open(id, self.month, &self.actor, rules, &runs, today, known).map_err(refusal::open)?;
        let reply = v1::OpenRunResponse { run: Some(answer::run(&run, [])) };
        workspace.runs.put(run);
        workspace.seal(&reply)
    }
}

/// Has a run take a step.
///
/// # Errors
/// `NOT_FOUND` (`RUN_NOT_FOUND`); ABORTED if it changed since it was read; what the step refuses.
pub(super) fn step(
    workspace: &mut Workspace,
    id: PayrollRunId,
    etag: &str,
    take: impl FnOnce(&Run) -> Result<Run, RunError>,
) -> Result<Run, ServiceError> {
    let run = workspace.runs.get(id).ok_or_else(refusal::run_not_found)?;
    if !etag.is_empty() && etag != answer::etag(run) {
        return Err(ServiceError::aborted_etag());
    }
    let run = take(run).map_err(refusal::step)?;
    workspace.runs.put(run.clone());
    Ok(run)
}
