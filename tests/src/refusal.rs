//! What a refused call says: its code, its stable reason, the fields at fault.

use tonic::{Code, Response, Status};
use tonic_types::StatusExt;

/// A refusal, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// gRPC's code.
    pub code: Code,
    /// `ErrorInfo.reason`.
    pub reason: String,
    /// Paths of `BadRequest`, in order.
    pub fields: Vec<String>,
    /// The sentence.
    pub message: String,
    /// All that the status carries, as text, for a search.
    pub everything: String,
}

/// The refusal of a call that must be refused.
///
/// # Panics
/// If it was not, or the refusal names no reason of Hutong's.
pub fn refusal<T>(result: Result<Response<T>, Status>) -> Refusal {
    let Err(status) = result else { panic!("the call was answered, it must be refused") };
    let details = status.get_error_details();
    let info = details.error_info().unwrap_or_else(|| panic!("a refusal without ErrorInfo: {status:?}"));
    assert_eq!(info.domain, "hutong", "ErrorInfo names the domain: {status:?}");
    let violations = details.bad_request().map(|request| request.field_violations.clone()).unwrap_or_default();
    Refusal {
        code: status.code(),
        reason: info.reason.clone(),
        fields: violations.into_iter().map(|violation| violation.field).collect(),
        message: status.message().to_owned(),
        everything: format!(
            "{} {} {:?}",
            status.message(),
            String::from_utf8_lossy(status.details()),
            status.metadata()
        ),
    }
}

/// Proves that a call is refused with this code and reason.
///
/// # Panics
/// If it is answered, or refused otherwise.
#[track_caller]
pub fn assert_refused<T>(result: Result<Response<T>, Status>, code: Code, reason: &str) {
    let refusal = refusal(result);
    assert_eq!((refusal.code, refusal.reason.as_str()), (code, reason), "{}", refusal.message);
}
