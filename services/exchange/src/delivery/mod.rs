//! One writer for each mailbox: takes proved events, keeps those that the department is granted in its area, composes and
//! signs the messages, writes them, and heals what it finds broken.

mod lane;
mod open;
mod outbox;
mod rebuild;
mod skip;
mod trouble;
mod view;
mod writer;

pub(crate) use rebuild::Rebuilds;
pub(crate) use view::View;
pub(crate) use writer::{Writer, WriterSettings};
