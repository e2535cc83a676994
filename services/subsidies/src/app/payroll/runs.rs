//! Finds runs, and what they compute by.

use std::collections::BTreeSet;

use contract::subsidies::v1;
use kernel::{Instant, Month, PayrollRunId};
use platform::error::ServiceError;

use crate::app::refusal::run_not_found;
use crate::app::{Application, answer};
use crate::domain::accrual::Frame;
use crate::domain::run::Run;
use crate::store::workspace::first_month;
use crate::store::{payment, run, standard};

/// A run, all others, and by what it computes.
#[derive(Clone, Debug)]
pub struct RunFrame {
    /// The run.
    pub run: Run,
    /// By what it computes.
    pub frame: Frame,
    /// All runs.
    pub runs: Vec<Run>,
}

impl RunFrame {
    /// The run of the month before, if it was approved.
    pub fn previous(&self) -> Option<&Run> {
        let previous = self.run.month.previous();
        self.runs.iter().find(|run| run.month == previous && run.approved.is_some())
    }

    /// Children of whom nothing changed since this instant are paid the month alone: the run before made right whatever was
    /// due by then, by the same standards and rules.
    pub fn square_since(&self) -> Option<Instant> {
        let previous = self.previous()?;
        let same = self.frame.standards.last_published() <= previous.known
            && self.run.rules.until(previous.month) == previous.rules;
        same.then_some(previous.known)
    }

    /// The frame with what is known of children by another instant; standards stay those of the run.
    pub fn known_by(&self, known: Instant) -> Frame {
        let published = |standard: &&crate::domain::Standard| standard.published <= self.run.known;
        let standards = self.frame.standards.iter().filter(published).cloned().collect();
        Frame { known, standards: crate::domain::Standards::of(standards), ..self.frame.clone() }
    }
}

impl Application {
    /// A run.
    ///
    /// # Errors
    /// `NOT_FOUND` (`RUN_NOT_FOUND`).
    pub async fn run(&self, id: PayrollRunId) -> Result<Run, ServiceError> {
        run::load(self.database.reader(), &BTreeSet::from([id])).await?.pop().ok_or_else(run_not_found)
    }

    /// A run with the outcomes of its payments.
    ///
    /// # Errors
    /// `NOT_FOUND` (`RUN_NOT_FOUND`).
    pub async fn get_run(&self, id: PayrollRunId) -> Result<v1::PayrollRun, ServiceError> {
        let run = self.run(id).await?;
        self.counted(&run).await
    }

    /// The run of a month.
    ///
    /// # Errors
    /// `NOT_FOUND` (`RUN_NOT_FOUND`).
    pub async fn get_run_of(&self, month: Month) -> Result<v1::PayrollRun, ServiceError> {
        let run = run::of_month(self.database.reader(), month).await?.ok_or_else(run_not_found)?;
        self.counted(&run).await
    }

    /// All runs, newest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_runs(&self) -> Result<Vec<v1::PayrollRun>, ServiceError> {
        let mut runs = Vec::new();
        for run in run::all_runs(self.database.reader()).await?.iter().rev() {
            runs.push(self.counted(run).await?);
        }
        Ok(runs)
    }

    async fn counted(&self, run: &Run) -> Result<v1::PayrollRun, ServiceError> {
        let counts = payment::counts(self.database.reader(), run.id).await?;
        Ok(answer::run(run, counts))
    }

    /// What a run pays for each county and tier.
    ///
    /// # Errors
    /// `NOT_FOUND` (`RUN_NOT_FOUND`).
    pub async fn run_totals(&self, id: PayrollRunId) -> Result<Vec<v1::CountyTotal>, ServiceError> {
        Ok(answer::totals(&self.run(id).await?))
    }

    pub(super) async fn frame(&self, id: PayrollRunId) -> Result<RunFrame, ServiceError> {
        let reader = self.database.reader();
        let runs = run::all_runs(reader).await?;
        let run = runs.iter().find(|run| run.id == id).cloned().ok_or_else(run_not_found)?;
        let frame = Frame {
            month: run.month,
            first_month: first_month(runs.iter()).unwrap_or(run.month),
            known: run.known,
            standards: standard::load(reader).await?,
            rules: run.rules.clone(),
        };
        Ok(RunFrame { run, frame, runs })
    }
}
