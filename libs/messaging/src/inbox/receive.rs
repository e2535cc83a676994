use async_nats::HeaderMap;
use bytes::Bytes;
use contract::event::EventType;
use kernel::Instant;
use uuid::Uuid;

use crate::relay::headers;

/// An event as another service told it.
#[derive(Debug, Clone)]
pub struct ReceivedEvent {
    /// Its number in the teller's log.
    pub sequence: u64,
    /// Its id.
    pub id: Uuid,
    /// Its type.
    pub event: &'static EventType,
    /// What it is about.
    pub aggregate: Uuid,
    /// The county that decides its area.
    pub county: String,
    /// When it was decided.
    pub occurred_at: Instant,
    /// The trace that it belongs to.
    pub traceparent: Option<String>,
    /// The encoded message.
    pub body: Bytes,
}

/// Why a message of a stream is no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiveError {
    /// A header without which it means nothing.
    #[error("the message has no valid header {0}")]
    Header(&'static str),
    /// A type that this build's contract does not have.
    #[error("the event's type is not in this build's contract")]
    Type,
    /// Its content was erased since: there is nothing to apply.
    #[error("the event's content was erased")]
    Erased,
    /// A body that is not that of its type.
    #[error("the event's body is not that of its type")]
    Body,
}

impl ReceivedEvent {
    /// Reads a message of an event stream.
    ///
    /// # Errors
    /// Names the header at fault.
    pub fn read(headers: &HeaderMap, body: Bytes, sequence: u64) -> Result<Self, ReceiveError> {
        let text = |name: &'static str| {
            headers.get(name).map(async_nats::HeaderValue::as_str).ok_or(ReceiveError::Header(name))
        };
        let event = contract::event::by_name(text(headers::TYPE)?).ok_or(ReceiveError::Type)?;
        if headers.get(headers::COMMITMENT).is_some() {
            return Err(ReceiveError::Erased);
        }
        let subject = event.subject_of(&body).map_err(|_| ReceiveError::Body)?;
        Ok(Self {
            sequence,
            id: Uuid::try_parse(text(headers::ID)?).map_err(|_| ReceiveError::Header(headers::ID))?,
            event,
            aggregate: subject.aggregate,
            county: subject.county,
            occurred_at: text(headers::TIME)?.parse().map_err(|_| ReceiveError::Header(headers::TIME))?,
            traceparent: headers.get(headers::TRACEPARENT).map(|value| value.as_str().to_owned()),
            body,
        })
    }
}
