use std::collections::VecDeque;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::Stream;
use contract::subject;
use futures::future::BoxFuture;
use futures::stream::FuturesOrdered;
use futures::{FutureExt as _, StreamExt as _};
use platform::error::ServiceError;
use platform::nats::unreachable_broker;
use platform::telemetry::context::attach_parent;
use platform::telemetry::is_exporting;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tracing::Span;

use super::headers;
use super::status::RelayStatus;
use crate::log::EventLog;
use crate::seal::SealedEvent;

/// Events read from the log at once.
const READ: u64 = 1_000;

/// Events that share one acknowledgement at most. Each names the number before it, so that the broker takes none after one
/// that it did not take, and the answer to the last proves them all.
const GROUP: usize = 32;

/// Publishes the log from one position on.
pub(super) struct Publisher<'a> {
    pub(super) jetstream: &'a Context,
    pub(super) stream: Stream,
    pub(super) log: &'a EventLog,
    pub(super) feed: &'a mut mpsc::Receiver<Vec<SealedEvent>>,
    pub(super) status: &'a watch::Sender<RelayStatus>,
    pub(super) in_flight: u64,
    pub(super) scan_interval: Duration,
    /// The last sequence handed to the broker.
    pub(super) sent: u64,
    /// What the log has behind the last read.
    pub(super) ahead: Option<JoinHandle<Result<Vec<SealedEvent>, ServiceError>>>,
}

type Acknowledgement = BoxFuture<'static, Result<u64, ServiceError>>;

impl Publisher<'_> {
    /// Publishes what comes, for ever. It returns only when the broker refuses or cannot be
    /// reached; then the stream is looked at anew.
    pub(super) async fn run(mut self) -> ServiceError {
        let mut waiting: VecDeque<SealedEvent> = VecDeque::new();
        let mut pending: FuturesOrdered<Acknowledgement> = FuturesOrdered::new();
        let mut acknowledged = self.sent;
        let mut unasked = Vec::new();
        let mut scan = tokio::time::interval(self.scan_interval);
        scan.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            while self.sent - acknowledged < self.in_flight
                && let Some(event) = waiting.pop_front()
            {
                self.sent = event.sequence;
                let full = self.sent - acknowledged >= self.in_flight;
                let ask = full || waiting.is_empty() || unasked.len() + 1 >= GROUP;
                unasked.push(span(&event));
                let asked = if ask { Some(std::mem::take(&mut unasked)) } else { None };
                match self.publish(&event, asked).await {
                    Ok(acknowledgement) => pending.extend(acknowledgement),
                    Err(error) => return error,
                }
            }
            if self.ahead.is_some() && waiting.is_empty() {
                if let Err(error) = self.read(&mut waiting).await {
                    return error;
                }
                continue;
            }
            tokio::select! {
                Some(answer) = pending.next() => match answer {
                    Ok(sequence) => {
                        acknowledged = sequence;
                        self.status.send_replace(RelayStatus::Following { sequence });
                    }
                    Err(error) => return error,
                },
                Some(events) = self.feed.recv(), if waiting.is_empty() => {
                    if let Err(error) = self.take(events, &mut waiting).await {
                        return error;
                    }
                }
                _ = scan.tick(), if waiting.is_empty() => {
                    if let Err(error) = self.read(&mut waiting).await {
                        return error;
                    }
                    if waiting.is_empty()
                        && self.sent == acknowledged
                        && let Err(error) = self.look().await
                    {
                        return error;
                    }
                }
            }
        }
    }

    /// A stream that was thrown away is refilled even while there is nothing new to tell.
    async fn look(&mut self) -> Result<(), ServiceError> {
        let last = self.stream.info().await.map_err(unreachable_broker)?.state.last_sequence;
        if last < self.sent {
            return Err(ServiceError::aborted("STREAM_SHORT", "the stream lacks what it held"));
        }
        Ok(())
    }

    /// Takes events from the feed; where they do not follow what was sent, the log is read instead.
    async fn take(
        &mut self,
        events: Vec<SealedEvent>,
        waiting: &mut VecDeque<SealedEvent>,
    ) -> Result<(), ServiceError> {
        match events.first() {
            Some(first) if first.sequence > self.sent + 1 => self.read(waiting).await,
            _ => {
                waiting.extend(events.into_iter().filter(|event| event.sequence > self.sent));
                Ok(())
            }
        }
    }

    /// Reads the log on. After a full read the next one begins at once, while this one is published.
    async fn read(&mut self, waiting: &mut VecDeque<SealedEvent>) -> Result<(), ServiceError> {
        let events = match self.ahead.take() {
            Some(read) => read.await.map_err(ServiceError::internal)??,
            None => self.log.read(self.sent, READ).await?,
        };
        if events.len() as u64 == READ
            && let Some(last) = events.last()
        {
            let (log, after) = (self.log.clone(), last.sequence);
            self.ahead = Some(tokio::spawn(async move { log.read(after, READ).await }));
        }
        waiting.extend(events);
        Ok(())
    }

    /// Publishes an event. `asked` are the spans of the events that its acknowledgement proves, its own among them.
    async fn publish(
        &self,
        sealed: &SealedEvent,
        asked: Option<Vec<Span>>,
    ) -> Result<Option<Acknowledgement>, ServiceError> {
        let subject = subject::event(sealed.event.event, &sealed.event.county);
        let (headers, body) = (headers::of(sealed), sealed.event.body.clone());
        let Some(spans) = asked else {
            let client = self.jetstream.client();
            client.publish_with_headers(subject, headers, body).await.map_err(unreachable_broker)?;
            return Ok(None);
        };
        let acknowledgement =
            self.jetstream.publish_with_headers(subject, headers, body).await.map_err(unreachable_broker)?;
        let sequence = sealed.sequence;
        let answer = async move {
            let acknowledged = acknowledgement.await.map_err(unreachable_broker)?;
            // They end with the acknowledgement.
            drop(spans);
            if acknowledged.sequence == sequence {
                Ok(sequence)
            } else {
                Err(ServiceError::aborted("SEQUENCE_DIFFERS", "the broker numbered an event differently"))
            }
        };
        Ok(Some(answer.boxed()))
    }
}

/// From the publish to its acknowledgement, as a part of the event's own trace.
fn span(sealed: &SealedEvent) -> Span {
    if !is_exporting() {
        return Span::none();
    }
    let span = tracing::info_span!(
        target: "hutong::relay",
        "relay event",
        otel.kind = "producer",
        messaging.system = "nats",
        messaging.destination.name = %subject::event(sealed.event.event, &sealed.event.county),
        hutong.sequence = sealed.sequence,
    );
    if let Some(traceparent) = &sealed.event.traceparent {
        attach_parent(&span, traceparent);
    }
    span
}
