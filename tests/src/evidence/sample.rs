use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes as Body;
use contract::registry::v1::ChildRegistered;
use contract::{event, subject};
use evidence::checkpoint::{AuditEnd, Checkpoint};
use evidence::file::Writer;
use evidence::file::line::{Bytes, Digest, Head, Line, Place, SentMessage, SignedCheckpoint, StampedCheckpoint};
use evidence::hash::time_stamp;
use evidence::key::{Algorithm, PublicKey};
use evidence::note;
use evidence::tree::{BLOCK, Blocks, Tree};
use kernel::Instant;
use messaging::mailbox::{MailboxPosition, Origin, compose};
use messaging::relay::headers;
use messaging::seal::{NewEvent, SealedEvent, Signer, ZERO_HASH};
use prost::Message as _;
use uuid::Uuid;

/// The city of the samples.
const CITY: &str = "city.test";

/// What stands for an authority's token.
const TOKEN: &[u8] = include_bytes!("../../fixtures/time_stamp/ecdsa.tsr");

/// A valid file with the keys that prove it.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The file.
    pub file: Vec<u8>,
    /// The keys.
    pub keys: Vec<PublicKey>,
}

impl Sample {
    /// A mailbox of so many messages, of every second event of a log that has a checkpoint after each `checkpoint` events, all but
    /// the last time-stamped.
    ///
    /// # Panics
    /// If the system gives no randomness for keys.
    #[must_use]
    pub fn new(messages: usize, checkpoint: usize) -> Self {
        Self::signed_by(&Signer::generate().expect("a key"), &Signer::generate().expect("a key"), messages, checkpoint)
    }

    /// The same, signed with these keys of registry and exchange.
    ///
    /// # Panics
    /// Never: memory takes it.
    #[must_use]
    pub fn signed_by(registry: &Signer, exchange: &Signer, messages: usize, checkpoint: usize) -> Self {
        let key = |service, signer: &Signer| {
            PublicKey::new(CITY, service, Algorithm::Ed25519, &signer.public_key()).expect("a well-formed key")
        };
        let keys = vec![key("exchange", exchange), key("registry", registry)];
        let events = SealedEvent::seal(facts(messages * 2), 0, ZERO_HASH, registry);
        let mut log = Log::new(&events, registry.clone(), keys[1].clone());
        let names = keys.iter().map(ToString::to_string).collect();
        let last = messages as u64;
        let time_stamps = (messages * 2).div_ceil(checkpoint) as u64 - 1;
        let version = Head::version_with(time_stamps, true);
        let head = Head { version, mailbox: "EDU".to_owned(), first: 1, last, keys: names, time_stamps };
        let mut writer = Writer::begin(Vec::new(), head).expect("memory takes it");
        let mut position = MailboxPosition::default();
        for sealed in events.iter().skip(1).step_by(2) {
            let message = log.message(sealed, &mut position, exchange, checkpoint, &mut |line| {
                writer.write(&line).expect("memory takes it");
            });
            writer.write(&Line::Message(Box::new(message))).expect("memory takes it");
        }
        Self { file: writer.finish().expect("memory takes it"), keys }
    }
}

/// The log, its tree, and how far it is checkpointed.
struct Log {
    events: u64,
    tree: Tree,
    blocks: Blocks,
    signer: Signer,
    key: PublicKey,
    known: u64,
    names_audit: bool,
    last: Option<String>,
}

impl Log {
    fn new(events: &[SealedEvent], signer: Signer, key: PublicKey) -> Self {
        let hashes: Vec<_> = events.iter().map(|event| event.hash).collect();
        let (mut tree, mut blocks) = (Tree::default(), Blocks::new());
        for (block, hashes) in (0..).zip(hashes.chunks(256)) {
            if hashes.len() as u64 == BLOCK {
                tree.push(Tree::block_root(hashes));
            }
            blocks.insert(block, hashes.to_vec());
        }
        Self { events: events.len() as u64, tree, blocks, signer, key, known: 0, names_audit: false, last: None }
    }

    fn message(
        &mut self,
        sealed: &SealedEvent,
        position: &mut MailboxPosition,
        exchange: &Signer,
        checkpoint: usize,
        write: &mut impl FnMut(Line),
    ) -> SentMessage {
        let size = sealed.sequence.next_multiple_of(checkpoint as u64).min(self.events);
        if size != self.known {
            if let Some(note) = self.last.take() {
                write(self.stamped(note));
            }
            write(self.checkpoint(size));
        }
        let headers = headers::of(sealed);
        let header = |name: &str| headers.get(name).map_or("", |value| value.as_str());
        let origin = Origin {
            service: "registry",
            sequence: sealed.sequence,
            id: header(headers::ID),
            event_type: header(headers::TYPE),
            source: header(headers::SOURCE),
            time: header(headers::TIME),
            about: header(headers::SUBJECT),
            traceparent: None,
        };
        let subject = subject::event(sealed.event.event, &sealed.event.county);
        let previous = position.hash;
        let body: Body = sealed.event.body.clone();
        let composed = compose("EDU", position, origin, &subject, "application/protobuf", body, exchange);
        let signature = composed.headers.get(headers::SIGNATURE).expect("it is signed").as_str();
        let proof = self.tree.inclusion(sealed.sequence - 1, size, &self.blocks).expect("it is in the tree");
        let message = SentMessage {
            number: composed.position.sequence,
            previous: Digest(previous),
            subject,
            id: origin.id.to_owned(),
            event_type: origin.event_type.to_owned(),
            source: origin.source.to_owned(),
            time: origin.time.to_owned(),
            about: origin.about.to_owned(),
            cursor: composed.position.cursor_header(),
            content_type: "application/protobuf".to_owned(),
            body: Bytes(composed.body.to_vec()),
            key: exchange.key_id().clone(),
            signature: Bytes(STANDARD.decode(signature).expect("it is Base64")),
            event: Some(Place {
                previous: Digest(sealed.previous),
                commitment: Digest(
                    sealed
                        .cover
                        .commitment(sealed.event.aggregate, &sealed.event.body)
                        .expect("the third seal commits"),
                ),
                checkpoint: size,
                proof: proof.into_iter().map(Bytes::from).collect(),
            }),
        };
        *position = composed.position;
        message
    }

    fn checkpoint(&mut self, size: u64) -> Line {
        let root = self.tree.root(size, &self.blocks).expect("it is in the tree");
        let consistency = match self.known {
            0 => Vec::new(),
            known => self.tree.consistency(known, size, &self.blocks).expect("it is in the tree"),
        };
        self.known = size;
        let time = Instant::from_micros(1_734_000_100_000_000 + i64::try_from(size).expect("a small log"));
        // Every second one is as they were before they said where the audit ended.
        self.names_audit = !self.names_audit;
        let audit = self.names_audit.then_some(AuditEnd { sequence: size * 1_000, hash: root });
        let text = Checkpoint { origin: self.key.name().to_owned(), size, root, time, audit }.text();
        let note = note::write(&text, &self.key, &self.signer.sign(text.as_bytes()));
        self.last = Some(note.clone());
        Line::Checkpoint(SignedCheckpoint { note, consistency: consistency.into_iter().map(Bytes::from).collect() })
    }

    /// The last checkpoint with a time-stamp: whose word it is, is not what a sample is for.
    fn stamped(&self, note: String) -> Line {
        let token = TOKEN.to_vec();
        let signature = Bytes(self.signer.sign(&time_stamp(&note, &token)).to_vec());
        Line::TimeStamp(StampedCheckpoint { note, consistency: Vec::new(), token: Bytes(token), signature })
    }
}

fn facts(count: usize) -> Vec<NewEvent> {
    let fact = |number: usize| {
        let child = Uuid::from_u128(number as u128 + (1 << 100));
        let county = if number.is_multiple_of(2) { "371602" } else { "371621" };
        let message =
            ChildRegistered { child: child.to_string(), county: county.to_owned(), ..ChildRegistered::default() };
        NewEvent {
            id: Uuid::from_u128(number as u128),
            event: event::of::<ChildRegistered>(),
            aggregate: child,
            county: county.to_owned(),
            occurred_at: Instant::from_micros(1_734_000_000_000_000 + i64::try_from(number).expect("a small log")),
            traceparent: None,
            body: message.encode_to_vec().into(),
        }
    };
    (1..=count).map(fact).collect()
}
