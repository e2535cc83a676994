//! What a caller is told when a change of roles is refused.

use kernel::ErrorCode;
use platform::error::ServiceError;

use crate::domain::guardianship::GuardianshipError;

/// What a caller is told of a refused change whose day stands in the field `day`.
#[must_use]
pub fn guardianship(error: GuardianshipError, day: &str) -> ServiceError {
    let failed = |reason| ServiceError::failed_precondition(reason, error.to_string());
    match error {
        GuardianshipError::ImpossibleDay => {
            ServiceError::invalid(day, "DATE_OUT_OF_RANGE", "must not be before the child's birth nor in the future")
        }
        GuardianshipError::NoSuchRole => ServiceError::new(ErrorCode::NotFound, "ROLE_NOT_FOUND", error.to_string()),
        GuardianshipError::RoleEnded => failed("ROLE_ENDED"),
        GuardianshipError::ParentTaken => failed("PARENT_TAKEN"),
        GuardianshipError::RoleOverlaps => failed("ROLE_OVERLAPS"),
        GuardianshipError::OtherPerson => ServiceError::invalid("role.person", "INVALID_FIELDS", error.to_string()),
    }
}
