//! What workers learn: trainings, and the work guide that they have read.

use std::fmt;

use kernel::time::shanghai_date;
use kernel::{Date, Instant};

use super::event::WorkerFact;
use super::worker::{Worker, WorkerChange};

/// As many trainings, and as many acknowledgements, a worker may have: they are kept with the worker.
const MOST: usize = 1_000;

/// A training that a worker attended (培训).
#[derive(Clone, PartialEq, Eq)]
pub struct Training {
    /// The day.
    pub on: Date,
    /// Whole hours.
    pub hours: u32,
    /// What it was about.
    pub topic: String,
    /// The certificate's number or where it is kept, or empty.
    pub certificate: String,
    /// When it was recorded.
    pub recorded: Instant,
}

/// A worker's word to have read the work guide (工作指南).
#[derive(Clone, PartialEq, Eq)]
pub struct GuideAcknowledgement {
    /// The version that is printed on it.
    pub version: String,
    /// The day.
    pub on: Date,
    /// When it was recorded.
    pub recorded: Instant,
}

/// Why a training or an acknowledgement is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrainingError {
    /// The day is in the future.
    #[error("must not be in the future")]
    InFuture,
    /// No more can be kept.
    #[error("a worker has {MOST} records at most")]
    TooMany,
}

impl Worker {
    /// Records a training.
    ///
    /// # Errors
    /// [`TrainingError`].
    pub fn train(&self, training: Training, now: Instant) -> Result<WorkerChange, TrainingError> {
        possible(training.on, self.trainings.len(), now)?;
        let mut worker = self.changed(now);
        let fact = WorkerFact::Trained { on: training.on, hours: training.hours };
        let events = self.latest_post().map(|post| worker.event(post, fact)).into_iter().collect();
        worker.trainings.push(training);
        Ok(WorkerChange { worker, events })
    }

    /// Records that a version of the guide was read. The same version again changes nothing.
    ///
    /// # Errors
    /// [`TrainingError`].
    pub fn acknowledge(
        &self,
        acknowledgement: GuideAcknowledgement,
        now: Instant,
    ) -> Result<WorkerChange, TrainingError> {
        possible(acknowledgement.on, self.acknowledgements.len(), now)?;
        if self.acknowledgements.iter().any(|known| known.version == acknowledgement.version) {
            return Ok(WorkerChange { worker: self.clone(), events: Vec::new() });
        }
        let mut worker = self.changed(now);
        worker.acknowledgements.push(acknowledgement);
        Ok(WorkerChange { worker, events: Vec::new() })
    }
}

fn possible(on: Date, records: usize, now: Instant) -> Result<(), TrainingError> {
    if on > shanghai_date(now) {
        return Err(TrainingError::InFuture);
    }
    if records >= MOST { Err(TrainingError::TooMany) } else { Ok(()) }
}

/// Says only the day.
impl fmt::Debug for Training {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Training").field("on", &self.on).finish_non_exhaustive()
    }
}

/// Says only the day.
impl fmt::Debug for GuideAcknowledgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuideAcknowledgement").field("on", &self.on).finish_non_exhaustive()
    }
}
