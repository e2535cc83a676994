//! Applies another service's events: each effect exactly once, in order.
//!
//! The cursor is a row that the journal writes in the transaction of the effect. The broker's
//! consumer only delivers: it is reset to the cursor whenever the inbox connects or fails. An
//! event that cannot be applied is parked with an alarm and blocks the later events of its own
//! aggregate, nothing else.

mod apply;
mod dead_letter;
mod receive;
mod start;
pub(crate) mod store;

pub use apply::EventHandler;
pub use dead_letter::{DeadLetter, DeadLetters};
pub use receive::{ReceiveError, ReceivedEvent};
pub use start::{Inbox, InboxSettings};
