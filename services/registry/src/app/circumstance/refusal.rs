//! What a caller is told when a change of circumstances is refused.

use platform::error::ServiceError;

use crate::domain::circumstance::CircumstanceError;

impl From<CircumstanceError> for ServiceError {
    fn from(error: CircumstanceError) -> Self {
        match error {
            CircumstanceError::ImpossibleDay => Self::invalid(
                "circumstance.validity.from",
                "DATE_OUT_OF_RANGE",
                "must not be before the child's birth nor in the future",
            ),
            CircumstanceError::Ended => Self::failed_precondition("CIRCUMSTANCE_ENDED", error.to_string()),
        }
    }
}
