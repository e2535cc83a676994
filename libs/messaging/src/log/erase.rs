use kernel::ErrorCode;
use platform::error::ServiceError;
use sea_orm::Value;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query, UpdateStatement};
use uuid::Uuid;

use super::{EventLog, sequence_value};
use crate::journal::{Journal, Keep as _, Kept, RequestKey, Workspace};
use crate::seal::{Cover, Hash, SealedEvent};

impl EventLog {
    /// Erases the contents, entities and salts of events, and says of how many. What stays is a commitment that tells nothing; chain,
    /// signatures, checkpoints and proofs hold as before. Erased ones are passed over, so that it can be carried out again.
    ///
    /// The event stream and the mailboxes hold copies: they are thrown away and come back without the contents.
    ///
    /// # Errors
    /// `EVENT_NOT_FOUND`; `SEALED_OPEN` for an event of the first seal, whose hash needs its content: nothing is erased.
    pub async fn erase<W: Workspace>(&self, journal: &Journal<W>, sequences: &[u64]) -> Result<u64, ServiceError> {
        let events = self.of(sequences).await?;
        if events.len() != sequences.len() {
            return Err(ServiceError::new(ErrorCode::NotFound, "EVENT_NOT_FOUND", "the log has no such event"));
        }
        // An event is never changed but for this, so that it holds whenever it is written.
        let (mut kept, mut count) = (Kept::default(), 0);
        for event in &events {
            let Some(commitment) = event.cover.commitment(event.event.aggregate, &event.event.body) else {
                return Err(ServiceError::failed_precondition(
                    "SEALED_OPEN",
                    "an event from before the second seal cannot be erased without breaking the chain",
                ));
            };
            if !event.cover.is_erased() {
                kept = kept.change(erased(event, commitment));
                count += 1;
            }
        }
        if count > 0 {
            journal.keep(kept, RequestKey::none("EraseContents")).await?;
        }
        Ok(count)
    }
}

/// Leaves of an event what its hash needs.
fn erased(event: &SealedEvent, commitment: Hash) -> UpdateStatement {
    let mut update = Query::update()
        .table("event_log")
        .value("body", Vec::<u8>::new())
        .value("salt", Value::Bytes(None))
        .value("commitment", commitment.to_vec())
        .and_where(Expr::col("sequence").eq(sequence_value(event.sequence)))
        .to_owned();
    if matches!(event.cover, Cover::Whole(_)) {
        update.value("aggregate", Uuid::nil());
    }
    update
}
