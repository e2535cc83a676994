//! What a caller is told when a comparison refuses.

use kernel::ErrorCode;
use platform::error::ServiceError;

/// `NOT_FOUND`: there is no such comparison.
#[must_use]
pub fn not_found() -> ServiceError {
    ServiceError::new(ErrorCode::NotFound, "RECONCILIATION_NOT_FOUND", "no such reconciliation")
}

/// `FAILED_PRECONDITION`: it takes no more rows.
#[must_use]
pub fn finished() -> ServiceError {
    ServiceError::failed_precondition("RECONCILIATION_FINISHED", "the reconciliation is finished: start another one")
}

/// `FAILED_PRECONDITION`: nobody finished it in time.
#[must_use]
pub fn abandoned() -> ServiceError {
    let message =
        "the reconciliation was not finished in time and is closed: start another one and send the list again";
    ServiceError::failed_precondition("RECONCILIATION_ABANDONED", message)
}

/// ABORTED: rows arrived while it was compared.
#[must_use]
pub fn changed() -> ServiceError {
    ServiceError::aborted("RECONCILIATION_CHANGED", "rows arrived while the list was compared: finish it again")
}
