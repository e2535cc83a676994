//! The people who look after children: child directors in villages, child supervisors in townships.

pub mod post;

mod person;

#[expect(clippy::module_inception, reason = "the aggregate is the subject's name")]
pub mod worker;

pub mod appointing;
pub mod training;
pub mod updating;

pub mod assignment;

pub mod event;

pub use appointing::AppointmentError;
pub use assignment::Assignment;
pub use event::{WorkerEvent, WorkerFact};
pub use person::Person;
pub use post::{Post, PostError, Role};
pub use training::{GuideAcknowledgement, Training, TrainingError};
pub use updating::{FutureDay, PersonPatch};
pub use worker::{Worker, WorkerChange};

#[cfg(test)]
mod tests;
