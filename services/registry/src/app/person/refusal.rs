//! What a caller is told when a change of a person is refused.

use kernel::ErrorCode;
use platform::error::ServiceError;

use crate::domain::person::{IdentityError, PersonError};

/// `NOT_FOUND`: there is no such person.
#[must_use]
pub fn person_not_found() -> ServiceError {
    ServiceError::new(ErrorCode::NotFound, "PERSON_NOT_FOUND", "no such person")
}

/// `ALREADY_EXISTS`: the citizen ID is another person's.
#[must_use]
pub fn already_registered() -> ServiceError {
    ServiceError::already_exists("PERSON_ALREADY_REGISTERED", "a person with this citizen id exists: search for it")
}

impl From<IdentityError> for ServiceError {
    fn from(error: IdentityError) -> Self {
        let (field, reason) = match error {
            IdentityError::NameMissing => ("identity.full_name", "NAME_MISSING"),
            IdentityError::BirthMismatch => ("identity.citizen_id", "ID_BIRTH_MISMATCH"),
            IdentityError::BornInFuture => ("identity.birth_date", "BIRTH_DATE_INVALID"),
        };
        Self::invalid(field, reason, error.to_string())
    }
}

/// What a caller is told of a refused change whose day stands in the field `day`.
#[must_use]
pub fn person(error: PersonError, day: &str) -> ServiceError {
    let failed = |reason| ServiceError::failed_precondition(reason, error.to_string());
    match error {
        PersonError::ImpossibleDay => {
            ServiceError::invalid(day, "DATE_OUT_OF_RANGE", "must not be before the person's birth nor in the future")
        }
        PersonError::NoSuchSituation => {
            ServiceError::new(ErrorCode::NotFound, "SITUATION_NOT_FOUND", error.to_string())
        }
        PersonError::SituationEnded => failed("SITUATION_ENDED"),
        PersonError::SituationOverlaps => failed("SITUATION_OVERLAPS"),
    }
}
