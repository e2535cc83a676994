//! JetStream without us: publishing, publishing to delivery, and 18 consumers.

use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::stream::{Config, Stream};
use async_nats::jetstream::{self, Context};
use async_nats::{Client, HeaderMap};
use bytes::Bytes;
use futures::StreamExt;

use crate::bench::load::histogram;

/// As many as the contract's departments.
const CONSUMERS: usize = 18;
/// As many as the relay keeps unacknowledged.
const IN_FLIGHT: usize = 256;
/// As large as an event.
const BODY: Bytes = Bytes::from_static(&[7; 120]);

/// A message with as many bytes of headers as ours has.
fn headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("ce-id", "0193b1a0-0000-7000-8000-000000000000");
    headers.insert("ce-type", "registry.child.registered");
    headers.insert("hutong-signature", "c2lnbmF0dXJl".repeat(7).as_str());
    headers.insert("hutong-hash", "0123456789abcdef".repeat(4).as_str());
    headers
}

async fn fresh_stream(jetstream: &Context) -> anyhow::Result<Stream> {
    // An error means that there was none.
    let _ = jetstream.delete_stream("BENCH").await;
    let config = Config { name: "BENCH".into(), subjects: vec!["bench.>".into()], ..Config::default() };
    Ok(jetstream.create_stream(config).await?)
}

/// Messages a second, with as many unacknowledged as our relay allows itself.
///
/// # Errors
/// If the server does not take one.
pub async fn publish(client: &Client, span: Duration) -> anyhow::Result<f64> {
    let jetstream = jetstream::new(client.clone());
    fresh_stream(&jetstream).await?;
    let headers = headers();
    let begun = Instant::now();
    let mut acknowledgements = futures::stream::FuturesOrdered::new();
    let mut published = 0_u32;
    while begun.elapsed() < span {
        if acknowledgements.len() >= IN_FLIGHT
            && let Some(acknowledged) = acknowledgements.next().await
        {
            let _: jetstream::publish::PublishAck = acknowledged?;
        }
        let sent = jetstream.publish_with_headers("bench.event.371621", headers.clone(), BODY).await?;
        acknowledgements.push_back(sent.into_future());
        published += 1;
    }
    while let Some(acknowledged) = acknowledgements.next().await {
        acknowledged?;
    }
    Ok(f64::from(published) / begun.elapsed().as_secs_f64())
}

/// p50 and p99 in microseconds from before a publish to its delivery to a pull consumer, at `per_second` messages a second.
///
/// # Errors
/// If the server fails.
pub async fn publish_to_delivery(
    publisher: &Client,
    subscriber: &Client,
    per_second: u32,
    span: Duration,
) -> anyhow::Result<(f64, f64)> {
    let jetstream = jetstream::new(publisher.clone());
    fresh_stream(&jetstream).await?;
    let stream = jetstream::new(subscriber.clone()).get_stream("BENCH").await?;
    let consumer =
        stream.create_consumer(pull::Config { ack_policy: AckPolicy::None, ..pull::Config::default() }).await?;
    let mut messages = consumer.messages().await?;
    let count = u32::try_from(span.as_secs())? * per_second;
    let began = Instant::now();
    let sending = tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / per_second);
        for _ in 0..count {
            ticks.tick().await;
            let mut headers = headers();
            headers.insert("sent", began.elapsed().as_micros().to_string().as_str());
            let sent = jetstream.publish_with_headers("bench.event.371621", headers, BODY).await?;
            tokio::spawn(async move { sent.await.map(drop) });
        }
        anyhow::Ok(())
    });
    let mut latencies = histogram();
    for _ in 0..count {
        let message = messages.next().await.ok_or_else(|| anyhow::anyhow!("the consumer ended"))??;
        let now = u64::try_from(began.elapsed().as_micros())?;
        let sent = message.headers.as_ref().and_then(|headers| headers.get("sent")).map(|sent| sent.as_str().parse());
        let sent: u64 = sent.ok_or_else(|| anyhow::anyhow!("a message without its time"))??;
        latencies.saturating_record(now - sent);
    }
    sending.await??;
    #[expect(clippy::cast_precision_loss, reason = "microseconds of a benchmark are far below 2^52")]
    Ok((latencies.value_at_quantile(0.5) as f64, latencies.value_at_quantile(0.99) as f64))
}

/// Deliveries a second to 18 pull consumers of one stream of `messages` messages.
///
/// # Errors
/// If the server fails.
pub async fn consumers(client: &Client, messages: usize) -> anyhow::Result<f64> {
    let jetstream = jetstream::new(client.clone());
    let stream = fresh_stream(&jetstream).await?;
    let headers = headers();
    let mut acknowledgements = futures::stream::FuturesOrdered::new();
    for _ in 0..messages {
        if acknowledgements.len() >= IN_FLIGHT
            && let Some(acknowledged) = acknowledgements.next().await
        {
            let _: jetstream::publish::PublishAck = acknowledged?;
        }
        let sent = jetstream.publish_with_headers("bench.event.371621", headers.clone(), BODY).await?;
        acknowledgements.push_back(sent.into_future());
    }
    while let Some(acknowledged) = acknowledgements.next().await {
        acknowledged?;
    }
    let begun = Instant::now();
    let readers = (0..CONSUMERS).map(|_| read_all(stream.clone(), messages));
    futures::future::try_join_all(readers).await?;
    #[expect(clippy::cast_precision_loss, reason = "counts of messages are far below 2^52")]
    Ok((CONSUMERS * messages) as f64 / begun.elapsed().as_secs_f64())
}

async fn read_all(stream: Stream, count: usize) -> anyhow::Result<()> {
    let config =
        pull::Config { ack_policy: AckPolicy::None, deliver_policy: DeliverPolicy::All, ..pull::Config::default() };
    let consumer = stream.create_consumer(config).await?;
    let mut messages = consumer.messages().await?.take(count);
    while let Some(message) = messages.next().await {
        message?;
    }
    Ok(())
}
