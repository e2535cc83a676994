//! From the commit to a department's subscriber, two hops, at a steady rate.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use async_nats::jetstream;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use contract::registry::v1::child_service_client::ChildServiceClient;
use contract::subject::MAILBOX_STREAM;
use futures::StreamExt;
use kernel::{Clock, SystemClock};
use sea_orm::{ConnectionTrait, Statement};

use super::Caller;
use crate::bench::load::histogram;
use crate::city::{City, Samples};

/// p50 and p99 in microseconds from the commit, as PostgreSQL notes its time before it flushes it, to education's
/// subscriber.
///
/// # Errors
/// If the mailbox cannot be read, or the city's database notes no times.
pub async fn measure(caller: &Caller, per_second: u32, span: Duration) -> anyhow::Result<(f64, f64)> {
    let city = &caller.city;
    let stream = jetstream::new(city.nats("EDU").await).get_stream(MAILBOX_STREAM).await?;
    let config =
        pull::Config { ack_policy: AckPolicy::None, deliver_policy: DeliverPolicy::New, ..pull::Config::default() };
    let mut messages = stream.create_consumer(config).await?.messages().await?;
    let count = u32::try_from(span.as_secs())? * per_second;
    let requests: Vec<_> = (0..count).map(|_| Samples::registration(caller.next())).collect();
    let channel = city.channel("CA").await;
    let begun = Instant::now();
    let sending = tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / per_second);
        for request in requests {
            ticks.tick().await;
            let mut client = ChildServiceClient::new(channel.clone());
            tokio::spawn(async move { client.register_child(request).await.expect("a sample is registered") });
        }
    });
    let mut received = HashMap::new();
    for _ in 0..count {
        let message = messages.next().await.ok_or_else(|| anyhow::anyhow!("the consumer ended"))??;
        let now = SystemClock.now().as_micros();
        let id = message.headers.as_ref().and_then(|headers| headers.get("ce-id"));
        let id = id.ok_or_else(|| anyhow::anyhow!("a message without its id"))?.as_str().to_owned();
        // The first half second warms up.
        if begun.elapsed() > Duration::from_millis(500) {
            received.insert(id, now);
        }
    }
    sending.await?;
    let mut latencies = histogram();
    for (id, committed) in commits(city).await? {
        if let Some(received) = received.get(&id) {
            latencies.saturating_record(u64::try_from(received - committed).unwrap_or(0));
        }
    }
    anyhow::ensure!(latencies.len() == received.len() as u64, "every message is an event of the log");
    #[expect(clippy::cast_precision_loss, reason = "microseconds of a benchmark are far below 2^52")]
    Ok((latencies.value_at_quantile(0.5) as f64, latencies.value_at_quantile(0.99) as f64))
}

/// When each event of the log was committed, in microseconds.
async fn commits(city: &City) -> anyhow::Result<Vec<(String, i64)>> {
    let database = city.registry_database().await;
    let query = "SELECT id::text AS id, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint AS committed \
                 FROM event_log WHERE pg_xact_commit_timestamp(xmin) IS NOT NULL";
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), query)).await?;
    database.close().await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "committed")?))).collect()
}
