//! What the registry tells, and how it is learnt. The inbox is a caller of the use cases, as `grpc` is.

mod facts;

use contract::event::EventType;
use contract::registry::v1;
use kernel::ErrorCode;
use messaging::inbox::{EventHandler, ReceivedEvent};
use messaging::journal::Context;
use platform::error::ServiceError;

use crate::app::learn::{Learning, learn};
use crate::store::{Needs, Workspace};

/// Learns from the registry's events.
#[derive(Clone, Copy, Debug)]
pub struct Registry;

/// The events that are wanted.
#[must_use]
pub fn types() -> Vec<&'static EventType> {
    vec![
        contract::event::of::<v1::ChildRegistered>(),
        contract::event::of::<v1::ChildTransferred>(),
        contract::event::of::<v1::ChildMerged>(),
        contract::event::of::<v1::ChildDeceased>(),
        contract::event::of::<v1::ChildEnded>(),
        contract::event::of::<v1::ChildErased>(),
        contract::event::of::<v1::CategoryConfirmed>(),
        contract::event::of::<v1::CategoryReclassified>(),
        contract::event::of::<v1::CategoryEnded>(),
    ]
}

impl EventHandler<Workspace> for Registry {
    fn needs(&self, event: &ReceivedEvent, needs: &mut Needs) {
        if let Ok(learning) = facts::read(event) {
            learning.needs(needs);
        }
    }

    fn decide(
        &self,
        event: &ReceivedEvent,
        workspace: &mut Workspace,
        context: &mut Context<'_>,
    ) -> Result<(), ServiceError> {
        let learning: Learning = facts::read(event).map_err(|error| {
            ServiceError::new(ErrorCode::InvalidArgument, "EVENT_UNREADABLE", "the event holds what we do not know")
                .with_source(error)
        })?;
        learn(&learning, workspace, context)
    }
}
