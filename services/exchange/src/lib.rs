//! The exchange: carries each fact from the services' event streams into the mailboxes of the departments that may know
//! it, and into no other.
//!
//! ```text
//! EVT_<SERVICE> ─► feed (reads once, proves each event) ─► one writer for each mailbox ─► MAILBOX of its account
//! ```
//!
//! A mailbox is a pure function of the event logs, the contract and the department's entry. How far it has come stands in
//! its own last message, so the exchange keeps no state, and what a department breaks in its own account is built anew.
//!
//! **Invariants:** nothing reaches a mailbox that was not proved to be sealed by its service; a message's bytes depend on
//! no clock and no chance; every write names the sequence number before it, so that a second exchange does no harm.

mod exchange;
pub use exchange::{EventSource, Exchange, ExchangeSettings};

#[cfg(fuzzing)]
pub use feed::proves_first;

mod mailroom;
pub use mailroom::Mailroom;

mod grpc;
pub use grpc::MailboxHandler;

mod app;
mod board;
mod delivery;
mod domain;
mod feed;

mod broker;
mod metrics;
mod reconnects;

#[cfg(test)]
mod test_city;
#[cfg(test)]
mod tests;
