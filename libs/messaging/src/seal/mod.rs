//! The seal of an event: its number, its place in the hash chain, its signature.

mod event;
mod key;

pub use event::{Hash, NewEvent, SealedEvent, ZERO_HASH, chain_hash};
pub use key::{KeyError, KeyId, Signer, Verifier};

#[cfg(test)]
mod tests;
