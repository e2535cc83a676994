use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kernel::ErrorCode;

use super::with_causes;

/// A call's failure. Cheap to clone: one failed batch answers all who waited for it.
///
/// `Display` is the message for clients and never contains the source. No field may hold a name, a citizen ID, a phone,
/// a category or a score: the error is logged and travels.
#[derive(Debug, Clone)]
pub struct ServiceError {
    /// The kind of failure.
    pub code: ErrorCode,
    /// The stable name of the case, `SCREAMING_SNAKE_CASE`: clients compare it.
    pub reason: &'static str,
    /// One sentence for people, safe for clients.
    pub message: String,
    /// The fields at fault, for [`ErrorCode::InvalidArgument`].
    pub violations: Vec<FieldViolation>,
    /// Further facts for programs, by name.
    pub metadata: Vec<(String, String)>,
    /// After which time the call may be repeated, for [`ErrorCode::ResourceExhausted`].
    pub retry_after: Option<Duration>,
    /// What went wrong beneath. Logged, never sent.
    pub source: Option<Arc<dyn Error + Send + Sync>>,
}

/// One field at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldViolation {
    /// Path of the field in the request: `child.citizen_id`, `categories[2].from`.
    pub field: String,
    /// What is expected there.
    pub description: String,
}

impl ServiceError {
    /// Any failure; the constructors below name the usual ones.
    #[must_use]
    pub fn new(code: ErrorCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
            violations: Vec::new(),
            metadata: Vec::new(),
            retry_after: None,
            source: None,
        }
    }

    /// `INVALID_ARGUMENT` for one field. More may be added with [`ServiceError::and_invalid`].
    #[must_use]
    pub fn invalid(field: impl Into<String>, reason: &'static str, description: impl Into<String>) -> Self {
        let (field, description) = (field.into(), description.into());
        let message = format!("{field}: {description}");
        Self::new(ErrorCode::InvalidArgument, reason, message).and_invalid(field, description)
    }

    /// `INVALID_ARGUMENT` for several fields; reason `INVALID_FIELDS`.
    #[must_use]
    pub fn invalid_fields(violations: Vec<FieldViolation>) -> Self {
        let message = match violations.as_slice() {
            [one] => format!("{}: {}", one.field, one.description),
            several => format!("{} fields are invalid", several.len()),
        };
        Self { violations, ..Self::new(ErrorCode::InvalidArgument, "INVALID_FIELDS", message) }
    }

    /// `NOT_FOUND`: "no such child". `what` is the kind, never the key.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, "NOT_FOUND", format!("no such {what}"))
    }

    /// `ALREADY_EXISTS`.
    #[must_use]
    pub fn already_exists(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::AlreadyExists, reason, message)
    }

    /// `FAILED_PRECONDITION`: the state does not allow it.
    #[must_use]
    pub fn failed_precondition(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::FailedPrecondition, reason, message)
    }

    /// ABORTED, reason `ETAG_MISMATCH`: somebody else changed it since it was read (AIP-154).
    #[must_use]
    pub fn aborted_etag() -> Self {
        Self::new(ErrorCode::Aborted, "ETAG_MISMATCH", "it has changed since it was read: read it again")
    }

    /// ABORTED for another lost race.
    #[must_use]
    pub fn aborted(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Aborted, reason, message)
    }

    /// `PERMISSION_DENIED`. One text for every case, so that nothing of what exists shows through (AIP-211).
    #[must_use]
    pub fn permission_denied() -> Self {
        Self::new(ErrorCode::PermissionDenied, "NOT_PERMITTED", "not permitted, or there is no such thing")
    }

    /// UNAUTHENTICATED.
    #[must_use]
    pub fn unauthenticated(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Unauthenticated, reason, message)
    }

    /// `RESOURCE_EXHAUSTED`: a queue, a quota or the disk is full.
    #[must_use]
    pub fn exhausted(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ResourceExhausted, reason, message)
    }

    /// UNAVAILABLE: repeat later.
    #[must_use]
    pub fn unavailable(reason: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Unavailable, reason, message)
    }

    /// `DEADLINE_EXCEEDED`.
    #[must_use]
    pub fn deadline_exceeded() -> Self {
        Self::new(ErrorCode::DeadlineExceeded, "DEADLINE_EXCEEDED", "the call's deadline has passed")
    }

    /// INTERNAL. The client learns nothing of `source`; it is logged with its chain where the answer is made.
    #[must_use]
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(ErrorCode::Internal, "INTERNAL", "internal error").with_source(source)
    }

    /// Adds a field at fault.
    #[must_use]
    pub fn and_invalid(mut self, field: impl Into<String>, description: impl Into<String>) -> Self {
        self.violations.push(FieldViolation { field: field.into(), description: description.into() });
        self
    }

    /// Adds a fact for programs, such as the import's row.
    #[must_use]
    pub fn with_metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.push((name.into(), value.into()));
        self
    }

    /// Says after which time the call may be repeated.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Adds what went wrong beneath.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// The causes beneath, outermost first, in one line. For the log.
    #[must_use]
    pub fn chain(&self) -> String {
        self.source.as_deref().map_or_else(String::new, |source| with_causes(source))
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for ServiceError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
