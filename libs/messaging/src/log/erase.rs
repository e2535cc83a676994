use kernel::ErrorCode;
use platform::error::ServiceError;
use sea_orm::Value;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use uuid::Uuid;

use super::{EventLog, sequence_value};
use crate::journal::{Context, Journal, RequestKey, UseCase, Workspace};
use crate::seal::{Cover, Hash};

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
        let mut erased = Vec::new();
        for event in &events {
            match event.cover.commitment(event.event.aggregate, &event.event.body) {
                Some(_) if event.cover.is_erased() => {}
                Some(commitment) => erased.push(Erased {
                    sequence: event.sequence,
                    commitment,
                    about_too: matches!(event.cover, Cover::Whole(_)),
                }),
                None => {
                    return Err(ServiceError::failed_precondition(
                        "SEALED_OPEN",
                        "an event from before the second seal cannot be erased without breaking the chain",
                    ));
                }
            }
        }
        let count = erased.len() as u64;
        if count > 0 {
            journal.submit(Erase(erased), RequestKey::none("EraseContents")).await?;
        }
        Ok(count)
    }
}

/// An event is never changed but for this, so that it holds whenever it is decided.
struct Erase(Vec<Erased>);

/// What stays of an event.
struct Erased {
    sequence: u64,
    commitment: Hash,
    /// The hash does not need what the event was about.
    about_too: bool,
}

impl<W: Workspace> UseCase<W> for Erase {
    type Reply = ();

    fn needs(&self, _: &mut W::Needs) {}

    fn decide(&self, _: &mut W, context: &mut Context<'_>) -> Result<(), ServiceError> {
        for Erased { sequence, commitment, about_too } in &self.0 {
            let mut update = Query::update()
                .table("event_log")
                .value("body", Vec::<u8>::new())
                .value("salt", Value::Bytes(None))
                .value("commitment", commitment.to_vec())
                .and_where(Expr::col("sequence").eq(sequence_value(*sequence)))
                .to_owned();
            if *about_too {
                update.value("aggregate", Uuid::nil());
            }
            context.change(update);
        }
        Ok(())
    }
}
