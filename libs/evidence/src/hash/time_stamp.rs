use super::{Hash, finish, hasher_of};

/// What a log signs when it keeps a time-stamp: SHA-256 over `hutong.time-stamp.v1`, and note and token, each with its length
/// before it. A token has parts that its authority's signature does not cover; by this none of them can change.
#[must_use]
pub fn time_stamp(note: &str, token: &[u8]) -> Hash {
    let mut context = hasher_of(b"hutong.time-stamp.v1");
    for part in [note.as_bytes(), token] {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    finish(context)
}
