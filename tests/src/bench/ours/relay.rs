//! The relay alone: a log's events into an empty stream.

use std::time::Instant;

use async_nats::jetstream;
use messaging::journal::EventFeed;
use messaging::log::EventLog;
use messaging::relay::{Relay, RelaySettings, RelayStatus};
use platform::config::Config;
use platform::database::Database;
use tokio_util::sync::CancellationToken;

use crate::city::City;
use crate::nats::NatsServer;

/// Events a second from the log of a stopped city into a broker that has no stream.
///
/// # Errors
/// If the log cannot be read, or the relay halts.
pub async fn measure(city: &City, broker: &NatsServer) -> anyhow::Result<f64> {
    let config = Config::default();
    let database = Database::open(&config.database, "registry", &city.data()).await?;
    let log = EventLog::new(database.clone());
    let head = log.head().await?.sequence;
    let shutdown = CancellationToken::new();
    let begun = Instant::now();
    let relay = Relay::start(RelaySettings {
        service: "registry".to_owned(),
        log,
        feed: EventFeed::none(),
        jetstream: jetstream::new(broker.connect().await),
        config: config.relay,
        shutdown: shutdown.clone(),
    });
    let mut status = relay.status();
    let full = |status: &RelayStatus| match status {
        RelayStatus::Following { sequence } => *sequence == head,
        RelayStatus::Unreachable => false,
        RelayStatus::Halted { .. } => true,
    };
    let reached = status.wait_for(full).await?.clone();
    let seconds = begun.elapsed().as_secs_f64();
    shutdown.cancel();
    relay.closed().await;
    database.close().await;
    anyhow::ensure!(matches!(reached, RelayStatus::Following { .. }), "the relay halted: {reached:?}");
    #[expect(clippy::cast_precision_loss, reason = "counts of events are far below 2^52")]
    Ok(head as f64 / seconds)
}
