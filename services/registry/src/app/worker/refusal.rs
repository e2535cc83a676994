//! What a caller is told when a decision on a worker is refused.

use kernel::ErrorCode;
use platform::error::ServiceError;

use crate::domain::worker::{AppointmentError, FutureDay, PostError, TrainingError};

/// `NOT_FOUND`: there is no such worker.
#[must_use]
pub fn worker_not_found() -> ServiceError {
    ServiceError::new(ErrorCode::NotFound, "WORKER_NOT_FOUND", "no such worker")
}

/// `FAILED_PRECONDITION`: the worker holds no post on a day.
#[must_use]
pub fn no_post(day: &str) -> ServiceError {
    ServiceError::failed_precondition("WORKER_HAS_NO_POST", format!("the worker holds no post on {day}"))
}

/// `INVALID_ARGUMENT`: a worker cannot succeed themselves.
#[must_use]
pub fn same_worker() -> ServiceError {
    ServiceError::invalid("known", "SAME_WORKER", "must be another worker than the one who goes")
}

/// `INVALID_ARGUMENT`: there is no such post in that division.
#[must_use]
pub fn wrong_level(error: PostError) -> ServiceError {
    ServiceError::invalid("division", "DIVISION_LEVEL", error.to_string())
}

/// `INVALID_ARGUMENT`: the period is empty.
#[must_use]
pub fn empty_period(field: &str) -> ServiceError {
    ServiceError::invalid(field, "PERIOD_EMPTY", "must be after the first day")
}

impl From<AppointmentError> for ServiceError {
    fn from(error: AppointmentError) -> Self {
        let reason = match error {
            AppointmentError::PostTaken => "POST_TAKEN",
            AppointmentError::WorkerHasPost => "WORKER_HAS_POST",
            AppointmentError::WorkerHasNoPost => "WORKER_HAS_NO_POST",
            AppointmentError::BeforeStart => "DATE_BEFORE_START",
        };
        Self::failed_precondition(reason, error.to_string())
    }
}

/// What a caller is told of a refused record whose day stands in the field `day`.
#[must_use]
pub fn training(error: TrainingError, day: &str) -> ServiceError {
    match error {
        TrainingError::InFuture => ServiceError::invalid(day, "DATE_OUT_OF_RANGE", error.to_string()),
        TrainingError::TooMany => ServiceError::failed_precondition("TOO_MANY_RECORDS", error.to_string()),
    }
}

impl From<FutureDay> for ServiceError {
    fn from(error: FutureDay) -> Self {
        Self::invalid("valid_from", "DATE_OUT_OF_RANGE", error.to_string())
    }
}
