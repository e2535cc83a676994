//! The seal of an event: its number, its place in the hash chain, its signature.
//!
//! The hash covers a commitment to the content, made with a salt. So the content can be erased together with the salt, and
//! whoever guesses it cannot tell, while chain, signatures and proofs hold as they are.

mod event;
mod key;

pub use event::{Cover, Hash, NewEvent, SALT, Salt, SealedEvent, ZERO_HASH, chain_hash};
pub use key::{KeyError, KeyId, Signer, Verifier};

#[cfg(test)]
mod tests;
