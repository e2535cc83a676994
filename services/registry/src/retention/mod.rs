//! How long the registry keeps what, by its class, and the erasure of what is older.
//!
//! What is due follows from the data's own days and the city's periods; nothing is marked. It is erased in small parts through
//! the journal, each of them whole or not at all: a run that is cut off anywhere goes on with the next one. The stream of events
//! and the mailboxes are copies: who erased contents throws them away, and they come back without.

mod class;
mod keeper;

pub use class::{Class, ClassReport};
pub use keeper::{Erased, RetentionKeeper};
