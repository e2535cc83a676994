use std::collections::BTreeSet;
use std::sync::Arc;

use contract::audit::v1::Decision;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::{Call, Trail};
use crate::access::OUTSIDE_AREA;

/// Characters of a reason at most. Ours are shorter.
const LONGEST_REASON: usize = 64;

/// What is recorded of a call, or of a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The call.
    pub call: Arc<Call>,
    /// What became of it.
    pub decision: Decision,
    /// The stable reason of a refusal or failure; [`OUTSIDE_AREA`] whatever became of a call that asked for what does not lie
    /// in its caller's area; else empty.
    pub reason: String,
    /// The paths of the fields that were taken out of the answer.
    pub fields: BTreeSet<String>,
    /// The children whom it names, by the registry's own ids.
    pub children: BTreeSet<Uuid>,
    /// How many calls it stands for: one, or those that were refused alike within a second.
    pub calls: u64,
}

impl Entry {
    /// Of a call that is answered, without these fields.
    #[must_use]
    pub fn answered(trail: &Trail, fields: BTreeSet<String>, children: BTreeSet<Uuid>) -> Self {
        let decision = if fields.is_empty() { Decision::Allowed } else { Decision::Redacted };
        Self::of(trail, decision, String::new(), fields, children)
    }

    /// Of a call that ends otherwise.
    #[must_use]
    pub fn ended(trail: &Trail, status: &Status, children: BTreeSet<Uuid>) -> Self {
        let decision = if is_fault(status.code()) { Decision::Failed } else { Decision::Refused };
        Self::of(trail, decision, reason(status), BTreeSet::new(), children)
    }

    /// Of a call whose caller has gone before the answer's end.
    #[must_use]
    pub fn abandoned(trail: &Trail, children: BTreeSet<Uuid>) -> Self {
        Self::of(trail, Decision::Failed, CALLER_GONE.to_owned(), BTreeSet::new(), children)
    }

    fn of(
        trail: &Trail,
        decision: Decision,
        reason: String,
        fields: BTreeSet<String>,
        children: BTreeSet<Uuid>,
    ) -> Self {
        let reason = if trail.is_outside_area() { OUTSIDE_AREA.to_owned() } else { reason };
        Self { call: Arc::clone(trail.call()), decision, reason, fields, children, calls: 1 }
    }
}

/// The reason of a call whose caller did not wait.
const CALLER_GONE: &str = "CALLER_GONE";

/// The codes that say nothing of the caller's right: something broke, or somebody broke off.
fn is_fault(code: Code) -> bool {
    matches!(
        code,
        Code::Unknown | Code::DeadlineExceeded | Code::Internal | Code::Unavailable | Code::DataLoss | Code::Cancelled
    )
}

/// The reason that clients compare, or else the code. Never the sentence beside it.
fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    let stable = details.error_info().map(|info| info.reason.as_str()).filter(|reason| is_stable(reason));
    stable.map_or_else(|| name(status.code()).to_owned(), str::to_owned)
}

fn is_stable(reason: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=LONGEST_REASON).contains(&reason.len()) && reason.bytes().all(fits)
}

/// As gRPC spells its codes.
fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
