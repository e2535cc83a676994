use bytes::Bytes;
use kernel::Instant;
use ring::digest::{Context, SHA256};
use uuid::Uuid;

use contract::event::EventType;

use super::Signer;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// What the first event of a log follows.
pub const ZERO_HASH: Hash = [0; 32];

/// A fact that was decided and not yet numbered.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Its id.
    pub id: Uuid,
    /// Its type.
    pub event: &'static EventType,
    /// What it is about.
    pub aggregate: Uuid,
    /// The county that decides its area.
    pub county: String,
    /// When it was decided.
    pub occurred_at: Instant,
    /// The W3C trace context of the call that led to it.
    pub traceparent: Option<String>,
    /// The encoded message.
    pub body: Bytes,
}

/// A fact with its number, its place in the chain and its signature. It never changes again.
#[derive(Debug, Clone)]
pub struct SealedEvent {
    /// Its number in the service's log, from 1, without gaps, in commit order.
    pub sequence: u64,
    /// The hash of the event before it.
    pub previous: Hash,
    /// The hash over `previous` and everything below but the trace context.
    pub hash: Hash,
    /// Ed25519 over `hash`.
    pub signature: [u8; 64],
    /// Which key signed.
    pub key_id: String,
    /// The fact.
    pub event: NewEvent,
}

impl SealedEvent {
    /// Numbers, chains and signs events that follow `previous` at `sequence`.
    pub fn seal(events: Vec<NewEvent>, mut sequence: u64, mut previous: Hash, signer: &Signer) -> Vec<Self> {
        events
            .into_iter()
            .map(|event| {
                sequence += 1;
                let hash = chain_hash(&previous, sequence, &event);
                let sealed = Self {
                    sequence,
                    previous,
                    hash,
                    signature: signer.sign(&hash),
                    key_id: signer.key_id().clone(),
                    event,
                };
                previous = hash;
                sealed
            })
            .collect()
    }
}

/// SHA-256 over the previous hash and the event, each part with its length before it.
pub fn chain_hash(previous: &Hash, sequence: u64, event: &NewEvent) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(b"hutong.event.v1");
    context.update(previous);
    context.update(&sequence.to_be_bytes());
    for part in [
        event.id.as_bytes().as_slice(),
        event.event.name.as_bytes(),
        event.aggregate.as_bytes(),
        event.county.as_bytes(),
        &event.occurred_at.as_micros().to_be_bytes(),
        &event.body,
    ] {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let digest = context.finish();
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}
