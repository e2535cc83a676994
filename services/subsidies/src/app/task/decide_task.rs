use contract::subsidies::v1;
use kernel::PaymentTaskId;
use messaging::journal::{Context, SealedReply, UseCase};
use platform::error::ServiceError;

use crate::app::answer;
use crate::app::refusal::{decision, task_not_found};
use crate::app::squaring::square;
use crate::domain::{ChildFile, Payment, PaymentState, TaskKind, TaskOutcome};
use crate::store::{Needs, Workspace};

/// Decides a task.
#[derive(Clone, Debug)]
pub struct DecideTask {
    /// The task.
    pub task: PaymentTaskId,
    /// The decision.
    pub outcome: TaskOutcome,
    /// Who decides.
    pub actor: String,
    /// Why.
    pub note: String,
}

impl UseCase<Workspace> for DecideTask {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        needs.tasks.insert(self.task);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let task = workspace.tasks.get(self.task).ok_or_else(task_not_found)?;
        let same = task.decision.as_ref().is_some_and(|decision| decision.outcome == self.outcome);
        if !same {
            let at = workspace.knowledge.next(context.now());
            let task = workspace.tasks.get(self.task).expect("it was there a moment ago");
            let task = task.decide(self.outcome, &self.actor, &self.note, at).map_err(decision)?;
            if let TaskKind::Returned(payment) = task.kind
                && let Some(payment) = workspace.payments.get(payment).cloned()
                && let PaymentState::Returned(back) = payment.state.clone()
            {
                let state = match self.outcome {
                    TaskOutcome::PayAgain => PaymentState::Released(back, at),
                    _ => PaymentState::WrittenOff(back),
                };
                workspace.payments.put(Payment { state, ..payment });
            }
            // The next run looks at the child's whole account.
            if let Some(file) = workspace.files.get(task.child).cloned() {
                workspace.files.put(ChildFile { changed: at, ..file });
            }
            let child = task.child;
            workspace.tasks.put(task);
            square(child, workspace, context);
        }
        let task = workspace.tasks.get(self.task).expect("it was there a moment ago");
        let reply = v1::DecidePaymentTaskResponse { task: Some(answer::task(task)) };
        workspace.seal(&reply)
    }
}
