//! Computes a run part by part: each part is read, computed and written, so that a kill costs one part.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kernel::{ChildId, PaymentId, PayrollRunId};
use messaging::journal::RequestKey;
use platform::error::ServiceError;

use super::record_accrued::{BeginAnew, RecordAccrued};
use super::runs::RunFrame;
use crate::app::squaring::SquareAccounts;
use crate::app::{Application, refusal};
use crate::domain::account::Squaring;
use crate::domain::accrual::{Frame, StandardMissing};
use crate::domain::run::RunState;
use crate::domain::{Account, ChildFile, Payment};
use crate::store::workspace::account;
use crate::store::{file, payment, task};

/// Children in one part.
const PART: u64 = 5_000;
/// Accounts that are squared at once.
const SQUARED: usize = 500;

/// A run that is being computed.
#[derive(Debug)]
pub struct Accrual {
    application: Arc<Application>,
    frame: RunFrame,
    key: RequestKey,
    /// Files at the beginning.
    pub of_children: u64,
}

/// How far an accrual has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accrued {
    /// Children looked at.
    pub children: u64,
    /// Whether that was all.
    pub done: bool,
}

impl Application {
    /// Begins to compute an open run, or goes on where it stood; `anew` throws away what there is. The key is that of the
    /// call on whose behalf it is done.
    ///
    /// # Errors
    /// `NOT_FOUND` (`RUN_NOT_FOUND`); `FAILED_PRECONDITION` (`RUN_STATE`) if it was approved or given up.
    pub async fn accrue(
        self: &Arc<Self>,
        run: PayrollRunId,
        anew: bool,
        key: RequestKey,
    ) -> Result<Accrual, ServiceError> {
        if anew {
            self.journal.submit(BeginAnew { run }, key.clone()).await?;
        }
        let frame = self.frame(run).await?;
        if !matches!(frame.run.state, RunState::Open | RunState::Accrued) {
            return Err(refusal::step(crate::domain::run::RunError::State));
        }
        let of_children = file::count(self.database.reader()).await?;
        Ok(Accrual { application: Arc::clone(self), frame, key, of_children })
    }

    /// What was paid for children, by child.
    pub(super) async fn accounts(
        &self,
        children: &BTreeSet<ChildId>,
        frame: &RunFrame,
    ) -> Result<BTreeMap<ChildId, Account>, ServiceError> {
        let reader = self.database.reader();
        let payments = payment::of_children(reader, children).await?;
        let tasks = task::load(reader, &BTreeSet::new(), children).await?;
        let run = |id| frame.runs.iter().find(|run| run.id == id);
        let mut of_child: BTreeMap<ChildId, Vec<&Payment>> = BTreeMap::new();
        for payment in &payments {
            of_child.entry(payment.child).or_default().push(payment);
        }
        let accounts = children.iter().map(|child| {
            let payments = of_child.remove(child).unwrap_or_default().into_iter();
            (*child, account(payments, tasks.iter().filter(|task| task.child == *child), run))
        });
        Ok(accounts.collect())
    }
}

impl Accrual {
    /// Computes the next part.
    ///
    /// # Errors
    /// `FAILED_PRECONDITION` (`STANDARD_MISSING`); ABORTED (`RUN_MOVED`) if somebody else computes it at the same time.
    pub async fn next(&mut self) -> Result<Accrued, ServiceError> {
        let run = &self.frame.run;
        if run.state == RunState::Accrued {
            return Ok(Accrued { children: run.progress.children, done: true });
        }
        let files = file::page(self.application.database.reader(), run.progress.after, PART).await?;
        let square_since = self.frame.square_since();
        let is_plain = |file: &ChildFile| square_since.is_some_and(|since| file.changed <= since);
        let others: BTreeSet<_> = files.iter().filter(|file| !is_plain(file)).map(|file| file.child).collect();
        let accounts = self.application.accounts(&others, &self.frame).await?;
        let mut payments = Vec::with_capacity(files.len());
        let mut unsquare = Vec::new();
        for file in &files {
            let frame = &self.frame.frame;
            let lines = match accounts.get(&file.child) {
                None => frame.accrue_month(file).map(|line| line.into_iter().collect()),
                Some(account) => {
                    if !squarings(frame, file, account).map_err(refusal::standard_missing)?.is_empty() {
                        unsquare.push(file.child);
                    }
                    frame.accrue(file, account)
                }
            };
            let lines: Vec<_> = lines.map_err(refusal::standard_missing)?;
            if !lines.is_empty() {
                let id = PaymentId::generate(self.application.clock.as_ref());
                payments.push(Payment::of(id, run.id, file.child, lines));
            }
        }
        let part = RecordAccrued {
            run: run.id,
            revision: run.revision,
            payments,
            after: files.last().map(|file| file.child),
            children: files.len() as u64,
            last: (files.len() as u64) < PART,
        };
        let last = part.last;
        let moved = run.accrued(&part.payments, part.after, part.children, last).map_err(refusal::step)?;
        self.application.journal.submit(part, self.key.clone()).await?;
        self.frame.run = moved;
        for children in unsquare.chunks(SQUARED) {
            let squaring = SquareAccounts { children: children.iter().copied().collect() };
            self.application.journal.submit(squaring, self.key.clone()).await?;
        }
        Ok(Accrued { children: self.frame.run.progress.children, done: last })
    }
}

/// What would make an account right by what the run knows: a standard that was lowered leaves something to claim.
fn squarings(frame: &Frame, file: &ChildFile, account: &Account) -> Result<Vec<Squaring>, StandardMissing> {
    let mut due = BTreeMap::new();
    for paid in &account.paid {
        let amount = frame.due(file, paid.month)?.map_or(kernel::Fen::ZERO, |due| due.amount);
        due.insert(paid.month, amount);
    }
    Ok(account.square(|month| due.get(&month).copied().unwrap_or(kernel::Fen::ZERO)))
}
