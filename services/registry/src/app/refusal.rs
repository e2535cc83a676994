//! What a caller is told when the domain refuses.

use kernel::ErrorCode;
use platform::error::ServiceError;

use crate::domain::child::{NotActive, UpdateError};
use crate::domain::decision::DecisionError;
use crate::domain::ending::EndError;
use crate::domain::merge::MergeError;
use crate::domain::profile::ProfileError;
use crate::domain::review::ReviewError;
use crate::domain::transfer::TransferError;

/// `NOT_FOUND`: there is no such file.
#[must_use]
pub fn child_not_found() -> ServiceError {
    ServiceError::new(ErrorCode::NotFound, "CHILD_NOT_FOUND", "no such child")
}

/// `ALREADY_EXISTS`: the citizen ID has a file, of which nothing is told.
#[must_use]
pub fn already_registered() -> ServiceError {
    ServiceError::already_exists("CHILD_ALREADY_REGISTERED", "a file with this citizen id exists")
}

/// `FAILED_PRECONDITION`: the child carries the category.
#[must_use]
pub fn already_confirmed() -> ServiceError {
    failed("CATEGORY_ALREADY_CONFIRMED", DecisionError::AlreadyConfirmed)
}

/// `INVALID_ARGUMENT`: the division is none of the city's, or larger than a county.
#[must_use]
pub fn unknown_division(field: &str) -> ServiceError {
    ServiceError::invalid(field, "UNKNOWN_DIVISION", "must be a county, township or village of the city")
}

/// `INVALID_ARGUMENT`: a day on which it cannot have happened.
fn impossible_day(field: &str) -> ServiceError {
    ServiceError::invalid(field, "DATE_OUT_OF_RANGE", "must not be before the child's birth nor in the future")
}

fn failed(reason: &'static str, error: impl std::fmt::Display) -> ServiceError {
    ServiceError::failed_precondition(reason, error.to_string())
}

impl From<NotActive> for ServiceError {
    fn from(error: NotActive) -> Self {
        failed("CHILD_NOT_ACTIVE", error)
    }
}

impl From<ProfileError> for ServiceError {
    fn from(error: ProfileError) -> Self {
        let (field, reason) = match error {
            ProfileError::NameMissing => ("profile.full_name", "NAME_MISSING"),
            ProfileError::BirthMismatch => ("profile.citizen_id", "ID_BIRTH_MISMATCH"),
            ProfileError::BornInFuture => ("profile.birth_date", "BIRTH_DATE_INVALID"),
        };
        Self::invalid(field, reason, error.to_string())
    }
}

impl From<UpdateError> for ServiceError {
    fn from(error: UpdateError) -> Self {
        match error {
            UpdateError::NotActive(error) => error.into(),
            UpdateError::Profile(error) => error.into(),
            UpdateError::ImpossibleDay => Self::invalid("valid_from", "DATE_OUT_OF_RANGE", "must not be in the future"),
        }
    }
}

impl From<TransferError> for ServiceError {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::NotActive(error) => error.into(),
            TransferError::SameDivision => failed("SAME_DIVISION", error),
            TransferError::LaterMove => failed("LATER_MOVE", error),
            TransferError::ImpossibleDay => impossible_day("transferred_on"),
        }
    }
}

impl From<EndError> for ServiceError {
    fn from(error: EndError) -> Self {
        match error {
            EndError::NotActive(error) => error.into(),
            EndError::NotYetAdult => failed("NOT_YET_ADULT", error),
            EndError::ImpossibleDay => impossible_day("ended_on"),
        }
    }
}

impl From<MergeError> for ServiceError {
    fn from(error: MergeError) -> Self {
        match error {
            MergeError::SameFile => {
                Self::invalid("merged_child", "SAME_CHILD", "must be another file than the one that stays")
            }
            MergeError::NotActive(error) => error.into(),
            MergeError::DifferentCitizenIds => failed("DIFFERENT_CITIZEN_IDS", error),
        }
    }
}

/// What a caller is told of a refused review.
#[must_use]
pub fn review(error: ReviewError) -> ServiceError {
    match error {
        ReviewError::NotActive(error) => error.into(),
        ReviewError::NoSuchRecord => decision(DecisionError::NoSuchRecord, "reviewed_on"),
        ReviewError::Ended => decision(DecisionError::AlreadyEnded, "reviewed_on"),
        ReviewError::ImpossibleDay => ServiceError::invalid(
            "reviewed_on",
            "DATE_OUT_OF_RANGE",
            "must not be before the last review nor in the future",
        ),
    }
}

/// What a caller is told of a refused decision whose day stands in the field `day`.
#[must_use]
pub fn decision(error: DecisionError, day: &str) -> ServiceError {
    match error {
        DecisionError::NotActive(error) => error.into(),
        DecisionError::NoSuchRecord => {
            ServiceError::new(ErrorCode::NotFound, "CATEGORY_RECORD_NOT_FOUND", error.to_string())
        }
        DecisionError::AlreadyEnded => failed("CATEGORY_ENDED", error),
        DecisionError::AlreadyConfirmed => already_confirmed(),
        DecisionError::AgeLimit => failed("AGE_LIMIT", error),
        DecisionError::BeforeStart => failed("DATE_BEFORE_START", error),
        DecisionError::ImpossibleDay => impossible_day(day),
    }
}
