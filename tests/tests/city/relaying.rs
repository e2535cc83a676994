//! From the log to the stream: fenced, gap-free, and stopped with an alarm where the two contradict each other.

use std::time::Duration;

use async_nats::jetstream::{self, Context};
use futures::future::join_all;
use messaging::journal::EventFeed;
use messaging::relay::{Contradiction, Relay, RelaySettings, RelayStatus};
use tests::both_databases;
use tests::city::Backend;
use tests::nats::{NatsOptions, NatsServer};
use tests::wait::eventually;
use tokio_util::sync::CancellationToken;

use crate::small_service::{SmallService, child};

/// How often a relay looks into the log, where a test needs it to.
const OFTEN: Duration = Duration::from_millis(20);

both_databases!(
    two_relays_of_one_log_write_each_event_once,
    a_stream_ahead_of_its_log_stops_the_relay,
    a_stream_that_differs_from_its_log_stops_the_relay,
    a_killed_and_wiped_broker_is_refilled_to_the_same_bytes,
    a_stream_that_is_thrown_away_comes_back_though_nothing_new_is_told,
    a_log_longer_than_one_read_is_relayed_without_waiting_for_the_next_scan,
);

async fn two_relays_of_one_log_write_each_event_once(backend: Backend) {
    let server = NatsServer::start(NatsOptions::default()).await;
    let mut service = SmallService::open(backend, "registry").await;
    let one = start(&mut service, &server).await;
    let other = start_with(&service, EventFeed::none(), &server, OFTEN).await;
    for _ in 0..50 {
        service.tell(child(), true).await;
    }
    let jetstream = jetstream::new(server.connect().await);
    eventually("the stream holds the log", async || (last_sequence(&jetstream).await == Some(50)).then_some(())).await;
    check_equal(&service, &jetstream).await;
    drop((one, other));
}

async fn a_log_longer_than_one_read_is_relayed_without_waiting_for_the_next_scan(backend: Backend) {
    let server = NatsServer::start(NatsOptions::default()).await;
    let service = SmallService::open(backend, "registry").await;
    join_all((0..2_500).map(|_| service.tell(child(), true))).await;
    let relay = start_with(&service, EventFeed::none(), &server, Duration::from_secs(3_600)).await;
    let jetstream = jetstream::new(server.connect().await);
    eventually("the stream holds the log", async || (last_sequence(&jetstream).await == Some(2_500)).then_some(()))
        .await;
    drop(relay);
}

async fn a_stream_ahead_of_its_log_stops_the_relay(backend: Backend) {
    let server = NatsServer::start(NatsOptions::default()).await;
    let jetstream = jetstream::new(server.connect().await);
    let mut service = SmallService::open(backend, "registry").await;
    service.tell(child(), true).await;
    foreign_stream(&jetstream, 2).await;
    let relay = start(&mut service, &server).await;
    let ahead = Contradiction::Ahead { stream: 2, log: 1 };
    check_halts(&relay, ahead).await;
    assert_eq!(last_sequence(&jetstream).await, Some(2), "the relay leaves the stream to a person");
}

async fn a_stream_that_differs_from_its_log_stops_the_relay(backend: Backend) {
    let server = NatsServer::start(NatsOptions::default()).await;
    let jetstream = jetstream::new(server.connect().await);
    let mut service = SmallService::open(backend, "registry").await;
    service.tell(child(), true).await;
    service.tell(child(), true).await;
    foreign_stream(&jetstream, 1).await;
    let relay = start(&mut service, &server).await;
    check_halts(&relay, Contradiction::Differs { sequence: 1 }).await;
    assert_eq!(last_sequence(&jetstream).await, Some(1));
}

async fn a_killed_and_wiped_broker_is_refilled_to_the_same_bytes(backend: Backend) {
    let mut server = NatsServer::start(NatsOptions::default()).await;
    let mut service = SmallService::open(backend, "registry").await;
    let _relay = start(&mut service, &server).await;
    for _ in 0..20 {
        service.tell(child(), true).await;
    }
    let jetstream = jetstream::new(server.connect().await);
    eventually("the stream holds the log", async || (last_sequence(&jetstream).await == Some(20)).then_some(())).await;
    for _ in 0..3 {
        server.kill();
        server.wipe();
        service.tell(child(), true).await;
        server.restart().await;
        service.tell(child(), true).await;
        let head = service.log.head().await.unwrap().sequence;
        eventually("the stream is refilled", async || (last_sequence(&jetstream).await == Some(head)).then_some(()))
            .await;
        check_equal(&service, &jetstream).await;
    }
}

async fn a_stream_that_is_thrown_away_comes_back_though_nothing_new_is_told(backend: Backend) {
    let server = NatsServer::start(NatsOptions::default()).await;
    let mut service = SmallService::open(backend, "registry").await;
    let _relay = start(&mut service, &server).await;
    for _ in 0..3 {
        service.tell(child(), true).await;
    }
    let jetstream = jetstream::new(server.connect().await);
    let whole = async || (last_sequence(&jetstream).await == Some(3)).then_some(());
    eventually("the stream holds the log", whole).await;
    jetstream.delete_stream(contract::subject::stream("registry")).await.unwrap();
    eventually("the stream is refilled", whole).await;
    check_equal(&service, &jetstream).await;
}

async fn start(service: &mut SmallService, server: &NatsServer) -> Relay {
    let feed = service.feed.take().unwrap();
    start_with(service, feed, server, OFTEN).await
}

async fn start_with(service: &SmallService, feed: EventFeed, server: &NatsServer, scan_interval: Duration) -> Relay {
    let mut config = service.config.relay.clone();
    config.scan_interval = scan_interval;
    Relay::start(RelaySettings {
        service: "registry".to_owned(),
        log: service.log.clone(),
        feed,
        jetstream: jetstream::new(server.connect().await),
        config,
        shutdown: CancellationToken::new(),
    })
}

async fn check_halts(relay: &Relay, expected: Contradiction) {
    let mut status = relay.status();
    let halted = status.wait_for(|status| matches!(status, RelayStatus::Halted { .. }));
    let halted = tokio::time::timeout(tests::wait::PATIENCE, halted).await.expect("the relay halts").unwrap().clone();
    assert_eq!(halted, RelayStatus::Halted { reason: expected });
}

async fn foreign_stream(jetstream: &Context, messages: usize) {
    let config = jetstream::stream::Config {
        name: "EVT_REGISTRY".to_owned(),
        subjects: vec!["hutong.v1.registry.>".to_owned()],
        allow_direct: true,
        ..Default::default()
    };
    jetstream.create_stream(config).await.unwrap();
    for _ in 0..messages {
        let sent = jetstream.publish("hutong.v1.registry.child.registered.371621", "foreign".into()).await.unwrap();
        sent.await.unwrap();
    }
}

async fn last_sequence(jetstream: &Context) -> Option<u64> {
    Some(jetstream.get_stream("EVT_REGISTRY").await.ok()?.cached_info().state.last_sequence)
}

/// The stream is the log: numbers, hashes, bodies.
async fn check_equal(service: &SmallService, jetstream: &Context) {
    let log = service.log.read(0, 10_000).await.unwrap();
    let stream = jetstream.get_stream("EVT_REGISTRY").await.unwrap();
    let state = &stream.cached_info().state;
    assert_eq!((state.messages, state.last_sequence), (log.len() as u64, log.len() as u64));
    for event in log {
        let message = stream.get_raw_message(event.sequence).await.unwrap();
        assert_eq!(message.payload, event.event.body);
        let header = |name: &str| message.headers.get(name).map(|value| value.as_str().to_owned());
        assert_eq!(header("hutong-hash"), Some(hex::encode(event.hash)));
        assert_eq!(header("ce-id"), Some(event.event.id.to_string()));
    }
}
