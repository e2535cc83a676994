//! The seal of an event: its number, its place in the hash chain, its signature.
//!
//! The hash covers a commitment to entity and content, made with a salt. So both can be erased together with the salt, and
//! whoever guesses them cannot tell, while chain, signatures and proofs hold as they are; and the event is proved to a department
//! that knows the entity by its own name.

mod event;
mod key;

pub use event::{Cover, Hash, Hidden, NewEvent, SALT, Salt, SealedEvent, ZERO_HASH, chain_hash};
pub use key::{KeyError, KeyId, Signer, Verifier};

#[cfg(test)]
mod tests;
