//! A message of a department's mailbox: what the exchange composes and the department verifies.
//!
//! Every message carries the hash of the one before it, its own hash over the very bytes that the
//! department receives, and a signature, so that a reader can prove that nothing is missing,
//! changed or forged. The cursor in it is all that the exchange must remember.

mod compose;
mod verify;

pub use compose::{Composed, MailboxPosition, Origin, compose};
pub use verify::{Forged, MailboxReader, Verified};

/// The mailbox's code.
pub const MAILBOX: &str = "hutong-mailbox";
/// The message's number in the mailbox, from 1.
pub const SEQUENCE: &str = "hutong-sequence";
/// How far the mailbox has come with each service: `registry=123`, separated by commas.
pub const CURSOR: &str = "hutong-cursor";
/// The hash of the message before it, hex.
pub const PREVIOUS: &str = "hutong-previous";

pub use crate::relay::headers::{
    CONTENT_TYPE, HASH, ID, KEY, SIGNATURE, SOURCE, SPECVERSION, SUBJECT, TIME, TRACEPARENT, TYPE,
};

#[cfg(test)]
mod tests;
