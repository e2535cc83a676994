//! What a caller is told when a mark of a pair is refused.

use platform::error::ServiceError;

use crate::domain::matching::difference::MarkError;

impl From<MarkError> for ServiceError {
    fn from(error: MarkError) -> Self {
        let reason = match error {
            MarkError::AlreadyMarked => "ALREADY_MARKED_DIFFERENT",
            MarkError::NotMarked => "NOT_MARKED_DIFFERENT",
        };
        Self::failed_precondition(reason, error.to_string())
    }
}

/// `INVALID_ARGUMENT`: a file is compared with itself.
#[must_use]
pub fn same_child() -> ServiceError {
    ServiceError::invalid("other_child", "SAME_CHILD", "must be another file than the first one")
}

/// `INVALID_ARGUMENT`: a day of birth alone describes nobody.
#[must_use]
pub fn too_little_known() -> ServiceError {
    let expected = "must be set, or else a township, a guardian's name or a citizen id";
    ServiceError::invalid("full_name", "TOO_LITTLE_KNOWN", expected)
}
