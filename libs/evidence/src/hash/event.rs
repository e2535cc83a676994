use kernel::Instant;
use uuid::Uuid;

use super::{Hash, finish, hasher_of};

/// How many bytes of chance hide a content.
pub const SALT: usize = 16;

/// Chance that makes a commitment tell nothing of its content, however few contents are likely.
pub type Salt = [u8; SALT];

/// What the second seal puts for a content: SHA-256 over `hutong.commitment.v1`, the salt and the content.
#[must_use]
pub fn content_commitment(salt: &Salt, content: &[u8]) -> Hash {
    let mut context = hasher_of(b"hutong.commitment.v1");
    context.update(salt);
    context.update(content);
    finish(context)
}

/// What stands for an entity and a content, which may be erased: SHA-256 over `hutong.commitment.v2`, the salt, the entity's
/// 16 bytes and the content.
#[must_use]
pub fn commitment(salt: &Salt, aggregate: Uuid, content: &[u8]) -> Hash {
    let mut context = hasher_of(b"hutong.commitment.v2");
    context.update(salt);
    context.update(aggregate.as_bytes());
    context.update(content);
    finish(context)
}

/// How an event's hash covers what it is about and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content<'a> {
    /// The first seal: entity and content themselves, which can never be erased.
    Open(Uuid, &'a [u8]),
    /// The second: the entity itself, a [`content_commitment`] to the content.
    Committed(Uuid, Hash),
    /// The third: a [`commitment`] to both. So the event is proved to somebody who knows the entity by another name.
    Hidden(Hash),
}

/// An event as its seal covers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact<'a> {
    /// The hash of the event before it.
    pub previous: Hash,
    /// Its number in the service's log, from 1.
    pub sequence: u64,
    /// Its id.
    pub id: Uuid,
    /// Its type, `<service>.<entity>.<event>`.
    pub event_type: &'a str,
    /// The county that decides its area.
    pub county: &'a str,
    /// When it was decided.
    pub occurred_at: Instant,
    /// What it is about and what it says.
    pub content: Content<'a>,
}

impl Fact<'_> {
    /// SHA-256 over the seal's name, the previous hash, the number, and each further part with its length before it.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let (name, aggregate, content): (&[u8], &[u8], &[u8]) = match &self.content {
            Content::Open(aggregate, body) => (b"hutong.event.v1", aggregate.as_bytes(), body),
            Content::Committed(aggregate, commitment) => (b"hutong.event.v2", aggregate.as_bytes(), commitment),
            Content::Hidden(commitment) => (b"hutong.event.v3", &[], commitment),
        };
        let mut context = hasher_of(name);
        context.update(&self.previous);
        context.update(&self.sequence.to_be_bytes());
        for part in [
            self.id.as_bytes().as_slice(),
            self.event_type.as_bytes(),
            aggregate,
            self.county.as_bytes(),
            &self.occurred_at.as_micros().to_be_bytes(),
            content,
        ] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        finish(context)
    }
}
