use kernel::ErrorCode;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use super::ServiceError;

/// The `domain` of every `ErrorInfo` (AIP-193).
pub const DOMAIN: &str = "hutong";

/// The one mapping to gRPC. What is broken inside is logged here, once, with its chain; the client sees the message, the
/// reason, and nothing of the cause.
impl From<ServiceError> for Status {
    fn from(error: ServiceError) -> Self {
        match error.code {
            ErrorCode::Internal => {
                tracing::error!(reason = error.reason, cause = %error.chain(), "internal error");
            }
            ErrorCode::Unavailable | ErrorCode::ResourceExhausted if error.source.is_some() => {
                tracing::warn!(reason = error.reason, cause = %error.chain(), "{}", error.message);
            }
            _ => {}
        }
        let message = if error.code == ErrorCode::Internal { "internal error".to_owned() } else { error.message };
        let mut details = ErrorDetails::new();
        details.set_error_info(
            error.reason,
            DOMAIN,
            error.metadata.into_iter().collect::<std::collections::HashMap<_, _>>(),
        );
        if error.retry_after.is_some() {
            details.set_retry_info(error.retry_after);
        }
        for violation in error.violations {
            details.add_bad_request_violation(violation.field, violation.description);
        }
        Status::with_error_details(code(error.code), message, details)
    }
}

fn code(code: ErrorCode) -> Code {
    match code {
        ErrorCode::InvalidArgument => Code::InvalidArgument,
        ErrorCode::NotFound => Code::NotFound,
        ErrorCode::AlreadyExists => Code::AlreadyExists,
        ErrorCode::FailedPrecondition => Code::FailedPrecondition,
        ErrorCode::Aborted => Code::Aborted,
        ErrorCode::PermissionDenied => Code::PermissionDenied,
        ErrorCode::Unauthenticated => Code::Unauthenticated,
        ErrorCode::ResourceExhausted => Code::ResourceExhausted,
        ErrorCode::Unavailable => Code::Unavailable,
        ErrorCode::DeadlineExceeded => Code::DeadlineExceeded,
        ErrorCode::Internal => Code::Internal,
    }
}
