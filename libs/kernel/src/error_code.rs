//! The kinds of failure that a caller can tell apart.

use std::fmt;
use std::str::FromStr;

/// How a request failed: the part of gRPC's status codes that this system answers with.
///
/// A code says what the caller can do next; the reason is told apart from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorCode {
    /// The request is malformed whatever the state is; mend it.
    InvalidArgument,
    /// There is no such thing.
    NotFound,
    /// There is such a thing already.
    AlreadyExists,
    /// The state does not allow it now.
    FailedPrecondition,
    /// Somebody else was faster (a stale etag, a lost race); read again and repeat.
    Aborted,
    /// The caller may not; whether the thing exists is not said (AIP-211).
    PermissionDenied,
    /// It is not known who calls.
    Unauthenticated,
    /// A quota or the disk is used up.
    ResourceExhausted,
    /// The service cannot answer now; repeat later.
    Unavailable,
    /// The caller's time ran out.
    DeadlineExceeded,
    /// An invariant is broken; nothing the caller can do.
    Internal,
}

/// A text that names no [`ErrorCode`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an error code")]
pub struct UnknownErrorCode;

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 11] = [
        Self::InvalidArgument,
        Self::NotFound,
        Self::AlreadyExists,
        Self::FailedPrecondition,
        Self::Aborted,
        Self::PermissionDenied,
        Self::Unauthenticated,
        Self::ResourceExhausted,
        Self::Unavailable,
        Self::DeadlineExceeded,
        Self::Internal,
    ];

    /// The code as gRPC spells it: `INVALID_ARGUMENT`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidArgument => "INVALID_ARGUMENT",
            Self::NotFound => "NOT_FOUND",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::FailedPrecondition => "FAILED_PRECONDITION",
            Self::Aborted => "ABORTED",
            Self::PermissionDenied => "PERMISSION_DENIED",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::ResourceExhausted => "RESOURCE_EXHAUSTED",
            Self::Unavailable => "UNAVAILABLE",
            Self::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Self::Internal => "INTERNAL",
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ErrorCode {
    type Err = UnknownErrorCode;

    fn from_str(text: &str) -> Result<Self, UnknownErrorCode> {
        Self::ALL.into_iter().find(|code| code.as_str() == text).ok_or(UnknownErrorCode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_spelled_as_its_name_and_leads_back() {
        for code in ErrorCode::ALL {
            assert_eq!(code.as_str().replace('_', "").to_lowercase(), format!("{code:?}").to_lowercase());
            assert_eq!(code.as_str().parse(), Ok(code));
        }
        assert_eq!("OK".parse::<ErrorCode>(), Err(UnknownErrorCode));
    }
}
