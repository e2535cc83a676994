use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy, pull};
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream::{RawMessageErrorKind, Stream};
use async_nats::jetstream::{Context, ErrorCode, Message};
use contract::subject;
use futures::StreamExt;
use futures::stream::ReadyChunks;
use messaging::seal::Verifier;

use super::FeedEvent;
use super::event::{Chain, Unproved};

/// The broker forgets a reader that asks for nothing for so long.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(1);
/// The broker says so often that it has nothing; twice as long without a word, and the reader opens anew.
const HEARTBEAT: Duration = Duration::from_secs(2);
const EXPIRES: Duration = Duration::from_secs(20);

/// Why no events come.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FeedError {
    /// The broker does not answer.
    #[error("the event stream cannot be read")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    /// The stream ends before the number to go on from, or is not there: the service has to refill it first.
    #[error("the event stream ends at {last}, waiting for {after} to come back")]
    Short {
        /// The stream's last number.
        last: u64,
        /// The last number already taken.
        after: u64,
    },
    /// The stream lacks an event, which its service has to put back.
    #[error("the event stream lacks event {0}")]
    Gap(u64),
    /// An event is not what its service sealed.
    #[error("event {sequence} is not what its service sealed: {reason}")]
    Unproved {
        /// Its number.
        sequence: u64,
        /// What is wrong.
        reason: Unproved,
    },
}

/// Reads and proves a service's events in order, from one number on.
pub(crate) struct Reader {
    messages: ReadyChunks<pull::Stream>,
    verifier: Verifier,
    chain: Chain,
    pending: u64,
}

impl Reader {
    /// Opens the stream behind the event `after`; 0 reads from the first.
    pub(crate) async fn open(
        jetstream: &Context,
        service: &str,
        verifier: &Verifier,
        after: u64,
        batch: usize,
    ) -> Result<Self, FeedError> {
        let stream = match jetstream.get_stream(subject::stream(service)).await {
            Ok(stream) => stream,
            Err(error) if is_absent(&error.kind()) => return Err(FeedError::Short { last: 0, after }),
            Err(error) => return Err(unreachable(error)),
        };
        let last = stream.cached_info().state.last_sequence;
        if last < after {
            return Err(FeedError::Short { last, after });
        }
        let chain = anchor(&stream, verifier, after).await?;
        let consumer: Consumer<pull::Config> = stream
            .create_consumer(pull::Config {
                deliver_policy: match after {
                    0 => DeliverPolicy::All,
                    _ => DeliverPolicy::ByStartSequence { start_sequence: after + 1 },
                },
                ack_policy: AckPolicy::None,
                memory_storage: true,
                inactive_threshold: FORGOTTEN_AFTER,
                ..pull::Config::default()
            })
            .await
            .map_err(unreachable)?;
        let pending = consumer.cached_info().num_pending;
        let messages = consumer
            .stream()
            .max_messages_per_batch(batch)
            .heartbeat(HEARTBEAT)
            .expires(EXPIRES)
            .messages()
            .await
            .map_err(unreachable)?
            .ready_chunks(batch);
        Ok(Self { messages, verifier: verifier.clone(), chain, pending })
    }

    /// How many events the stream held behind the last one read, when it was sent.
    pub(crate) fn pending(&self) -> u64 {
        self.pending
    }

    /// Waits for events and gives those that are there. May be dropped and called again without loss.
    pub(crate) async fn next(&mut self) -> Result<Vec<Arc<FeedEvent>>, FeedError> {
        let messages = self.messages.next().await.ok_or_else(|| unreachable("the consumer ended"))?;
        let mut events = Vec::with_capacity(messages.len());
        for message in messages {
            events.push(Arc::new(self.take(message.map_err(unreachable)?)?));
        }
        if let Some(last) = events.last() {
            // One signature proves the whole batch: the hashes chain it together.
            let sequence = last.sequence;
            self.chain.prove(last, &self.verifier).map_err(|reason| FeedError::Unproved { sequence, reason })?;
        }
        Ok(events)
    }

    fn take(&mut self, message: Message) -> Result<FeedEvent, FeedError> {
        let info = message.info().map_err(unreachable)?;
        let (sequence, pending) = (info.stream_sequence, info.pending);
        let expected = self.chain.sequence() + 1;
        if sequence != expected {
            return Err(FeedError::Gap(expected));
        }
        self.pending = pending;
        self.chain.extend(sequence, message.message).map_err(|reason| FeedError::Unproved { sequence, reason })
    }
}

/// The chain's end at the event `after`.
async fn anchor(stream: &Stream, verifier: &Verifier, after: u64) -> Result<Chain, FeedError> {
    if after == 0 {
        return Ok(Chain::START);
    }
    match stream.get_raw_message(after).await {
        Ok(message) => Chain::at(after, &message.headers, verifier)
            .map_err(|reason| FeedError::Unproved { sequence: after, reason }),
        Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => Err(FeedError::Gap(after)),
        Err(error) => Err(unreachable(error)),
    }
}

fn is_absent(kind: &GetStreamErrorKind) -> bool {
    matches!(kind, GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

fn unreachable(error: impl Into<Box<dyn Error + Send + Sync>>) -> FeedError {
    FeedError::Unreachable(error.into())
}
