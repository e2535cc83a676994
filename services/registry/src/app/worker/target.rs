//! Which worker a command is about, and in which state its caller saw it.

use kernel::WorkerId;
use messaging::journal::Context;
use platform::error::ServiceError;

use super::answer::etag;
use super::refusal::worker_not_found;
use crate::domain::worker::{Person, Worker};
use crate::store::{Needs, Workspace};

/// The worker that a command changes, as its caller read it.
#[derive(Clone, Debug)]
pub struct WorkerTarget {
    /// The worker.
    pub worker: WorkerId,
    /// The etag that the caller read; empty changes whatever stands.
    pub etag: String,
}

/// Somebody who is appointed.
#[derive(Clone, Debug)]
pub enum Appointee {
    /// Nobody knew them yet.
    New(Person),
    /// A worker who is known.
    Known(WorkerTarget),
}

impl WorkerTarget {
    pub(super) fn needs(&self, needs: &mut Needs) {
        needs.workforce.workers.insert(self.worker);
    }

    /// # Errors
    /// `NOT_FOUND`, or ABORTED if the worker changed since it was read.
    pub(super) fn of<'a>(&self, workspace: &'a Workspace) -> Result<&'a Worker, ServiceError> {
        let worker = workspace.workforce.workers.get(self.worker).ok_or_else(worker_not_found)?;
        if self.etag.is_empty() || self.etag == etag(worker) { Ok(worker) } else { Err(ServiceError::aborted_etag()) }
    }
}

impl Appointee {
    pub(super) fn needs(&self, needs: &mut Needs) {
        if let Self::Known(target) = self {
            target.needs(needs);
        }
    }

    /// The worker before the appointment.
    ///
    /// # Errors
    /// As [`WorkerTarget::of`].
    pub(super) fn of(&self, workspace: &Workspace, context: &Context<'_>) -> Result<Worker, ServiceError> {
        match self {
            Self::New(person) => Ok(Worker::new(WorkerId::generate(context.clock()), person.clone(), context.now())),
            Self::Known(target) => target.of(workspace).cloned(),
        }
    }
}
