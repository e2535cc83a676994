use async_nats::HeaderMap;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::{self, stream::Stream};
use bytes::Bytes;
use contract::references;
use contract::subject::{MAILBOX_STREAM, js_prefix, stream as service_stream};
use futures::StreamExt;
use platform::pseudonym::Pseudonyms;

use super::{City, LoggedEvent};

/// A message as its receiver got it.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivered {
    /// The stream's sequence number.
    pub sequence: u64,
    /// `hutong.v1.registry.child.registered.371621`.
    pub subject: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub payload: Bytes,
}

impl Delivered {
    /// A header's value; empty if it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.as_str())
    }
}

impl City {
    /// All that a department finds in its mailbox, read with its own certificate.
    ///
    /// # Panics
    /// If the mailbox cannot be read.
    pub async fn mailbox(&self, code: &str) -> Vec<Delivered> {
        let client = self.nats(code).await;
        let stream = jetstream::new(client).get_stream(MAILBOX_STREAM).await.expect("a department sees its mailbox");
        read_all(stream).await
    }

    /// The registry's event stream, as the operator sees it.
    ///
    /// # Panics
    /// If the stream cannot be read.
    pub async fn event_stream(&self) -> Vec<Delivered> {
        let jetstream = jetstream::new(self.operator().await);
        let stream = jetstream.get_stream(service_stream("registry")).await.expect("the registry has a stream");
        let last = stream.cached_info().state.last_sequence;
        let first = stream.cached_info().state.first_sequence.max(1);
        let read = async |sequence| stream.get_raw_message(sequence).await.expect("a stored message");
        futures::stream::iter(first..=last)
            .map(read)
            .buffered(64)
            .map(|message| Delivered {
                sequence: message.sequence,
                subject: message.subject.to_string(),
                headers: message.headers,
                payload: message.payload,
            })
            .collect()
            .await
    }

    /// How many messages each mailbox holds and the last sequence number, by code; nothing for one that is away.
    pub async fn mailbox_counts(&self) -> Vec<(String, Option<(u64, u64)>)> {
        let operator = self.operator().await;
        let mut counts = Vec::new();
        for entry in self.mailboxes().iter() {
            let jetstream = jetstream::with_prefix(operator.clone(), &js_prefix(&entry.code));
            let state = jetstream.get_stream(MAILBOX_STREAM).await.ok().map(|stream| {
                let state = &stream.cached_info().state;
                (state.messages, state.last_sequence)
            });
            counts.push((entry.code.clone(), state));
        }
        counts
    }

    /// A department's reference to a child.
    ///
    /// # Panics
    /// If the city has no such mailbox, or the text is no id.
    #[must_use]
    pub fn reference(&self, code: &str, child: &str) -> String {
        let entry = self.mailboxes().get(code).expect("the city has this mailbox");
        let pseudonyms = self.pseudonyms();
        let pseudonym = pseudonyms.of(entry.department).expect("a mailbox is a partner's");
        pseudonym.conceal(child.parse().expect("an id")).to_string()
    }

    fn pseudonyms(&self) -> Pseudonyms {
        Pseudonyms::open(&self.data().join("keys/references")).expect("a city has the key of references")
    }

    /// What a mailbox must hold by the contract: subjects and bodies, computed from the event log alone.
    ///
    /// # Panics
    /// If the city has no such mailbox.
    #[must_use]
    pub fn expected_mailbox(&self, code: &str, log: &[LoggedEvent]) -> Vec<(String, Bytes)> {
        let entry = self.mailboxes().get(code).expect("the city has this mailbox");
        let grants = entry.grants();
        let pseudonyms = self.pseudonyms();
        let pseudonym = pseudonyms.of(entry.department);
        log.iter()
            .filter(|event| !event.is_erased && entry.covers(&event.county))
            .filter_map(|event| {
                let (event_type, view) = grants.iter().find(|(event_type, _)| event_type.name == event.kind)?;
                let mut body = Vec::from(view.apply(&event.body).expect("the log holds whole messages")?);
                if let (Some(references), Some(pseudonym)) = (references::of_event(event_type), pseudonym) {
                    let replaced = references.replace(&mut body, |child| pseudonym.conceal(child));
                    replaced.expect("the log holds whole messages");
                }
                let body = match entry.format {
                    contract::mailboxes::Format::Protobuf => body.into(),
                    contract::mailboxes::Format::Json => {
                        contract::projection::to_json(event_type, &body).expect("a whole message").into()
                    }
                };
                Some((event.subject(), body))
            })
            .collect()
    }
}

async fn read_all(stream: Stream) -> Vec<Delivered> {
    let count = stream.cached_info().state.messages;
    let config = pull::Config { ack_policy: AckPolicy::None, ..pull::Config::default() };
    let consumer = stream.create_consumer(config).await.expect("a department may have consumers");
    let messages = consumer.messages().await.expect("a consumer delivers");
    messages
        .take(usize::try_from(count).expect("a mailbox fits in memory"))
        .map(|message| {
            let message = message.expect("a message arrives");
            Delivered {
                sequence: message.info().expect("a delivered message says its place").stream_sequence,
                subject: message.subject.to_string(),
                headers: message.headers.clone().unwrap_or_default(),
                payload: message.payload.clone(),
            }
        })
        .collect()
        .await
}
