use std::ops::Range;

use async_nats::Client;
use async_nats::jetstream::stream::Config;
use async_nats::jetstream::{self, Context};
use bytes::Bytes;
use contract::registry::v1::{CategoryConfirmed, ChildRegistered, SupportTier};
use contract::{date, event, subject};
use kernel::{Instant, Month};
use messaging::relay::headers;
use messaging::seal::{Cover, Hash, Hidden, NewEvent, SealedEvent, Signer, Verifier, ZERO_HASH};
use uuid::Uuid;

/// The counties in which the log's children live, in turn.
pub(crate) const COUNTIES: [&str; 2] = ["371602", "371621"];

/// The registry's log, and its relay: what a database and a relay would make of the same facts.
pub(crate) struct Log {
    signer: Signer,
    sealed: Vec<SealedEvent>,
    jetstream: Context,
}

impl Log {
    pub(crate) async fn new(client: Client) -> Self {
        let log = Self { signer: Signer::generate().unwrap(), sealed: Vec::new(), jetstream: jetstream::new(client) };
        log.make_stream().await;
        log
    }

    pub(crate) fn verifier(&self) -> Verifier {
        self.signer.verifier()
    }

    /// Registers children, one event each, alternating between the counties.
    pub(crate) fn register(&mut self, count: usize) {
        self.seal((0..count).map(|_| {
            |child: Uuid, county: &str| ChildRegistered {
                child: child.to_string(),
                county: county.to_owned(),
                birth_month: Some(date::from_month(Month::new(2012, 5).unwrap())),
                registered_on: None,
            }
        }));
    }

    /// Confirms categories, with a tier or without: then nobody outside is granted the event.
    pub(crate) fn confirm(&mut self, tier: Option<SupportTier>) {
        self.seal([|child: Uuid, county: &str| CategoryConfirmed {
            child: child.to_string(),
            county: county.to_owned(),
            record: child.to_string(),
            tier: tier.unwrap_or_default().into(),
            from_month: None,
        }]);
    }

    fn seal<M: prost::Message + prost::Name>(
        &mut self,
        events: impl IntoIterator<Item = impl FnOnce(Uuid, &str) -> M>,
    ) {
        let first = self.sealed.len();
        let events = events
            .into_iter()
            .enumerate()
            .map(|(number, make)| {
                let number = first + number + 1;
                let id = Uuid::from_u128(number as u128);
                let county = COUNTIES[number % COUNTIES.len()];
                NewEvent {
                    id,
                    event: event::of::<M>(),
                    aggregate: id,
                    county: county.to_owned(),
                    occurred_at: Instant::from_micros(1_734_000_000_000_000 + i64::try_from(number).unwrap()),
                    traceparent: None,
                    body: make(id, county).encode_to_vec().into(),
                }
            })
            .collect();
        let previous: Hash = self.sealed.last().map_or(ZERO_HASH, |sealed| sealed.hash);
        self.sealed.extend(SealedEvent::seal(events, first as u64, previous, &self.signer));
    }

    /// How many events it has.
    pub(crate) fn len(&self) -> usize {
        self.sealed.len()
    }

    /// Brings events into the stream, by index.
    pub(crate) async fn relay(&self, range: Range<usize>) {
        let mut acknowledgements = Vec::new();
        for sealed in &self.sealed[range] {
            acknowledgements.push(self.publish(sealed, sealed.event.body.clone().into()).await);
            if acknowledgements.len() == 200 {
                futures::future::try_join_all(acknowledgements.drain(..)).await.unwrap();
            }
        }
        futures::future::try_join_all(acknowledgements).await.unwrap();
    }

    /// Erases an event's content, by index.
    pub(crate) fn erase(&mut self, index: usize) {
        let sealed = &mut self.sealed[index];
        let commitment = sealed.cover.commitment(sealed.event.aggregate, &sealed.event.body).unwrap();
        sealed.cover = Cover::Whole(Hidden::Erased(commitment));
        sealed.event.aggregate = Uuid::nil();
        sealed.event.body = Bytes::new();
    }

    /// Brings the next event into the stream with another body than was sealed.
    pub(crate) async fn relay_forged(&self, index: usize) {
        let sealed = &self.sealed[index];
        let mut body = sealed.event.body.to_vec();
        body.extend_from_slice(&[0xa2, 0x06, 0x01, b'x']);
        self.publish(sealed, body).await.await.unwrap();
    }

    async fn publish(
        &self,
        sealed: &SealedEvent,
        body: Vec<u8>,
    ) -> impl Future<Output = Result<jetstream::publish::PublishAck, jetstream::context::PublishError>> + use<> {
        let (fact, all) = (&sealed.event, headers::of(sealed));
        let subject = subject::event(fact.event, &fact.county);
        let ack = self.jetstream.publish_with_headers(subject, all, body.into()).await.unwrap();
        ack.into_future()
    }

    /// Makes the stream, as a relay does that finds none.
    pub(crate) async fn make_stream(&self) {
        let config = Config {
            name: subject::stream("registry"),
            subjects: vec![subject::service_filter("registry")],
            allow_direct: true,
            ..Config::default()
        };
        self.jetstream.create_stream(config).await.unwrap();
    }

    /// How many events the stream holds: an unsynced tail may have been lost.
    pub(crate) async fn stream_length(&self) -> usize {
        let stream = self.jetstream.get_stream(subject::stream("registry")).await.unwrap();
        usize::try_from(stream.cached_info().state.last_sequence).unwrap()
    }

    /// Throws the stream away.
    pub(crate) async fn delete_stream(&self) {
        self.jetstream.delete_stream(subject::stream("registry")).await.unwrap();
    }
}
