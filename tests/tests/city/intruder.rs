//! With education's certificate and every trick known to us: nothing outside its own account is read or changed.

use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::{Client, HeaderMap};
use bytes::Bytes;
use futures::StreamExt;
use tests::both_databases;
use tests::city::{Backend, City, Samples};

both_databases!(nothing_outside_its_own_account_is_read_or_changed, what_it_breaks_is_its_own_mailbox_which_heals,);

/// Names of the places that matter, from the inside of a department's account and from the platform's.
const APIS: [&str; 6] = [
    "$JS.API.STREAM.DELETE.EVT_REGISTRY",
    "$JS.API.STREAM.PURGE.EVT_REGISTRY",
    "$JS.HC.API.STREAM.DELETE.MAILBOX",
    "$JS.HC.API.STREAM.PURGE.MAILBOX",
    "$JS.EDU.API.STREAM.DELETE.MAILBOX",
    "$JS.PLATFORM.API.STREAM.DELETE.EVT_REGISTRY",
];

const READS: [&str; 8] = [
    "$JS.API.STREAM.MSG.GET.EVT_REGISTRY",
    "$JS.API.DIRECT.GET.EVT_REGISTRY",
    "$JS.API.STREAM.INFO.EVT_REGISTRY",
    "$JS.API.CONSUMER.CREATE.EVT_REGISTRY",
    "$JS.HC.API.STREAM.MSG.GET.MAILBOX",
    "$JS.HC.API.STREAM.INFO.MAILBOX",
    "$JS.EDU.API.STREAM.INFO.MAILBOX",
    "$SYS.REQ.SERVER.PING",
];

const SUBJECT: &str = "hutong.v1.registry.child.registered.371621";

async fn nothing_outside_its_own_account_is_read_or_changed(backend: Backend) {
    let city = City::start(backend).await;
    for number in 0..5 {
        city.register(number).await;
    }
    city.settle().await;
    let before = Outside::of(&city).await;
    let education = city.nats("EDU").await;

    // Reading: no answer comes, or one that knows nothing.
    for subject in READS {
        let answer = education.send_request(subject, request(br#"{"seq":1}"#)).await;
        if let Ok(message) = answer {
            let text = String::from_utf8_lossy(&message.payload);
            assert!(!text.contains("messages\":5") && !text.contains("hutong.v1."), "{subject} answers {text}");
            assert!(message.payload.is_empty() || text.contains("error"), "{subject} answers {text}");
        }
    }
    // Listening: neither to others' messages, nor to their replies.
    let mut heard = Vec::new();
    for subject in [">", "hutong.>", "to.>", "$JS.>", "_INBOX.exchange.>", "_INBOX.registry.>", "_INBOX.operator.>"] {
        heard.push(education.subscribe(subject).await.unwrap());
    }
    // Deleting, purging and forging, straight.
    for subject in APIS {
        education.publish(subject, Bytes::from_static(b"{}")).await.unwrap();
    }
    for subject in [
        SUBJECT,
        "to.EDU.hutong.v1.registry.child.registered.371621",
        "to.HC.hutong.v1.registry.child.registered.371621",
    ] {
        education.publish(subject, Bytes::from_static(b"forged")).await.unwrap();
    }
    // The reply-subject trick: the server checks the subject of a message, not its reply.
    let consumer = own_consumer(&education).await;
    for reply in APIS.into_iter().chain([SUBJECT, "to.HC.hutong.v1.registry.child.registered.371621"]) {
        let next = format!("$JS.API.CONSUMER.MSG.NEXT.MAILBOX.{consumer}");
        education.publish_with_reply(next, reply, Bytes::from_static(br#"{"batch":1,"no_wait":true}"#)).await.unwrap();
        let info = "$JS.API.STREAM.INFO.MAILBOX";
        education.publish_with_reply(info, reply, Bytes::new()).await.unwrap();
    }
    education.flush().await.unwrap();
    // A message with reply subjects in headers, for good measure.
    let mut headers = HeaderMap::new();
    headers.insert("Nats-Rollup", "all");
    education.publish_with_headers(SUBJECT, headers, Bytes::from_static(b"forged")).await.unwrap();
    education.flush().await.unwrap();

    // All others go on: what was attacked would show by now.
    for number in 5..8 {
        city.register(number).await;
    }
    wait_for_others(&city).await;
    let after = Outside::of(&city).await;
    assert_eq!(after.events[..before.events.len()], before.events[..], "the event stream was changed");
    for ((code, before), (_, after)) in before.mailboxes.iter().zip(&after.mailboxes) {
        assert_eq!(after[..before.len()], before[..], "{code} was changed");
    }
    for (mut subscription, of) in heard.into_iter().zip(0..) {
        while let Ok(Some(message)) = tokio::time::timeout(Duration::from_millis(1), subscription.next()).await {
            let text = String::from_utf8_lossy(&message.payload);
            assert!(
                !message.subject.starts_with("_INBOX.") || message.subject.starts_with("_INBOX.EDU"),
                "subscription {of} heard another's reply {}: {text}",
                message.subject
            );
        }
    }
    city.close().await;
}

async fn what_it_breaks_is_its_own_mailbox_which_heals(backend: Backend) {
    let options = tests::city::CityOptions::default().set("exchange.repair_interval_seconds", "1");
    let city = City::start_with(backend, options).await;
    for number in 0..5 {
        city.register(number).await;
    }
    city.settle().await;
    let before = city.mailbox("EDU").await;
    let education = city.nats("EDU").await;
    let consumer = own_consumer(&education).await;
    for reply in ["$JS.API.STREAM.PURGE.MAILBOX", "$JS.API.STREAM.DELETE.MAILBOX", SUBJECT] {
        let next = format!("$JS.API.CONSUMER.MSG.NEXT.MAILBOX.{consumer}");
        education.publish_with_reply(next, reply, Bytes::from_static(br#"{"batch":1,"no_wait":true}"#)).await.unwrap();
    }
    education.flush().await.unwrap();
    city.register(5).await;
    tests::wait::eventually("the mailbox is whole again", async || {
        let log = city.event_log().await;
        let (_, state) = city.mailbox_counts().await.into_iter().find(|(code, _)| code == "EDU")?;
        let expected = city.expected_mailbox("EDU", &log).len() as u64;
        if state != Some((expected, expected)) {
            return None;
        }
        let mailbox = city.mailbox("EDU").await;
        (mailbox.len() == 6 && mailbox[..5] == before[..]).then_some(())
    })
    .await;
    city.close().await;
}

/// All that is not education's.
struct Outside {
    events: Vec<tests::city::Delivered>,
    mailboxes: Vec<(&'static str, Vec<tests::city::Delivered>)>,
}

impl Outside {
    async fn of(city: &City) -> Self {
        let mut mailboxes = Vec::new();
        for code in ["HC", "FL", "CRT", "FIN", "PSB"] {
            mailboxes.push((code, city.mailbox(code).await));
        }
        Self { events: city.event_stream().await, mailboxes }
    }
}

async fn wait_for_others(city: &City) {
    let log = city.event_log().await;
    tests::wait::eventually("the others get what they are granted", async || {
        let counts = city.mailbox_counts().await;
        let whole = counts.iter().filter(|(code, _)| code != "EDU").all(|(code, state)| {
            let expected = city.expected_mailbox(code, &log).len() as u64;
            *state == Some((expected, expected))
        });
        whole.then_some(())
    })
    .await;
}

/// A durable consumer of its own mailbox, which it may have.
async fn own_consumer(education: &Client) -> String {
    let stream = jetstream::new(education.clone()).get_stream("MAILBOX").await.unwrap();
    let name = format!("attack{}", &Samples::request_id()[..8]);
    let config =
        pull::Config { durable_name: Some(name.clone()), ack_policy: AckPolicy::Explicit, ..pull::Config::default() };
    stream.create_consumer(config).await.unwrap();
    name
}

fn request(payload: &'static [u8]) -> async_nats::Request {
    async_nats::Request::new().payload(Bytes::from_static(payload)).timeout(Some(Duration::from_millis(300)))
}
