use contract::subsidies::v1;
use kernel::time::days;
use kernel::{PaymentId, PaymentTaskId};
use messaging::journal::{Context, SealedReply, UseCase};
use platform::error::ServiceError;

use crate::app::squaring::square;
use crate::domain::payment::{BankOutcome, BankResult, ResultError, Told};
use crate::domain::run::newest;
use crate::domain::{ChildFile, Payment, PaymentState, PaymentTask, TaskKind};
use crate::events;
use crate::store::{Needs, Workspace};

/// Takes in what a bank says.
#[derive(Clone, Debug)]
pub struct RecordBankResults {
    /// Of each payment, in the order in which it is said.
    pub words: Vec<Word>,
}

/// What a bank says of one payment.
#[derive(Clone, Debug)]
pub struct Word {
    /// The payment.
    pub payment: PaymentId,
    /// What became of it.
    pub result: BankResult,
}

impl UseCase<Workspace> for RecordBankResults {
    type Reply = SealedReply;

    fn needs(&self, needs: &mut Needs) {
        for word in &self.words {
            match word.result.outcome {
                BankOutcome::Settled(_) => needs.payments_alone.insert(word.payment),
                // What comes back is not with the child: its account is looked at.
                BankOutcome::Returned(_) => needs.payments.insert(word.payment),
            };
        }
    }

    fn decide(&self, workspace: &mut Workspace, context: &mut Context<'_>) -> Result<SealedReply, ServiceError> {
        let mut answer = v1::RecordBankResultsResponse::default();
        for (index, word) in self.words.iter().enumerate() {
            let told = match workspace.payments.get(word.payment) {
                None => Err(v1::ResultRefusal::UnknownPayment),
                Some(payment) => payment.told(&word.result).map(|told| (told, payment.clone())).map_err(refusal),
            };
            match told {
                Err(refusal) => {
                    if refusal == v1::ResultRefusal::Contradiction || refusal == v1::ResultRefusal::OtherAmount {
                        tracing::error!(
                            alarm = "BANK_CONTRADICTS",
                            ?refusal,
                            "a bank says of a payment what cannot be"
                        );
                    }
                    let index = i32::try_from(index).unwrap_or(i32::MAX);
                    answer.refused.push(v1::RefusedResult { index, refusal: refusal.into() });
                }
                Ok((Told::Again, _)) => answer.repeated += 1,
                Ok((Told::New(state), payment)) => match state {
                    PaymentState::Settled { on } => {
                        events::settled(&payment, newest(&payment.lines).county, on, context);
                        workspace.payments.put(Payment { state, ..payment });
                        answer.settled += 1;
                    }
                    state => {
                        returned(Payment { state, ..payment }, workspace, context);
                        answer.returned += 1;
                    }
                },
            }
        }
        workspace.seal(&answer)
    }
}

/// A payment that came back is a person's.
fn returned(payment: Payment, workspace: &mut Workspace, context: &mut Context<'_>) {
    let at = workspace.knowledge.next(context.now());
    let child = payment.child;
    let task = PaymentTask {
        id: PaymentTaskId::generate(context.clock()),
        kind: TaskKind::Returned(payment.id),
        child,
        county: newest(&payment.lines).county,
        amount: payment.amount,
        opened: at,
        due_on: context.today().saturating_add(days(workspace.environment.task_days.into())),
        decision: None,
    };
    events::failed(payment.id, &task, context);
    workspace.payments.put(payment);
    workspace.tasks.put(task);
    if let Some(file) = workspace.files.get(child).cloned() {
        workspace.files.put(ChildFile { changed: at, ..file });
    }
    square(child, workspace, context);
}

fn refusal(error: ResultError) -> v1::ResultRefusal {
    match error {
        ResultError::NotSent => v1::ResultRefusal::NotSent,
        ResultError::OtherAmount => v1::ResultRefusal::OtherAmount,
        ResultError::Contradiction => v1::ResultRefusal::Contradiction,
    }
}
