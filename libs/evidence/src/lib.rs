//! What proves a fact to somebody who trusts nobody but a public key: hashes, notes, trees, and one file for a court.
//!
//! ```text
//! event ─► hash (covers a commitment to entity and content) ─► leaf of the log's tree ─► checkpoint: size, root, time, signature
//! message ─► hash (covers the bytes that a department got) ─► chain of the mailbox, each message signed
//! file = messages + the place of each one's event in a checkpoint + public keys
//! ```
//!
//! **Architecture Invariant:** nothing here does I/O but through a reader or writer that it is given, reads a clock, or knows
//! the contract: a court's expert can read all of it.

pub mod hash;
pub mod key;

pub mod checkpoint;
pub mod note;
pub mod time_stamp;
pub mod tree;

pub mod file;
