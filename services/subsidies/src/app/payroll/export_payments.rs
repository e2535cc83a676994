use std::collections::BTreeSet;
use std::sync::Arc;

use contract::subsidies::v1;
use kernel::{Instant, PaymentId, PayrollRunId};
use messaging::journal::{Context, RequestKey, UseCase};
use platform::error::ServiceError;

use super::open_run::step;
use crate::app::{Application, refusal};
use crate::domain::payment::PaymentState;
use crate::domain::run::RunError;
use crate::store::payment::PaymentFilter;
use crate::store::{Needs, Workspace, payee, payment};

/// Payments in one answer.
const PART: u64 = 1_000;

/// What a payee reads: the same for every child, so that it tells nothing.
const MEMO: &str = "基本生活费";

/// Marks a run as sent, before anything leaves.
#[derive(Clone, Copy, Debug)]
struct MarkSent {
    run: PayrollRunId,
}

impl UseCase<Workspace> for MarkSent {
    type Reply = ();

    fn needs(&self, needs: &mut Needs) {
        needs.runs.insert(self.run);
    }

    fn decide(&self, workspace: &mut Workspace, _: &mut Context<'_>) -> Result<(), ServiceError> {
        step(workspace, self.run, "", crate::domain::Run::sent).map(|_| ())
    }
}

/// A payment file that is given out.
#[derive(Debug)]
pub struct Export {
    application: Arc<Application>,
    run: PayrollRunId,
    approved: Instant,
    after: Option<PaymentId>,
    done: bool,
}

impl Application {
    /// Begins to give out the payment file of an approved run.
    ///
    /// # Errors
    /// `NOT_FOUND` (`RUN_NOT_FOUND`); `FAILED_PRECONDITION` (`RUN_STATE`).
    pub async fn export_payments(self: &Arc<Self>, run: PayrollRunId, key: RequestKey) -> Result<Export, ServiceError> {
        self.journal.submit(MarkSent { run }, key).await?;
        let (_, approved) = self.run(run).await?.approved.ok_or_else(|| refusal::step(RunError::State))?;
        Ok(Export { application: Arc::clone(self), run, approved, after: None, done: false })
    }
}

impl Export {
    /// The next payments, `None` after the last.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn next(&mut self) -> Result<Option<Vec<v1::BankInstruction>>, ServiceError> {
        if self.done {
            return Ok(None);
        }
        let Application { database, vault, .. } = self.application.as_ref();
        let filter = PaymentFilter { run: Some(self.run), ..PaymentFilter::default() };
        let page = payment::page(database.reader(), &filter, self.after, PART).await?;
        self.done = (page.len() as u64) < PART;
        self.after = page.last().map(|payment| payment.id).or(self.after);
        let sent: Vec<_> = page.into_iter().filter(|payment| !matches!(payment.state, PaymentState::Held(_))).collect();
        let children: BTreeSet<_> = sent.iter().map(|payment| payment.child).collect();
        let payees = payee::load(database.reader(), vault, &children, Some(self.approved)).await?;
        let instructions = sent.iter().map(|payment| {
            // The payee of a child that was erased since has gone; what was paid stands.
            let payee = payees.get(&payment.child).map(|payee| payee.payee.clone());
            let (holder, bank, account) =
                payee.map(|payee| (payee.holder, payee.bank, payee.account)).unwrap_or_default();
            v1::BankInstruction {
                payment: payment.id.to_string(),
                holder,
                bank,
                account,
                amount_fen: payment.amount.as_fen(),
                memo: MEMO.to_owned(),
            }
        });
        Ok(Some(instructions.collect()))
    }
}
