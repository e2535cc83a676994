//! The hashes that seals and signatures stand on.

mod call;
mod event;
mod message;
mod time_stamp;

pub use call::Call;
pub use event::{Content, Fact, SALT, Salt, commitment, content_commitment};
pub use message::Message;
pub use time_stamp::time_stamp;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// What the first of a chain follows.
pub const ZERO_HASH: Hash = [0; 32];

/// SHA-256.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Hash {
    finish(hasher_of(bytes))
}

fn hasher_of(bytes: &[u8]) -> ring::digest::Context {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    context.update(bytes);
    context
}

fn finish(context: ring::digest::Context) -> Hash {
    context.finish().as_ref().try_into().expect("SHA-256 has 32 bytes")
}
