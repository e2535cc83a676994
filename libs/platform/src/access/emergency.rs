use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, HeaderName};
use tonic::metadata::MetadataMap;

use super::Caller;
use crate::error::ServiceError;

/// Why a call is made in an emergency: UTF-8, in a binary header as every gRPC library writes it.
pub const EMERGENCY: HeaderName = HeaderName::from_static("hutong-emergency-bin");

/// The longest reason, characters.
pub const LONGEST_REASON: usize = 500;

/// A call that is allowed because a child is in danger.
#[derive(Clone, PartialEq, Eq)]
pub struct EmergencyCall {
    /// The certificate's code.
    pub caller: String,
    /// The method's path.
    pub method: String,
    /// What the caller says. It may tell of a child: never to be logged.
    pub reason: String,
}

impl fmt::Debug for EmergencyCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmergencyCall({} {})", self.caller, self.method)
    }
}

/// Where calls in an emergency are written down, before they are carried out.
#[async_trait::async_trait]
pub trait EmergencyDesk: fmt::Debug + Send + Sync {
    /// Writes it down, for a person to review.
    ///
    /// # Errors
    /// If it could not be written: the call is then not carried out.
    async fn open(&self, call: EmergencyCall) -> Result<(), ServiceError>;
}

/// The desks of the services behind a door, by the service's name. A service without one answers in no emergency.
pub type EmergencyDesks = HashMap<&'static str, Arc<dyn EmergencyDesk>>;

/// What the headers ask for, if the contract opens the method to this caller in an emergency.
///
/// # Errors
/// `INVALID_ARGUMENT` (`EMERGENCY_REASON`) if the reason is empty, too long or no text.
pub fn asked(caller: &Caller, path: &str, headers: &HeaderMap) -> Result<Option<EmergencyCall>, ServiceError> {
    let opens = |callers: &contract::access::Callers| {
        caller.department().is_some_and(|department| callers.allow_in_emergency(department))
    };
    if !headers.contains_key(EMERGENCY) || !contract::access::callers(path).is_some_and(opens) {
        return Ok(None);
    }
    let metadata = MetadataMap::from_headers(headers.clone());
    let said = metadata.get_bin(EMERGENCY.as_str()).and_then(|value| value.to_bytes().ok());
    let reason = said.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok()).unwrap_or_default();
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        return Err(ServiceError::invalid(
            EMERGENCY.as_str(),
            "EMERGENCY_REASON",
            format!("must say why, in at most {LONGEST_REASON} characters of UTF-8"),
        ));
    }
    Ok(Some(EmergencyCall { caller: caller.code().to_owned(), method: path.to_owned(), reason: reason.to_owned() }))
}

/// Whether a call wants to be one in an emergency, and may.
pub(crate) fn is_asked(caller: &Caller, path: &str, headers: &HeaderMap) -> bool {
    !caller.may_call(path) && asked(caller, path, headers).is_ok_and(|call| call.is_some())
}
