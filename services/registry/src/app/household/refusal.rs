//! What a caller is told when a change of a household is refused.

use kernel::ErrorCode;
use platform::error::ServiceError;

use crate::domain::household::HouseholdError;

/// `NOT_FOUND`: there is no such household.
#[must_use]
pub fn household_not_found() -> ServiceError {
    ServiceError::new(ErrorCode::NotFound, "HOUSEHOLD_NOT_FOUND", "no such household")
}

/// What a caller is told of a refused change whose day stands in the field `day`.
#[must_use]
pub fn household(error: HouseholdError, day: &str) -> ServiceError {
    match error {
        HouseholdError::ImpossibleDay => ServiceError::invalid(day, "DATE_OUT_OF_RANGE", "must not be in the future"),
        HouseholdError::NoSuchMember => ServiceError::new(ErrorCode::NotFound, "MEMBER_NOT_FOUND", error.to_string()),
        HouseholdError::MemberLeft => ServiceError::failed_precondition("MEMBER_LEFT", error.to_string()),
    }
}
