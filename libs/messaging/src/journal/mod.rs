//! The one way to write: many use cases in one transaction.
//!
//! The journal takes all commands that wait, loads what they need with one query a table, decides
//! them one after the other in memory, writes what changed and the sealed events, and commits once.
//! Group commit is what makes a durable write cheap; sealing in the same transaction is what makes
//! a number follow commit order.

mod answers;
mod context;
mod decide;
mod group;
mod job;
mod keep;
mod reply;
mod request;
mod settings;
mod shelf;
mod start;

pub use context::Context;
pub use job::{UseCase, Workspace};
pub use reply::{SealedReply, request_hash};
pub use request::RequestKey;
pub use settings::JournalSettings;
pub use shelf::{Aggregate, Change, Shelf};
pub use start::{CarriedOut, EventFeed, Journal};

pub(crate) use context::{InboxNeeds, InboxState};
pub(crate) use keep::{Keep, Kept};

#[cfg(test)]
mod tests;
