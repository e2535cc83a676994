//! A service's events, read once, proved once, and handed to every mailbox.
//!
//! One reader follows the stream and checks the chain of hashes and the signatures: each event is proved to be what its
//! service sealed before any mailbox sees it. Mailboxes take events from a ring of the latest ones at their own pace; one
//! that falls behind it reads the stream by itself until it is back.

mod event;
mod follow;
mod reader;
mod ring;

#[cfg(fuzzing)]
pub use event::proves_first;

pub(crate) use event::FeedEvent;
pub(crate) use follow::{Feed, FeedSettings, FeedStatus};
pub(crate) use reader::{FeedError, Reader};
pub(crate) use ring::{Ring, Seat, Taken};
