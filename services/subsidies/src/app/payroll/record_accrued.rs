use kernel::{ChildId, PayrollRunId};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use crate::app::refusal;
use crate::domain::Payment;
use crate::store::{Needs, Workspace};

/// Writes a part of what a run has computed, and how far it has come: both or nothing.
#[derive(Clone, Debug)]
pub struct RecordAccrued {
    /// The run.
    pub run: PayrollRunId,
    /// Where the run stood when the part was computed.
    pub revision: u32,
    /// The payments.
    pub payments: Vec<Payment>,
    /// The last child of the part.
    pub after: Option<ChildId>,
    /// Children in it.
    pub children: u64,
    /// Whether it is the last part.
    pub last: bool,
}

impl UseCase<Workspace> for RecordAccrued {
    type Reply = ();

    fn needs(&self, needs: &mut Needs) {
        needs.runs.insert(self.run);
    }

    fn decide(&self, workspace: &mut Workspace, _: &mut Context<'_>) -> Result<(), ServiceError> {
        let run = workspace.runs.get(self.run).ok_or_else(refusal::run_not_found)?;
        if run.revision != self.revision {
            return Err(ServiceError::aborted("RUN_MOVED", "somebody else computes this run at the same time"));
        }
        let run = run.accrued(&self.payments, self.after, self.children, self.last).map_err(refusal::step)?;
        workspace.runs.put(run);
        workspace.add_payments(self.payments.iter().cloned());
        Ok(())
    }
}

/// Throws away what a run has computed, to begin anew with what is known by now.
#[derive(Clone, Debug)]
pub struct BeginAnew {
    /// The run.
    pub run: PayrollRunId,
}

impl UseCase<Workspace> for BeginAnew {
    type Reply = ();

    fn needs(&self, needs: &mut Needs) {
        needs.runs.insert(self.run);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<(), ServiceError> {
        let known = workspace.knowledge.next(context.now());
        let run = workspace.runs.get(self.run).ok_or_else(refusal::run_not_found)?;
        let run = run.anew(&workspace.environment.rules, known).map_err(refusal::step)?;
        workspace.runs.put(run);
        workspace.throw_payments_away(self.run);
        Ok(())
    }
}
