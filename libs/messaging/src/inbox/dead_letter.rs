use std::sync::Arc;

use platform::error::ServiceError;

use super::apply::{ApplyEvents, EventHandler};
use super::{ReceivedEvent, store};
use crate::journal::{InboxNeeds, Journal, RequestKey, Workspace};

/// An event that could not be applied, or that waits behind one of its aggregate.
#[derive(Debug, Clone)]
pub struct DeadLetter {
    /// The event.
    pub event: ReceivedEvent,
    /// The stable reason of the failure, or `BLOCKED` for one that waits behind another.
    pub reason: String,
}

/// The parked events of one source.
#[derive(Debug)]
pub struct DeadLetters<W: Workspace, H> {
    pub(super) source: String,
    pub(super) database: platform::database::Database,
    pub(super) journal: Journal<W>,
    pub(super) handler: Arc<H>,
}

impl<W: Workspace, H: EventHandler<W>> DeadLetters<W, H> {
    /// All parked events, in order.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn list(&self) -> Result<Vec<DeadLetter>, ServiceError> {
        store::parked(self.database.reader(), &self.source).await
    }

    /// Tries all parked events again, in order; those that still fail stay parked.
    ///
    /// # Errors
    /// If the database cannot be read or written.
    pub async fn retry(&self) -> Result<(), ServiceError> {
        let events: Vec<_> = self.list().await?.into_iter().map(|letter| letter.event).collect();
        if events.is_empty() {
            return Ok(());
        }
        let needs = InboxNeeds {
            source: self.source.clone(),
            aggregates: events.iter().map(|event| event.aggregate).collect(),
        };
        let apply = ApplyEvents { events, handler: Arc::clone(&self.handler), parked: true };
        self.journal.hand_in(apply, RequestKey::none("RetryDeadLetters"), None, Some(needs)).await?;
        Ok(())
    }
}
