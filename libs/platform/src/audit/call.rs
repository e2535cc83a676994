use http::{HeaderMap, HeaderName, Request};
use kernel::{CallId, Clock, Instant};
use tonic::body::Body;
use uuid::Uuid;

use crate::access::{Caller, Connection, is_emergency};
use crate::error::ServiceError;
use crate::telemetry::context::current_traceparent;

/// The metadata in which a caller asserts who of its own asks: a person or a program, in an opaque name.
pub const ACTOR: HeaderName = HeaderName::from_static("hutong-actor");

/// Characters of an actor at most.
const LONGEST_ACTOR: usize = 64;

/// What stands for a method that there is not. A path that is not ours is the caller's own text.
const UNKNOWN: &str = "unknown";

/// For what a department calls in an emergency, whatever the method is for.
pub const EMERGENCY_PURPOSE: &str = "a child is in danger: called in an emergency, with a reason";

/// Of the platform's own methods.
const REFLECTION: &str = "reflection";

/// A call as it came to the door. What is absent is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its id, which all of its entries have.
    pub id: Uuid,
    /// When it came.
    pub at: Instant,
    /// Whose certificate it came with, such as `EDU-371621`; empty if that named nobody.
    pub caller: String,
    /// Who of the caller's asked, by the caller's word.
    pub actor: String,
    /// The method without the slash before it: `hutong.registry.v1.ChildService/GetChild`.
    pub method: &'static str,
    /// What the method is for, by the contract; [`EMERGENCY_PURPOSE`] if it was called in an emergency.
    pub purpose: &'static str,
    /// The trace's id, 32 hex digits.
    pub trace: String,
}

impl Call {
    /// A call that comes now, and the refusal that it has earned already.
    pub(super) fn begin(request: &Request<Body>, clock: &dyn Clock) -> (Self, Option<ServiceError>) {
        let (method, mut purpose) = known(request.uri().path());
        let caller = Caller::in_extensions(request.extensions().get::<Connection>());
        if let Ok(caller) = &caller
            && is_emergency(caller, request.uri().path(), request.headers())
        {
            purpose = EMERGENCY_PURPOSE;
        }
        let (actor, refusal) = match actor(request.headers()) {
            Ok(actor) => (actor, None),
            Err(error) => (String::new(), Some(error)),
        };
        let call = Self {
            id: CallId::generate(clock).as_uuid(),
            at: clock.now(),
            caller: caller.map(|caller| caller.code().to_owned()).unwrap_or_default(),
            actor,
            method,
            purpose,
            trace: current_traceparent().as_deref().map(trace_of).unwrap_or_default(),
        };
        (call, refusal)
    }
}

fn known(path: &str) -> (&'static str, &'static str) {
    match contract::access::method(path) {
        Some((path, callers)) => (path.trim_start_matches('/'), callers.purpose.as_str()),
        None if path.starts_with("/grpc.reflection.") => (REFLECTION, ""),
        None => (UNKNOWN, ""),
    }
}

/// `00-<trace>-<span>-<flags>`.
fn trace_of(traceparent: &str) -> String {
    traceparent.split('-').nth(1).unwrap_or_default().to_owned()
}

/// Who is said to sit before the calling system; empty if nobody is.
///
/// # Errors
/// `INVALID_ARGUMENT` (`ACTOR_MALFORMED`).
pub fn actor(headers: &HeaderMap) -> Result<String, ServiceError> {
    let mut asserted = headers.get_all(ACTOR).iter();
    match (asserted.next(), asserted.next()) {
        (None, _) => Ok(String::new()),
        (Some(actor), None) if is_well_formed(actor.as_bytes()) => {
            Ok(actor.to_str().expect("these bytes are plain text").to_owned())
        }
        _ => Err(ServiceError::invalid(
            ACTOR.as_str(),
            "ACTOR_MALFORMED",
            "must be one opaque name of your own, 1 to 64 characters of A-Z a-z 0-9 . _ @ -",
        )),
    }
}

fn is_well_formed(actor: &[u8]) -> bool {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"._@-".contains(byte);
    (1..=LONGEST_ACTOR).contains(&actor.len()) && actor.iter().all(fits)
}
