//! Refusals, each with its reason in the contract.

use kernel::ErrorCode;
use platform::error::ServiceError;

use crate::domain::accrual::StandardMissing;
use crate::domain::run::{OpenError, RunError};
use crate::domain::task::DecisionError;

fn missing(reason: &'static str, what: &str) -> ServiceError {
    ServiceError::new(ErrorCode::NotFound, reason, format!("no such {what}"))
}

/// Nothing is known of the child.
pub fn child_not_found() -> ServiceError {
    missing("CHILD_NOT_FOUND", "child, or the registry told nothing of it yet")
}

/// Nobody said to whom a child's money goes.
pub fn payee_not_found() -> ServiceError {
    missing("PAYEE_NOT_FOUND", "payee: nobody said to whom the child's money goes")
}

/// There is no such run.
pub fn run_not_found() -> ServiceError {
    missing("RUN_NOT_FOUND", "run")
}

/// There is no such payment.
pub fn payment_not_found() -> ServiceError {
    missing("PAYMENT_NOT_FOUND", "payment")
}

/// There is no such task.
pub fn task_not_found() -> ServiceError {
    missing("TASK_NOT_FOUND", "task")
}

/// The call does not say which person asks.
pub fn actor_missing() -> ServiceError {
    let message = "say which person asks, in the metadata hutong-actor: a second person approves what the first opened";
    ServiceError::failed_precondition("ACTOR_MISSING", message)
}

/// A run does not take a step.
pub fn step(error: RunError) -> ServiceError {
    match error {
        RunError::State => ServiceError::failed_precondition("RUN_STATE", error.to_string()),
        RunError::SameActor => ServiceError::new(ErrorCode::PermissionDenied, "SAME_ACTOR", error.to_string()),
        RunError::OutcomesUnknown(unknown) => ServiceError::failed_precondition("OUTCOMES_UNKNOWN", error.to_string())
            .with_metadata("payments", unknown.to_string()),
    }
}

/// A month is not opened.
pub fn open(error: OpenError) -> ServiceError {
    let message = error.to_string();
    match error {
        OpenError::InProgress(_) => ServiceError::failed_precondition("RUN_IN_PROGRESS", message),
        OpenError::Exists => ServiceError::already_exists("RUN_EXISTS", message),
        OpenError::Passed => ServiceError::failed_precondition("MONTH_PASSED", message),
        OpenError::ToCome => ServiceError::failed_precondition("MONTH_TO_COME", message),
    }
}

/// A child is due a tier that has no standard.
pub fn standard_missing(error: StandardMissing) -> ServiceError {
    ServiceError::failed_precondition("STANDARD_MISSING", format!("{error}: publish one"))
}

/// A task is not decided so.
pub fn decision(error: DecisionError) -> ServiceError {
    let reason = match error {
        DecisionError::Decided => "TASK_DECIDED",
        DecisionError::Unfit => "OUTCOME_UNFIT",
    };
    ServiceError::failed_precondition(reason, error.to_string())
}
