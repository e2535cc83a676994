use bytes::Bytes;
use evidence::hash::{Content, Fact, commitment};
use kernel::Instant;
use uuid::Uuid;

use contract::event::EventType;

use super::Signer;

pub use evidence::hash::{Hash, SALT, Salt, ZERO_HASH};

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

/// How a seal covers the content of its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// The first seal: the content itself. It cannot be erased.
    Open,
    /// The second: a commitment to the content under this salt.
    Salted(Salt),
    /// The second, after content and salt were erased: the commitment that is left.
    Erased(Hash),
}

impl Cover {
    /// The number of the seal.
    pub fn seal(&self) -> i64 {
        match self {
            Self::Open => 1,
            Self::Salted(_) | Self::Erased(_) => 2,
        }
    }

    /// The commitment to a content; nothing under the first seal.
    pub fn commitment(&self, body: &[u8]) -> Option<Hash> {
        match self {
            Self::Open => None,
            Self::Salted(salt) => Some(commitment(salt, body)),
            Self::Erased(commitment) => Some(*commitment),
        }
    }
}

/// A fact with its number, its place in the chain and its signature. Nothing of it ever changes but that its content may be
/// erased.
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
    /// How `hash` covers the content.
    pub cover: Cover,
    /// The fact; without its body once that is erased.
    pub event: NewEvent,
}

impl SealedEvent {
    /// Numbers, chains and signs events that follow `previous` at `sequence`, each under a new salt.
    pub fn seal(events: Vec<NewEvent>, mut sequence: u64, mut previous: Hash, signer: &Signer) -> Vec<Self> {
        let salts = salts(events.len());
        events
            .into_iter()
            .zip(salts)
            .map(|(event, salt)| {
                sequence += 1;
                let cover = Cover::Salted(salt);
                let hash = chain_hash(&previous, sequence, &event, &cover);
                let sealed = Self {
                    sequence,
                    previous,
                    hash,
                    signature: signer.sign(&hash),
                    key_id: signer.key_id().clone(),
                    cover,
                    event,
                };
                previous = hash;
                sealed
            })
            .collect()
    }

    /// Whether its hash is that of what it says, behind the event with the hash `previous`.
    pub fn is_as_sealed(&self, previous: &Hash) -> bool {
        self.previous == *previous && self.hash == chain_hash(previous, self.sequence, &self.event, &self.cover)
    }
}

/// The hash of an event at a place in its chain.
pub fn chain_hash(previous: &Hash, sequence: u64, event: &NewEvent, cover: &Cover) -> Hash {
    Fact {
        previous: *previous,
        sequence,
        id: event.id,
        event_type: &event.event.name,
        aggregate: event.aggregate,
        county: &event.county,
        occurred_at: event.occurred_at,
        content: cover.commitment(&event.body).map_or(Content::Open(&event.body), Content::Committed),
    }
    .hash()
}

fn salts(count: usize) -> Vec<Salt> {
    let mut bytes = vec![0; count * SALT];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system has randomness, or no id could be made either");
    bytes.chunks_exact(SALT).map(|salt| salt.try_into().expect("a chunk is as long as a salt")).collect()
}
