//! What a caller is told when a step is refused.

use kernel::ErrorCode;
use platform::error::ServiceError;

use crate::domain::application::ApplicationError;

/// `NOT_FOUND`: there is no such application.
#[must_use]
pub fn application_not_found() -> ServiceError {
    ServiceError::new(ErrorCode::NotFound, "APPLICATION_NOT_FOUND", "no such application")
}

/// What a caller is told of a refused step whose day and reasons stand in these fields.
#[must_use]
pub fn step(error: ApplicationError, day: &str, reasons: &str) -> ServiceError {
    let failed = |reason| ServiceError::failed_precondition(reason, error.to_string());
    match error {
        ApplicationError::AgeLimit => failed("AGE_LIMIT"),
        ApplicationError::UnderWay => failed("APPLICATION_UNDER_WAY"),
        ApplicationError::NotWaiting => failed("APPLICATION_NOT_WAITING"),
        ApplicationError::ReasonsMissing => {
            ServiceError::invalid(reasons, "REASONS_MISSING", "must say in writing why")
        }
        ApplicationError::ImpossibleDay => {
            ServiceError::invalid(day, "DATE_OUT_OF_RANGE", "must not be before the step before it nor in the future")
        }
    }
}
