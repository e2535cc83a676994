use std::collections::HashSet;
use std::sync::Arc;

use kernel::ErrorCode;
use platform::error::ServiceError;

use super::{DeadLetter, ReceivedEvent};
use crate::journal::{Context, UseCase, Workspace};

/// What a service does with another's events.
pub trait EventHandler<W: Workspace>: Send + Sync + 'static {
    /// Says what must be loaded for an event.
    fn needs(&self, event: &ReceivedEvent, needs: &mut W::Needs);

    /// Applies an event, as a use case decides a command.
    ///
    /// # Errors
    /// If it cannot be applied: it is then parked. The workspace is as it was.
    fn decide(&self, event: &ReceivedEvent, workspace: &mut W, context: &mut Context<'_>) -> Result<(), ServiceError>;
}

/// Applies events of one source in order, in one transaction with the inbox's cursor.
pub(super) struct ApplyEvents<H> {
    pub(super) events: Vec<ReceivedEvent>,
    pub(super) handler: Arc<H>,
    /// They were parked before: they are behind the cursor, and their own aggregates' block is theirs.
    pub(super) parked: bool,
}

impl<W: Workspace, H: EventHandler<W>> UseCase<W> for ApplyEvents<H> {
    type Reply = ();

    fn needs(&self, needs: &mut W::Needs) {
        for event in &self.events {
            self.handler.needs(event, needs);
        }
    }

    fn decide(&self, workspace: &mut W, context: &mut Context<'_>) -> Result<(), ServiceError> {
        let mut blocked = if self.parked { HashSet::new() } else { context.inbox().blocked.clone() };
        for event in &self.events {
            if !self.parked && event.sequence <= context.inbox().cursor {
                continue;
            }
            let result = if blocked.contains(&event.aggregate) {
                Err(blocked_error())
            } else {
                context.step(event.traceparent.clone(), |context| self.handler.decide(event, workspace, context))
            };
            let inbox = context.inbox();
            match result {
                Ok(()) if self.parked => inbox.revived.push(event.sequence),
                Ok(()) => {}
                Err(error) => {
                    blocked.insert(event.aggregate);
                    alarm(event, &error);
                    inbox.parked.push(DeadLetter { event: event.clone(), reason: error.reason.to_owned() });
                }
            }
            inbox.cursor = inbox.cursor.max(event.sequence);
        }
        Ok(())
    }
}

fn blocked_error() -> ServiceError {
    ServiceError::new(ErrorCode::FailedPrecondition, "BLOCKED", "an earlier event of the aggregate is parked")
}

fn alarm(event: &ReceivedEvent, error: &ServiceError) {
    tracing::error!(
        alarm = "DEAD_LETTER",
        sequence = event.sequence,
        event_type = event.event.name,
        reason = error.reason,
        "an event could not be applied and is parked; later events of its aggregate wait"
    );
}
