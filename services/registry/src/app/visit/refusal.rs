//! What a caller is told when a visit is refused.

use platform::error::ServiceError;

use crate::domain::visit::VisitError;

/// `INVALID_ARGUMENT`: the id came with another visit.
#[must_use]
pub fn id_reused() -> ServiceError {
    ServiceError::invalid("id", "VISIT_ID_REUSED", "came with another visit: take a new UUID for each new visit")
}

impl From<VisitError> for ServiceError {
    fn from(error: VisitError) -> Self {
        match error {
            VisitError::InFuture => Self::invalid("visit.visited_on", "DATE_OUT_OF_RANGE", "must not be in the future"),
            VisitError::WorkerHasNoPost => Self::failed_precondition("WORKER_HAS_NO_POST", error.to_string()),
        }
    }
}
