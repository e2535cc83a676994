use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use contract::event::EventType;
use contract::subject;
use futures::TryStreamExt as _;
use platform::database::Database;
use platform::error::ServiceError;
use platform::nats::unreachable_broker;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::apply::{ApplyEvents, EventHandler};
use super::{DeadLetters, ReceiveError, ReceivedEvent, store};
use crate::journal::{InboxNeeds, Journal, RequestKey, Workspace};

/// How long the inbox waits before it connects again.
const AGAIN: Duration = Duration::from_millis(500);

/// How long a fetch waits for a first event.
const PATIENCE: Duration = Duration::from_secs(5);

/// What an inbox works with.
#[derive(Debug)]
pub struct InboxSettings<W: Workspace, H> {
    /// The service that reads; it names the consumer.
    pub service: String,
    /// The service that tells.
    pub source: String,
    /// The types that are wanted.
    pub types: Vec<&'static EventType>,
    /// What is done with them.
    pub handler: H,
    /// Where effects are written.
    pub journal: Journal<W>,
    /// The database of the journal.
    pub database: Database,
    /// The broker.
    pub jetstream: jetstream::Context,
    /// Events taken at once.
    pub batch: usize,
    /// Ends the inbox.
    pub shutdown: CancellationToken,
}

/// A running inbox.
#[derive(Debug)]
pub struct Inbox<W: Workspace, H> {
    letters: DeadLetters<W, H>,
    task: JoinHandle<()>,
}

impl<W: Workspace, H: EventHandler<W>> Inbox<W, H> {
    /// Starts reading. It connects again for ever, until it is told to end.
    pub fn start(settings: InboxSettings<W, H>) -> Self {
        let stream = subject::stream(&settings.source);
        let handler = Arc::new(settings.handler);
        let letters = DeadLetters {
            source: stream.clone(),
            database: settings.database.clone(),
            journal: settings.journal.clone(),
            handler: Arc::clone(&handler),
        };
        let reader = Reader {
            consumer: settings.service,
            stream,
            filters: settings.types.iter().map(|event| subject::type_filter(event)).collect(),
            handler,
            journal: settings.journal,
            database: settings.database,
            jetstream: settings.jetstream,
            batch: settings.batch,
        };
        let task = tokio::spawn(async move {
            let shutdown = settings.shutdown;
            loop {
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    result = reader.read() => if let Err(error) = result {
                        tracing::warn!(stream = reader.stream, %error, "the inbox connects again");
                    },
                }
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = tokio::time::sleep(AGAIN) => {}
                }
            }
        });
        Self { letters, task }
    }

    /// The events that could not be applied.
    pub fn dead_letters(&self) -> &DeadLetters<W, H> {
        &self.letters
    }

    /// The number of the last event that was applied or parked; 0 before the first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn cursor(&self) -> Result<u64, ServiceError> {
        store::cursor(self.letters.database.reader(), &self.letters.source).await
    }

    /// Waits until the inbox has ended.
    pub async fn closed(self) {
        let _ = self.task.await;
    }
}

struct Reader<W: Workspace, H> {
    stream: String,
    consumer: String,
    filters: Vec<String>,
    handler: Arc<H>,
    journal: Journal<W>,
    database: Database,
    jetstream: jetstream::Context,
    batch: usize,
}

impl<W: Workspace, H: EventHandler<W>> Reader<W, H> {
    /// Reads from the cursor on, until something fails.
    async fn read(&self) -> Result<(), ServiceError> {
        let stream = self.jetstream.get_stream(&self.stream).await.map_err(unreachable_broker)?;
        let config = pull::Config {
            durable_name: Some(self.consumer.clone()),
            ack_policy: AckPolicy::All,
            deliver_policy: DeliverPolicy::All,
            filter_subjects: self.filters.clone(),
            ..pull::Config::default()
        };
        let mut consumer = stream.get_or_create_consumer(&self.consumer, config).await.map_err(unreachable_broker)?;
        // What was delivered and not applied comes again, from the cursor on and in order.
        let cursor = store::cursor(self.database.reader(), &self.stream).await?;
        consumer.reset(Some(cursor + 1)).await.map_err(unreachable_broker)?;
        loop {
            let messages: Vec<jetstream::Message> = consumer
                .batch()
                .max_messages(self.batch)
                .expires(PATIENCE)
                .messages()
                .await
                .map_err(unreachable_broker)?
                .map_err(unreachable_broker)
                .try_collect()
                .await?;
            self.apply(messages).await?;
        }
    }

    async fn apply(&self, messages: Vec<jetstream::Message>) -> Result<(), ServiceError> {
        let Some(last) = messages.last().cloned() else {
            return Ok(());
        };
        let mut events = Vec::with_capacity(messages.len());
        for message in messages {
            let sequence = message.info().map_err(ServiceError::internal)?.stream_sequence;
            let headers = message.headers.clone().unwrap_or_default();
            match ReceivedEvent::read(&headers, message.message.payload, sequence) {
                Ok(event) => events.push(event),
                // Who reads the stream from its beginning does not learn what was erased.
                Err(ReceiveError::Erased) => {}
                Err(error) => return Err(ServiceError::internal(error)),
            }
        }
        let needs = InboxNeeds {
            source: self.stream.clone(),
            aggregates: events.iter().map(|event| event.aggregate).collect(),
        };
        let apply = ApplyEvents { events, handler: Arc::clone(&self.handler), parked: false };
        self.journal.hand_in(apply, RequestKey::none("ApplyEvents"), None, Some(needs)).await?;
        last.ack().await.map_err(ServiceError::internal)
    }
}
