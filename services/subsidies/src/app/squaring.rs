//! Claims what was paid too much, and withdraws claims of what was due after all. Nothing is ever debited.

use std::collections::BTreeSet;

use kernel::time::days;
use kernel::{ChildId, Division, Fen, Month, PaymentTaskId};
use messaging::journal::{Context, UseCase};
use platform::error::ServiceError;

use crate::domain::account::Squaring;
use crate::domain::accrual::Frame;
use crate::domain::task::Decision;
use crate::domain::{PaymentTask, TaskKind, TaskOutcome};
use crate::events;
use crate::store::{Needs, Workspace};

/// Makes the account of a child right by what is known now.
pub fn square(child: ChildId, workspace: &mut Workspace, context: &mut Context<'_>) {
    let account = workspace.account(child);
    let (Some(first_month), Some(file)) = (workspace.first_month(), workspace.files.get(child).cloned()) else {
        return;
    };
    if account.paid.is_empty() {
        return;
    }
    let frame = Frame {
        month: first_month,
        first_month,
        known: workspace.knowledge.last(),
        standards: workspace.standards.clone(),
        rules: (*workspace.environment.rules).clone(),
    };
    let due = |month| match frame.due(&file, month) {
        Ok(due) => Some(due.map_or(Fen::ZERO, |due| due.amount)),
        Err(_) => None,
    };
    // Without a standard nobody can tell what was due: the run that needs it says so.
    if account.paid.iter().any(|paid| due(paid.month).is_none()) {
        return;
    }
    for squaring in account.square(|month| due(month).unwrap_or(Fen::ZERO)) {
        let at = workspace.knowledge.next(context.now());
        match squaring {
            Squaring::Claim { month, amount } => {
                let due_on = context.today().saturating_add(days(workspace.environment.task_days.into()));
                let task = PaymentTask {
                    id: PaymentTaskId::generate(context.clock()),
                    kind: TaskKind::Overpaid(month),
                    child,
                    county: payer(workspace, child, month),
                    amount,
                    opened: at,
                    due_on,
                    decision: None,
                };
                events::overpaid(&task, context);
                workspace.tasks.put(task);
            }
            Squaring::Amend { task, amount } => {
                if let Some(task) = workspace.tasks.get(task).cloned() {
                    let task = PaymentTask { amount, ..task };
                    events::overpaid(&task, context);
                    workspace.tasks.put(task);
                }
            }
            Squaring::Withdraw { task } => {
                if let Some(task) = workspace.tasks.get(task).cloned() {
                    let (outcome, by, note) = (TaskOutcome::Withdrawn, String::new(), String::new());
                    workspace.tasks.put(PaymentTask { decision: Some(Decision { outcome, by, at, note }), ..task });
                }
            }
        }
    }
}

/// The county that paid a month last.
fn payer(workspace: &Workspace, child: ChildId, month: Month) -> Division {
    let lines = workspace.payments.all().filter(|payment| payment.child == child).flat_map(|payment| &payment.lines);
    lines.filter(|line| line.month == month).last().expect("a month that is claimed was paid").county
}

/// Squares accounts after a standard changed.
#[derive(Clone, Debug)]
pub struct SquareAccounts {
    /// The children.
    pub children: BTreeSet<ChildId>,
}

impl UseCase<Workspace> for SquareAccounts {
    type Reply = ();

    fn needs(&self, needs: &mut Needs) {
        needs.accounts.extend(&self.children);
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<(), ServiceError> {
        for child in &self.children {
            square(*child, workspace, context);
        }
        Ok(())
    }
}
