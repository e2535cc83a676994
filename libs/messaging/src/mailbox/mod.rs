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

use crate::seal::Hash;

/// The parts of a message that its hash covers, in order.
struct Covered<'a> {
    previous: &'a str,
    mailbox: &'a str,
    sequence: u64,
    subject: &'a str,
    id: &'a str,
    event_type: &'a str,
    source: &'a str,
    time: &'a str,
    about: &'a str,
    cursor: &'a str,
    content_type: &'a str,
    body: &'a [u8],
}

impl Covered<'_> {
    /// SHA-256 over `hutong.mailbox.v1` and the parts, one a line, an empty line, then the body.
    fn hash(&self) -> Hash {
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        context.update(b"hutong.mailbox.v1\n");
        let sequence = self.sequence.to_string();
        for part in [
            self.previous,
            self.mailbox,
            &sequence,
            self.subject,
            self.id,
            self.event_type,
            self.source,
            self.time,
            self.about,
            self.cursor,
            self.content_type,
        ] {
            context.update(part.as_bytes());
            context.update(b"\n");
        }
        context.update(b"\n");
        context.update(self.body);
        context.finish().as_ref().try_into().expect("SHA-256 has 32 bytes")
    }
}

#[cfg(test)]
mod tests;
