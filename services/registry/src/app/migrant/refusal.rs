//! What a caller is told when the ledger refuses.

use kernel::ErrorCode;
use platform::error::ServiceError;

use crate::domain::migrant::amending::AmendmentError;
use crate::domain::migrant::departing::DepartureError;
use crate::domain::migrant::particulars::IdentityError;
use crate::domain::migrant::reporting::ReportError;

/// `NOT_FOUND`: there is no such entry.
#[must_use]
pub fn migrant_not_found() -> ServiceError {
    ServiceError::new(ErrorCode::NotFound, "MIGRANT_NOT_FOUND", "no such entry of the ledger of migrant children")
}

/// `ALREADY_EXISTS`: the citizen ID has another entry, of which nothing is told.
#[must_use]
pub fn already_recorded() -> ServiceError {
    ServiceError::already_exists("MIGRANT_ALREADY_RECORDED", "an entry with this citizen id exists")
}

/// `INVALID_ARGUMENT`: facts of `at` do not agree.
#[must_use]
pub fn identity(error: IdentityError, at: &str) -> ServiceError {
    let (field, reason) = match error {
        IdentityError::NameMissing => ("full_name", "NAME_MISSING"),
        IdentityError::BirthMismatch => ("citizen_id", "ID_BIRTH_MISMATCH"),
        IdentityError::BornInFuture => ("birth_date", "BIRTH_DATE_INVALID"),
    };
    ServiceError::invalid(format!("{at}.{field}"), reason, error.to_string())
}

/// What a caller is told of a report whose facts stand in `at` and whose survey in `surveyed_on` beside them.
#[must_use]
pub fn report(error: ReportError, at: &str) -> ServiceError {
    let field = |name: &str| format!("{at}.{name}");
    let impossible = "must not be in the future, before the child's birth, nor out of order with the stay";
    match error {
        ReportError::ImpossibleSurvey => {
            let beside = at.strip_suffix(".facts").map_or_else(String::new, |report| format!("{report}."));
            ServiceError::invalid(format!("{beside}surveyed_on"), "DATE_OUT_OF_RANGE", impossible)
        }
        ReportError::ImpossibleArrival => ServiceError::invalid(field("arrived_on"), "DATE_OUT_OF_RANGE", impossible),
        ReportError::AwayAfterArrival => {
            ServiceError::invalid(field("away_since"), "AWAY_SINCE_AFTER_ARRIVAL", error.to_string())
        }
        ReportError::ArrivalBeforeDeparture => {
            ServiceError::failed_precondition("ARRIVAL_BEFORE_DEPARTURE", error.to_string())
        }
    }
}

impl From<AmendmentError> for ServiceError {
    fn from(error: AmendmentError) -> Self {
        match error {
            AmendmentError::Identity(error) => identity(error, "facts"),
            AmendmentError::Days(error) => report(error, "facts"),
            AmendmentError::ImpossibleDay => Self::invalid(
                "valid_from",
                "DATE_OUT_OF_RANGE",
                "must not be before the child's birth nor in the future",
            ),
        }
    }
}

impl From<DepartureError> for ServiceError {
    fn from(error: DepartureError) -> Self {
        Self::invalid("left_on", "DATE_OUT_OF_RANGE", error.to_string())
    }
}
