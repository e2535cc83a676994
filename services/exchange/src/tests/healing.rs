//! What breaks, and comes back.

use async_nats::jetstream::consumer::pull;
use contract::exchange::v1::MailboxState::{Following, Halted};
use contract::subject::MAILBOX_STREAM;

use crate::test_city::City;

/// A city in which education has `count` messages.
async fn city(count: usize) -> City {
    let mut city = City::new("").await;
    city.log.register(count);
    city.log.relay(0..count).await;
    city.start_exchange().await;
    for code in ["EDU", "HC", "FL", "CRT"] {
        city.awaits(code, Following, count as u64).await;
    }
    city
}

#[tokio::test]
async fn a_rebuilt_mailbox_has_the_same_bytes() {
    let city = city(300).await;
    let before = city.read("EDU").await;
    city.rebuild("EDU").await.unwrap();
    city.awaits("EDU", Following, 300).await;
    assert_eq!(city.read("EDU").await, before);
}

#[tokio::test]
async fn a_wiped_broker_is_filled_again_with_the_same_bytes() {
    let mut city = city(300).await;
    let before = city.read("EDU").await;
    city.broker.restart(true).await;
    city.log.make_stream().await;
    city.log.relay(0..300).await;
    city.awaits("EDU", Following, 300).await;
    assert_eq!(city.read("EDU").await, before);
    city.awaits("CRT", Following, 300).await;
}

#[tokio::test]
async fn a_killed_broker_loses_and_doubles_nothing() {
    let mut city = city(10).await;
    city.log.register(6_000);
    for round in 1..=3 {
        // As a relay does: from where the stream stands, since what was not flushed may be gone.
        city.log.relay(city.log.stream_length().await..10 + round * 2_000).await;
        // The exchange is in the middle of it.
        city.broker.restart(false).await;
    }
    let total = city.log.len() as u64;
    let kept = city.log.stream_length().await;
    city.log.relay(kept..city.log.len()).await;
    for code in ["EDU", "HC", "FL", "CRT"] {
        city.awaits(code, Following, total).await;
        assert_eq!(city.read(code).await.len() as u64, total);
    }
}

#[tokio::test]
async fn a_message_slipped_into_a_mailbox_heals_away() {
    let mut city = city(50).await;
    let before = city.read("EDU").await;
    let department = city.department("EDU").await;
    let stream = department.get_stream(MAILBOX_STREAM).await.unwrap();
    let config = pull::Config { name: Some("trick".to_owned()), ..Default::default() };
    stream.create_consumer(config).await.unwrap();
    // Its answer, no message of ours, lands in the mailbox: the server does not check reply subjects.
    let client = department.client();
    client
        .publish_with_reply(
            "$JS.API.CONSUMER.INFO.MAILBOX.trick",
            "hutong.v1.registry.child.registered.371621",
            "".into(),
        )
        .await
        .unwrap();
    client.flush().await.unwrap();
    city.slipped_in("EDU", 51).await;
    city.log.register(1);
    city.log.relay(50..51).await;
    city.awaits("EDU", Following, 51).await;
    assert_eq!(city.read("EDU").await[..50], before);
}

#[tokio::test]
async fn a_deleted_mailbox_comes_back() {
    let mut city = city(50).await;
    let before = city.read("EDU").await;
    let client = city.broker.service("exchange").await;
    let api = async_nats::jetstream::with_prefix(client, "$JS.EDU.API");
    api.delete_stream(MAILBOX_STREAM).await.unwrap();
    city.log.register(1);
    city.log.relay(50..51).await;
    city.awaits("EDU", Following, 51).await;
    assert_eq!(city.read("EDU").await[..50], before);
}

#[tokio::test]
async fn a_forged_event_stops_before_every_mailbox_until_it_is_mended() {
    let mut city = city(5).await;
    city.log.register(3);
    city.log.relay(5..6).await;
    city.log.relay_forged(6).await;
    for code in ["EDU", "HC"] {
        city.awaits(code, Halted, 6).await;
        assert_eq!(city.read(code).await.len(), 6);
    }
    city.log.delete_stream().await;
    city.log.make_stream().await;
    city.log.relay(0..8).await;
    for code in ["EDU", "HC"] {
        city.awaits(code, Following, 8).await;
    }
}
