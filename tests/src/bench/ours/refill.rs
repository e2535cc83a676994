//! Streams and mailboxes from the logs: after the broker lost its disk, and a rebuild of all mailboxes.

use std::time::{Duration, Instant};

use async_nats::{Client, jetstream};
use contract::exchange::v1::RebuildMailboxRequest;
use contract::subject::stream;

use super::Caller;
use crate::nats::NatsServer;

const POLL: Duration = Duration::from_millis(5);
const PATIENCE: Duration = Duration::from_secs(300);

/// What a refill reached, events or messages a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Refill {
    /// The relay alone, events a second.
    pub relay: f64,
    /// Stream and all mailboxes are full again, events of the log a second, from the wiped city's start.
    pub all: f64,
    /// Messages into mailboxes a second, when all mailboxes are rebuilt from a full stream.
    pub exchange: f64,
    /// How many mailboxes got messages.
    pub mailboxes: usize,
}

/// Stops the city, measures its relay alone into `broker`, which has no stream yet, removes the broker's store, starts it again and waits; then rebuilds every mailbox.
///
/// # Errors
/// If the city does not stop in order or a call fails.
///
/// # Panics
/// If something is never full again.
#[expect(clippy::cast_precision_loss, reason = "counts of messages are far below 2^52")]
pub async fn measure(caller: &mut Caller, broker: &NatsServer) -> anyhow::Result<Refill> {
    let city = &mut caller.city;
    city.settle().await;
    let log = city.event_log().await;
    let head = log.len() as u64;
    let mut expected = Vec::new();
    for entry in city.mailboxes().iter() {
        expected.push((entry.code.clone(), city.expected_mailbox(&entry.code, &log).len() as u64));
    }
    let filled: Vec<_> = expected.iter().filter(|(_, count)| *count > 0).cloned().collect();
    anyhow::ensure!(city.stop().await.success(), "the city does not stop");
    let relay = super::relay::measure(city, broker).await?;
    std::fs::remove_dir_all(city.data().join("nats/jetstream"))?;
    city.restart().await;
    let begun = Instant::now();
    let operator = city.operator().await;
    let (all, ()) = wait(async || {
        let relayed = stream_last(&operator).await? == head;
        (relayed && are_full(&operator, &expected).await).then_some(())
    })
    .await;

    let mut owner = city.mailbox_service("CA").await;
    let rebuilding = Instant::now();
    for (code, _) in &filled {
        owner.rebuild_mailbox(RebuildMailboxRequest { code: code.clone() }).await?;
    }
    let (rebuilt, ()) = wait(async || are_full(&operator, &expected).await.then_some(())).await;
    let messages: u64 = filled.iter().map(|(_, count)| count).sum();
    Ok(Refill {
        relay,
        all: head as f64 / all.duration_since(begun).as_secs_f64(),
        exchange: messages as f64 / rebuilt.duration_since(rebuilding).as_secs_f64(),
        mailboxes: filled.len(),
    })
}

async fn wait<T>(ready: impl AsyncFn() -> Option<T>) -> (Instant, T) {
    let deadline = Instant::now() + PATIENCE;
    let mut ticks = tokio::time::interval(POLL);
    loop {
        ticks.tick().await;
        if let Some(value) = ready().await {
            return (Instant::now(), value);
        }
        assert!(Instant::now() < deadline, "streams and mailboxes are full again");
    }
}

async fn stream_last(operator: &Client) -> Option<u64> {
    let jetstream = jetstream::new(operator.clone());
    Some(jetstream.get_stream(stream("registry")).await.ok()?.cached_info().state.last_sequence)
}

async fn are_full(operator: &Client, expected: &[(String, u64)]) -> bool {
    for (code, count) in expected.iter().filter(|(_, count)| *count > 0) {
        let jetstream = jetstream::with_prefix(operator.clone(), &contract::subject::js_prefix(code));
        let Ok(stream) = jetstream.get_stream(contract::subject::MAILBOX_STREAM).await else { return false };
        if stream.cached_info().state.last_sequence != *count {
            return false;
        }
    }
    true
}
