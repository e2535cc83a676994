use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contract::subsidies::v1;
use kernel::{ChildId, PayrollRunId};
use platform::error::ServiceError;

use super::runs::RunFrame;
use crate::app::{Application, answer, refusal};
use crate::domain::run::{RunError, RunState};
use crate::store::{file, payment};

/// Children in one part.
const PART: u64 = 1_000;

/// A past run that is computed anew.
#[derive(Debug)]
pub struct Recomputation {
    application: Arc<Application>,
    frame: RunFrame,
    after: Option<ChildId>,
    answer: v1::RecomputeRunResponse,
}

impl Application {
    /// Begins to compute a run anew, from what was known to it.
    ///
    /// # Errors
    /// `NOT_FOUND` (`RUN_NOT_FOUND`); `FAILED_PRECONDITION` (`RUN_STATE`) if it was not computed, or was given up.
    pub async fn recompute_run(self: &Arc<Self>, run: PayrollRunId) -> Result<Recomputation, ServiceError> {
        let frame = self.frame(run).await?;
        if matches!(frame.run.state, RunState::Open | RunState::Cancelled) {
            return Err(refusal::step(RunError::State));
        }
        Ok(Recomputation {
            application: Arc::clone(self),
            frame,
            after: None,
            answer: v1::RecomputeRunResponse::default(),
        })
    }
}

impl Recomputation {
    /// Computes the next part, every child's whole account, and tells how far it has come.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn next(&mut self) -> Result<v1::RecomputeRunResponse, ServiceError> {
        let reader = self.application.database.reader();
        let files = file::page(reader, self.after, PART).await?;
        let children: BTreeSet<_> = files.iter().map(|file| file.child).collect();
        let accounts = self.application.accounts(&children, &self.frame).await?;
        let paid = payment::of_run_and_children(reader, self.frame.run.id, &children).await?;
        let mut paid: BTreeMap<_, _> = paid.into_iter().map(|payment| (payment.child, payment)).collect();
        self.answer.differing.clear();
        for file in &files {
            let account = &accounts[&file.child];
            let lines = self.frame.frame.accrue(file, account).map_err(refusal::standard_missing)?;
            match paid.remove(&file.child) {
                Some(payment) if payment.lines == lines => self.answer.agreeing += 1,
                Some(payment) => self.answer.differing.push(payment.id.to_string()),
                None if lines.is_empty() => {}
                // It paid nothing where something was due.
                None => self.answer.differing.push(String::new()),
            }
        }
        self.answer.children += answer::count(files.len() as u64);
        self.after = files.last().map(|file| file.child).or(self.after);
        self.answer.done = (files.len() as u64) < PART;
        Ok(self.answer.clone())
    }
}
