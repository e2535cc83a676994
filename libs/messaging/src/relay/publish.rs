use std::collections::VecDeque;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::PublishAckFuture;
use contract::subject;
use futures::future::BoxFuture;
use futures::stream::FuturesOrdered;
use futures::{FutureExt as _, StreamExt as _};
use platform::error::ServiceError;
use platform::nats::unreachable_broker;
use tokio::sync::{mpsc, watch};
use tracing::Instrument as _;

use super::headers;
use super::status::RelayStatus;
use crate::log::EventLog;
use crate::seal::SealedEvent;

/// Events read from the log at once.
const READ: u64 = 1_000;

/// Publishes the log from one position on.
pub(super) struct Publisher<'a> {
    pub(super) jetstream: &'a Context,
    pub(super) log: &'a EventLog,
    pub(super) feed: &'a mut mpsc::Receiver<Vec<SealedEvent>>,
    pub(super) status: &'a watch::Sender<RelayStatus>,
    pub(super) in_flight: usize,
    pub(super) scan_interval: Duration,
    /// The last sequence handed to the broker.
    pub(super) sent: u64,
    /// The last read was a full one: the log has more.
    pub(super) behind: bool,
}

type Acknowledgement = BoxFuture<'static, Result<u64, ServiceError>>;

impl Publisher<'_> {
    /// Publishes what comes, for ever. It returns only when the broker refuses or cannot be
    /// reached; then the stream is looked at anew.
    pub(super) async fn run(mut self) -> ServiceError {
        let mut waiting: VecDeque<SealedEvent> = VecDeque::new();
        let mut pending: FuturesOrdered<Acknowledgement> = FuturesOrdered::new();
        let mut scan = tokio::time::interval(self.scan_interval);
        scan.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            while pending.len() < self.in_flight
                && let Some(event) = waiting.pop_front()
            {
                match self.publish(&event).await {
                    Ok(acknowledgement) => pending.push_back(acknowledgement),
                    Err(error) => return error,
                }
                self.sent = event.sequence;
            }
            if self.behind && waiting.is_empty() {
                if let Err(error) = self.read(&mut waiting).await {
                    return error;
                }
                continue;
            }
            tokio::select! {
                Some(acknowledged) = pending.next() => match acknowledged {
                    Ok(sequence) => { self.status.send_replace(RelayStatus::Following { sequence }); }
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
                }
            }
        }
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

    async fn read(&mut self, waiting: &mut VecDeque<SealedEvent>) -> Result<(), ServiceError> {
        let events = self.log.read(self.sent, READ).await?;
        self.behind = events.len() as u64 == READ;
        waiting.extend(events);
        Ok(())
    }

    async fn publish(&self, sealed: &SealedEvent) -> Result<Acknowledgement, ServiceError> {
        let subject = subject::event(sealed.event.event, &sealed.event.county);
        let span = tracing::info_span!(
            target: "hutong::relay",
            "relay event",
            otel.kind = "producer",
            messaging.system = "nats",
            messaging.destination.name = %subject,
            hutong.sequence = sealed.sequence,
        );
        if let Some(traceparent) = &sealed.event.traceparent {
            platform::telemetry::context::attach_parent(&span, traceparent);
        }
        let acknowledgement: PublishAckFuture = self
            .jetstream
            .publish_with_headers(subject, headers::of(sealed), sealed.event.body.clone())
            .await
            .map_err(unreachable_broker)?;
        let sequence = sealed.sequence;
        Ok(async move {
            let acknowledged = acknowledgement.await.map_err(unreachable_broker)?;
            if acknowledged.sequence == sequence {
                Ok(sequence)
            } else {
                Err(ServiceError::aborted("SEQUENCE_DIFFERS", "the broker numbered an event differently"))
            }
        }
        .instrument(span)
        .boxed())
    }
}
