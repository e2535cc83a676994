use std::time::Duration;

use async_nats::jetstream::Context;
use platform::config::RelayConfig;
use platform::error::ServiceError;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::publish::Publisher;
use super::status::{Contradiction, RelayStatus};
use super::stream::{Position, position, provision};
use crate::journal::EventFeed;
use crate::log::EventLog;

/// How long the relay waits before it looks at the stream again.
const AGAIN: Duration = Duration::from_millis(200);

/// How long a halted relay waits before it looks again.
const HALTED: Duration = Duration::from_secs(30);

/// What a relay works with.
#[derive(Debug)]
pub struct RelaySettings {
    /// The service whose events it brings.
    pub service: String,
    /// The service's log.
    pub log: EventLog,
    /// Events as they are committed.
    pub feed: EventFeed,
    /// The broker, in the platform's account.
    pub jetstream: Context,
    /// Limits.
    pub config: RelayConfig,
    /// Ends the relay.
    pub shutdown: CancellationToken,
}

/// A running relay.
#[derive(Debug)]
pub struct Relay {
    status: watch::Receiver<RelayStatus>,
    task: JoinHandle<()>,
}

impl Relay {
    /// Starts the relay. It looks for the broker for ever, until it is told to end.
    pub fn start(settings: RelaySettings) -> Self {
        let (sender, status) = watch::channel(RelayStatus::Unreachable);
        let task = tokio::spawn(run(settings, sender));
        Self { status, task }
    }

    /// How it stands now, and when that changes.
    pub fn status(&self) -> watch::Receiver<RelayStatus> {
        self.status.clone()
    }

    /// Waits until the relay has ended.
    pub async fn closed(self) {
        let _ = self.task.await;
    }
}

async fn run(mut settings: RelaySettings, status: watch::Sender<RelayStatus>) {
    let shutdown = settings.shutdown.clone();
    loop {
        let wait = tokio::select! {
            () = shutdown.cancelled() => return,
            result = follow(&mut settings, &status) => match result {
                Ok(contradiction) => {
                    halt(&settings.service, contradiction, &status);
                    HALTED
                }
                Err(error) => {
                    tracing::warn!(service = settings.service, reason = error.reason, %error, "the relay looks at the stream again");
                    status.send_if_modified(|now| {
                        let changed = !matches!(now, RelayStatus::Unreachable);
                        *now = RelayStatus::Unreachable;
                        changed
                    });
                    AGAIN
                }
            },
        };
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Follows the log until something fails, or the stream contradicts it.
async fn follow(
    settings: &mut RelaySettings,
    status: &watch::Sender<RelayStatus>,
) -> Result<Contradiction, ServiceError> {
    let mut stream = provision(&settings.jetstream, &settings.service).await?;
    let sent = match position(&mut stream, &settings.log).await? {
        Position::At(sequence) => sequence,
        Position::Contradicts(contradiction) => return Ok(contradiction),
    };
    status.send_replace(RelayStatus::Following { sequence: sent });
    let publisher = Publisher {
        jetstream: &settings.jetstream,
        stream,
        log: &settings.log,
        feed: &mut settings.feed.0,
        status,
        in_flight: settings.config.in_flight as u64,
        scan_interval: settings.config.scan_interval,
        sent,
        ahead: None,
    };
    Err(publisher.run().await)
}

fn halt(service: &str, reason: Contradiction, status: &watch::Sender<RelayStatus>) {
    tracing::error!(alarm = "RELAY_HALTED", service, %reason, "the relay halts: compare the stream with the log, then delete the stream to refill it");
    status.send_replace(RelayStatus::Halted { reason });
}
