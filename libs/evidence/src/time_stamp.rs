//! Time-stamps of a third party (RFC 3161): that a checkpoint existed by a time, by the word of somebody who is not the city.
//!
//! An authority signs SHA-256 of the checkpoint's note with its own time. A token is good if the signer's certificate was made
//! for time-stamps alone, was valid at that time, and is one of the authority's certificates or leads to one.

mod algorithm;
mod authority;
mod request;
mod signed;
mod token;
mod wrong;

pub use authority::{Authority, AuthorityError};
pub use request::{Nonce, request};
pub use token::{TimeStamp, accept, verify};
pub use wrong::TimeStampError;

/// The longest answer of an authority that is read, and the longest token, bytes.
pub const LONGEST: usize = 64 << 10;

#[cfg(test)]
mod tests;
