//! What a department's certificate opens on the real nats-server, and what stays shut.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::{self, message::PublishMessage};
use async_nats::{Client, ConnectOptions, Event};
use contract::mailboxes::Mailboxes;
use contract::subject::MAILBOX_STREAM;
use futures::StreamExt;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::broker::{Account, provision};
use crate::test_city::Broker;

const SUBJECT: &str = "hutong.v1.registry.child.registered.371621";
const PATIENCE: Duration = Duration::from_secs(30);

/// A broker with the mailboxes of two departments, three messages in each, and an event stream of the registry.
async fn city() -> (Broker, Account, Account) {
    let mailboxes = Mailboxes::parse("[[mailbox]]\ncode = \"EDU-371621\"\n").unwrap();
    let broker = Broker::start(&mailboxes).await;
    let exchange = broker.service("exchange").await;
    let [edu, health] = ["EDU", "HC"].map(|code| Account::new(exchange.clone(), code));
    for account in [&edu, &health] {
        provision(account).await.unwrap();
        fill(account, 0..3).await;
    }
    let registry = jetstream::new(broker.service("registry").await);
    let events = jetstream::stream::Config {
        name: "EVT_REGISTRY".to_owned(),
        subjects: vec!["hutong.v1.registry.>".to_owned()],
        ..Default::default()
    };
    registry.create_stream(events).await.unwrap();
    let ack = registry.publish(SUBJECT, "event".into()).await.unwrap();
    assert_eq!(ack.await.unwrap().sequence, 1);
    (broker, edu, health)
}

async fn fill(account: &Account, after: std::ops::Range<u64>) {
    let platform = jetstream::new(account.client().clone());
    for last in after {
        let message = PublishMessage::build()
            .payload(format!("{} {}", account.code(), last + 1).into())
            .expected_last_sequence(last);
        let ack = platform.send_publish(account.door(SUBJECT), message).await.unwrap();
        let ack = ack.await.unwrap();
        assert_eq!((ack.stream.as_str(), ack.sequence), (MAILBOX_STREAM, last + 1));
    }
}

/// A stock client with a department's certificate, and what the server says to it.
struct Intruder {
    client: Client,
    said: UnboundedReceiver<Event>,
}

impl Intruder {
    async fn new(broker: &Broker, code: &str) -> Self {
        let (say, said) = unbounded_channel();
        let options = ConnectOptions::new().event_callback(move |event| {
            let _ = say.send(event);
            std::future::ready(())
        });
        let client = broker.connect(options, &format!("department/{code}")).await.unwrap();
        Self { client, said }
    }

    async fn may_not_publish(&mut self, subject: &str) {
        self.client.publish(subject.to_owned(), "{}".into()).await.unwrap();
        self.client.flush().await.unwrap();
        self.hears(&format!("Permissions Violation for Publish to \"{subject}\"")).await;
    }

    async fn may_not_subscribe(&mut self, subject: &str) {
        let _subscription = self.client.subscribe(subject.to_owned()).await.unwrap();
        self.client.flush().await.unwrap();
        self.hears(&format!("Permissions Violation for Subscription to \"{subject}\"")).await;
    }

    async fn hears(&mut self, expected: &str) {
        // The server writes lower and upper case differently over its versions.
        let expected = expected.to_lowercase();
        loop {
            let event = tokio::time::timeout(PATIENCE, self.said.recv()).await;
            let event = event.unwrap_or_else(|_| panic!("not refused: {expected}"));
            if event.unwrap().to_string().to_lowercase().contains(&expected) {
                return;
            }
        }
    }
}

#[tokio::test]
async fn a_department_reads_its_mailbox_with_a_stock_client() {
    let (broker, edu, _) = city().await;
    let department = jetstream::new(broker.department("EDU").await);
    let mut stream = department.get_stream(MAILBOX_STREAM).await.unwrap();
    assert_eq!(stream.info().await.unwrap().state.messages, 3);
    assert_eq!(stream.get_raw_message(2).await.unwrap().payload, "EDU 2");
    assert_eq!(stream.direct_get(3).await.unwrap().payload, "EDU 3");

    let config =
        pull::Config { durable_name: Some("desk".to_owned()), ack_policy: AckPolicy::Explicit, ..Default::default() };
    let consumer = stream.create_consumer(config).await.unwrap();
    let mut messages = consumer.messages().await.unwrap();
    for number in 1..=3 {
        let message = messages.next().await.unwrap().unwrap();
        assert_eq!(message.subject.as_str(), SUBJECT);
        assert_eq!(message.payload, format!("EDU {number}"));
        message.double_ack().await.unwrap();
    }
    fill(&edu, 3..4).await;
    let message = messages.next().await.unwrap().unwrap();
    assert_eq!(message.payload, "EDU 4");
    stream.delete_consumer("desk").await.unwrap();

    let mut ordered = stream
        .create_consumer(jetstream::consumer::push::OrderedConfig {
            deliver_subject: department.client().new_inbox(),
            ..Default::default()
        })
        .await
        .unwrap()
        .messages()
        .await
        .unwrap();
    assert_eq!(ordered.next().await.unwrap().unwrap().payload, "EDU 1");
}

#[tokio::test]
async fn a_county_department_is_another_mailbox() {
    let (broker, _, _) = city().await;
    let exchange = broker.service("exchange").await;
    let county = Account::new(exchange, "EDU-371621");
    provision(&county).await.unwrap();
    fill(&county, 0..1).await;
    let department = jetstream::new(broker.department("EDU-371621").await);
    let mut stream = department.get_stream(MAILBOX_STREAM).await.unwrap();
    assert_eq!(stream.info().await.unwrap().state.messages, 1);
    assert_eq!(stream.get_raw_message(1).await.unwrap().payload, "EDU-371621 1");
}

#[tokio::test]
async fn a_department_can_neither_write_nor_listen_nor_delete() {
    let (broker, _, _) = city().await;
    let mut edu = Intruder::new(&broker, "EDU").await;
    for subject in [
        SUBJECT,
        "to.EDU.hutong.v1.registry.child.registered.371621",
        "to.HC.hutong.v1.registry.child.registered.371621",
        "$JS.HC.API.STREAM.INFO.MAILBOX",
        "$JS.EDU.API.STREAM.DELETE.MAILBOX",
        "$JS.API.STREAM.DELETE.MAILBOX",
        "$JS.API.STREAM.UPDATE.MAILBOX",
        "$JS.API.STREAM.PURGE.MAILBOX",
        "$JS.API.STREAM.MSG.DELETE.MAILBOX",
        "$JS.API.STREAM.CREATE.OTHER",
        "$JS.API.STREAM.SNAPSHOT.MAILBOX",
        "$JS.API.STREAM.INFO.EVT_REGISTRY",
        "$JS.API.CONSUMER.CREATE.EVT_REGISTRY",
        "$JS.API.CONSUMER.MSG.NEXT.EVT_REGISTRY.x",
        "$JS.API.DIRECT.GET.EVT_REGISTRY",
        "$SYS.REQ.SERVER.PING",
        "_INBOX.exchange.x",
        "anything",
    ] {
        edu.may_not_publish(subject).await;
    }
    for subject in ["hutong.>", SUBJECT, "to.>", ">", "$JS.>", "_R_.>", "$SYS.>"] {
        edu.may_not_subscribe(subject).await;
    }
}

#[tokio::test]
async fn what_a_department_lists_is_its_own() {
    let (broker, _, _) = city().await;
    let edu = jetstream::new(broker.department("EDU").await);
    let names: Vec<_> = edu.stream_names().map(Result::unwrap).collect().await;
    assert_eq!(names, [MAILBOX_STREAM]);
}

#[tokio::test]
async fn strangers_and_the_bare_are_turned_away() {
    let (broker, _, _) = city().await;
    for identity in ["department/XXX", "department/EDU/", "service/nobody", "department/CA"] {
        assert!(broker.connect(ConnectOptions::new(), identity).await.is_err(), "{identity}");
    }
    assert!(broker.without_certificate().await.is_err());
}

/// A department can have the broker publish under any subject, as the answer to a permitted request: a message of its
/// mailbox, or an empty note that there is none, which is all that a deletion needs.
#[tokio::test]
async fn the_reply_subject_trick_ends_at_the_account() {
    let (broker, edu, health) = city().await;
    let intruder = Intruder::new(&broker, "EDU").await;
    let department = jetstream::new(intruder.client.clone());
    let stream = department.get_stream(MAILBOX_STREAM).await.unwrap();
    for (name, deliver_policy) in [("full", DeliverPolicy::All), ("empty", DeliverPolicy::New)] {
        let config = pull::Config { name: Some(name.to_owned()), deliver_policy, ..Default::default() };
        stream.create_consumer(config).await.unwrap();
    }

    for reply in [
        "$JS.API.STREAM.DELETE.EVT_REGISTRY",
        "$JS.API.STREAM.PURGE.EVT_REGISTRY",
        "$JS.HC.API.STREAM.DELETE.MAILBOX",
        "to.HC.hutong.v1.registry.child.registered.371621",
    ] {
        trick(&intruder.client, "full", reply).await;
        trick(&intruder.client, "empty", reply).await;
    }
    // In its own account the same does harm, so that it is the account that stops it elsewhere.
    trick(&intruder.client, "empty", "$JS.API.STREAM.DELETE.MAILBOX").await;
    let gone = async {
        while department.get_stream(MAILBOX_STREAM).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("the trick works");

    let registry = jetstream::new(broker.service("registry").await);
    let events = registry.get_stream("EVT_REGISTRY").await.unwrap();
    assert_eq!(events.cached_info().state.messages, 1);
    assert_eq!(provision(&health).await.unwrap().state.messages, 3);
    assert_eq!(provision(&edu).await.unwrap().state.messages, 0);
}

async fn trick(client: &Client, consumer: &str, reply: &str) {
    let subject = format!("$JS.API.CONSUMER.MSG.NEXT.MAILBOX.{consumer}");
    let request = r#"{"batch":1,"no_wait":true}"#;
    client.publish_with_reply(subject, reply.to_owned(), request.into()).await.unwrap();
    client.flush().await.unwrap();
}
