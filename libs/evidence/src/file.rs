//! The evidence file: what a mailbox was sent, and all that proves it, in one file of text.
//!
//! Each line is a JSON object in one spelling only, without spaces, its fields in the order of [`line`]; every byte of it is
//! covered by a hash, a signature, or a comparison with what is. The first line says whose file it is and with which keys;
//! then come the messages in order, before each the checkpoint that it is the first to need; the last line counts and hashes
//! all others, so that a file that was cut short in copying is told from one that was forged.
//!
//! What is proved: each message is what the exchange signed, byte for byte; none is missing between the first and the last,
//! but those that the file says are withheld; each stands in the log of its service at its number, decided at its time, and
//! the log was only ever appended to.

pub mod line;

mod report;
mod wrong;

mod stamps;
mod verify;
mod write;

pub use report::Report;
pub use verify::{Known, verify};
pub use write::Writer;
pub use wrong::{Fault, Wrong};

#[cfg(test)]
mod tests;
