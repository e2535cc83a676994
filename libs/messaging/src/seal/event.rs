use bytes::Bytes;
use evidence::hash::{Content, Fact, commitment, content_commitment};
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

/// How a seal covers what its event is about and says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// The first seal: entity and content themselves. They cannot be erased.
    Open,
    /// The second: the entity itself, and a commitment to the content.
    Content(Hidden),
    /// The third: a commitment to both.
    Whole(Hidden),
}

/// What a commitment is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// The salt, as long as what it hides is there.
    Salted(Salt),
    /// The commitment that is left, after salt and content were erased.
    Erased(Hash),
}

impl Cover {
    /// The number of the seal.
    pub fn seal(&self) -> i64 {
        match self {
            Self::Open => 1,
            Self::Content(_) => 2,
            Self::Whole(_) => 3,
        }
    }

    /// The cover of a seal of this number; nothing if there is no such seal, or it hides nothing.
    pub fn of_seal(seal: i64, hidden: Hidden) -> Option<Self> {
        match seal {
            2 => Some(Self::Content(hidden)),
            3 => Some(Self::Whole(hidden)),
            _ => None,
        }
    }

    /// What it hides, if it does.
    pub fn hidden(&self) -> Option<Hidden> {
        match self {
            Self::Open => None,
            Self::Content(hidden) | Self::Whole(hidden) => Some(*hidden),
        }
    }

    /// Whether the content was erased.
    pub fn is_erased(&self) -> bool {
        matches!(self.hidden(), Some(Hidden::Erased(_)))
    }

    /// The commitment to an entity and a content, or to the content alone; nothing under the first seal.
    pub fn commitment(&self, aggregate: Uuid, body: &[u8]) -> Option<Hash> {
        Some(match (self, self.hidden()?) {
            (_, Hidden::Erased(commitment)) => commitment,
            (Self::Whole(_), Hidden::Salted(salt)) => commitment(&salt, aggregate, body),
            (_, Hidden::Salted(salt)) => content_commitment(&salt, body),
        })
    }

    fn content<'a>(&self, event: &'a NewEvent) -> Content<'a> {
        match (self, self.commitment(event.aggregate, &event.body)) {
            (Self::Whole(_), Some(commitment)) => Content::Hidden(commitment),
            (_, Some(commitment)) => Content::Committed(event.aggregate, commitment),
            (_, None) => Content::Open(event.aggregate, &event.body),
        }
    }
}

/// A fact with its number, its place in the chain and its signature. Nothing of it ever changes but that entity and content may
/// be erased.
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
    /// The fact; without its body once that is erased, and under the third seal without what it was about.
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
                let cover = Cover::Whole(Hidden::Salted(salt));
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
        county: &event.county,
        occurred_at: event.occurred_at,
        content: cover.content(event),
    }
    .hash()
}

fn salts(count: usize) -> Vec<Salt> {
    let mut bytes = vec![0; count * SALT];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system has randomness, or no id could be made either");
    bytes.chunks_exact(SALT).map(|salt| salt.try_into().expect("a chunk is as long as a salt")).collect()
}
