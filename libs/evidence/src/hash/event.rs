use kernel::Instant;
use uuid::Uuid;

use super::{Hash, finish, hasher_of};

/// How many bytes of chance hide a content.
pub const SALT: usize = 16;

/// Chance that makes a commitment tell nothing of its content, however few contents are likely.
pub type Salt = [u8; SALT];

/// What stands for a content once it is erased: SHA-256 over `hutong.commitment.v1`, the salt and the content.
#[must_use]
pub fn commitment(salt: &Salt, content: &[u8]) -> Hash {
    let mut context = hasher_of(b"hutong.commitment.v1");
    context.update(salt);
    context.update(content);
    finish(context)
}

/// How an event's hash covers its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content<'a> {
    /// The first seal: the content itself, which can never be erased.
    Open(&'a [u8]),
    /// The second: a [`commitment`] to it.
    Committed(Hash),
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
    /// What it is about.
    pub aggregate: Uuid,
    /// The county that decides its area.
    pub county: &'a str,
    /// When it was decided.
    pub occurred_at: Instant,
    /// What it says.
    pub content: Content<'a>,
}

impl Fact<'_> {
    /// SHA-256 over the seal's name, the previous hash, the number, and each further part with its length before it.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let (name, content): (&[u8], &[u8]) = match &self.content {
            Content::Open(body) => (b"hutong.event.v1", body),
            Content::Committed(commitment) => (b"hutong.event.v2", commitment),
        };
        let mut context = hasher_of(name);
        context.update(&self.previous);
        context.update(&self.sequence.to_be_bytes());
        for part in [
            self.id.as_bytes().as_slice(),
            self.event_type.as_bytes(),
            self.aggregate.as_bytes(),
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
