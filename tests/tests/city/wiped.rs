//! The broker is a cache: wiped under load, its streams and mailboxes come back with the same numbers and bytes.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use contract::registry::v1::Category;
use tests::both_databases;
use tests::city::{Backend, City, CityOptions, Samples};
use tests::wait::eventually;

both_databases!(
    a_wiped_disk_comes_back_with_the_same_numbers_and_bytes,
    a_city_whose_broker_lost_all_while_it_was_down_refills_it,
);

async fn a_wiped_disk_comes_back_with_the_same_numbers_and_bytes(backend: Backend) {
    let options = CityOptions::default().set("exchange.repair_interval_seconds", "1");
    let city = Arc::new(City::start_with(backend, options).await);
    for number in 0..30 {
        let child = city.register(number).await;
        city.confirm(&child.id, Category::KeyDifficulty, Samples::day(2025, 5, 17)).await;
    }
    city.settle().await;
    let events = city.event_stream().await;
    let mut mailboxes = Vec::new();
    for code in ["EDU", "HC", "FL", "CRT", "FIN"] {
        mailboxes.push((code, city.mailbox(code).await));
    }

    // The load goes on all the while.
    let stop = Arc::new(AtomicBool::new(false));
    let load = tokio::spawn({
        let (city, stop) = (Arc::clone(&city), Arc::clone(&stop));
        async move {
            let mut number = 30;
            while !stop.load(Ordering::SeqCst) {
                city.register(number).await;
                number += 1;
            }
            number
        }
    });
    for _ in 0..3 {
        let before = city.event_log().await.len();
        wipe(&city).await;
        eventually("registrations go on", async || (city.event_log().await.len() > before + 10).then_some(())).await;
    }
    stop.store(true, Ordering::SeqCst);
    assert!(load.await.unwrap() > 60, "writing does not wait for the broker");

    city.settle().await;
    assert_eq!(city.event_stream().await[..events.len()], events[..], "the event stream's numbers, headers and bytes");
    for (code, before) in mailboxes {
        assert_eq!(city.mailbox(code).await[..before.len()], before[..], "{code}'s numbers, headers and bytes");
    }
    Arc::into_inner(city).unwrap().close().await;
}

async fn a_city_whose_broker_lost_all_while_it_was_down_refills_it(backend: Backend) {
    let mut city = City::start(backend).await;
    for number in 0..10 {
        city.register(number).await;
    }
    city.settle().await;
    let (events, mailbox) = (city.event_stream().await, city.mailbox("EDU").await);
    assert!(city.stop().await.success());
    fs::remove_dir_all(city.data().join("nats/jetstream")).unwrap();
    city.restart().await;
    city.settle().await;
    assert_eq!(city.event_stream().await, events);
    assert_eq!(city.mailbox("EDU").await, mailbox);
    city.close().await;
}

/// Removes the broker's disk beneath it and kills it before it can write anything back.
async fn wipe(city: &City) {
    let pid = eventually("nats-server runs", async || city.nats_pid()).await;
    let store = city.data().join("nats/jetstream");
    city.kill_nats();
    // The dead server writes no more; the next one may have begun already: both find nothing.
    let _ = fs::remove_dir_all(&store);
    eventually("nats-server runs again", async || city.nats_pid().filter(|again| *again != pid)).await;
}
